//! `synod-kv status`: a table of the nodes.

use std::{
    error::Error,
    fmt::Write as _,
    io::{self, Write as _},
    net::SocketAddr,
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use tokio::runtime::Builder;

use crate::cluster::glance::{self, Glance};

/// How long a node has to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shows how the nodes of a cluster are doing. The exit status is 0 if a majority follows a leader.
#[derive(Args, Debug)]
pub struct StatusArgs {
    /// Where the nodes listen for clients
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003"
    )]
    nodes: Vec<SocketAddr>,
}

impl StatusArgs {
    /// Runs the command.
    ///
    /// # Errors
    ///
    /// If nobody takes what it says.
    pub fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let glances = runtime.block_on(ask_all(&self.nodes, PATIENCE));
        io::stdout().write_all(table(&self.nodes, &glances).as_bytes())?;
        let is_good = glance::majority(&glances).is_some();
        Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// What each node says, in this order, if it does in time.
pub(super) async fn ask_all(nodes: &[SocketAddr], patience: Duration) -> Vec<Option<Glance>> {
    let asked: Vec<_> =
        nodes.iter().map(|node| tokio::spawn(Glance::at(*node, patience))).collect();
    let mut glances = Vec::new();
    for asked in asked {
        glances.push(asked.await.ok().and_then(Result::ok));
    }
    glances
}

/// The table.
pub(super) fn table(nodes: &[SocketAddr], glances: &[Option<Glance>]) -> String {
    let mut text = format!(
        "{:<22}{:<6}{:<14}{:>6}{:>12}{:>12}{:>8}{:>10}{:>9}{:>9}\n",
        "ADDRESS", "NODE", "ROLE", "TERM", "COMMIT", "APPLIED", "LAG", "KEYS", "CLIENTS", "MEMORY"
    );
    let leader = glances.iter().flatten().filter(|node| node.leads()).max_by_key(|node| node.term);
    let lag = |id| Some(leader?.peers.get(&id)?.lag);
    for (address, glance) in nodes.iter().zip(glances) {
        // Writing to a string does not fail.
        let _ = match glance {
            Some(node) => writeln!(
                text,
                "{:<22}{:<6}{:<14}{:>6}{:>12}{:>12}{:>8}{:>10}{:>9}{:>9}",
                address.to_string(),
                node.id,
                node.role,
                node.term,
                node.commit_index,
                node.applied_index,
                lag(node.id).map_or_else(|| "-".to_owned(), |lag| lag.to_string()),
                node.keys,
                node.clients,
                format!("{} MiB", node.memory_bytes >> 20)
            ),
            None => writeln!(text, "{:<22}does not answer", address.to_string()),
        };
    }
    let _ = match glance::majority(glances) {
        Some((leader, followers)) => {
            writeln!(text, "Node {leader} leads, and {followers} of {} follow it.", nodes.len())
        }
        None => writeln!(text, "No leader that a majority follows."),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::glance::tests::sample;

    #[test]
    fn a_table_says_who_leads_and_who_is_silent() {
        let nodes: Vec<SocketAddr> =
            ["127.0.0.1:7001", "127.0.0.1:7002"].map(|node| node.parse().unwrap()).to_vec();
        let leader = Glance::parse(&sample()).unwrap();
        let follower = Glance { id: 1, role: "follower".into(), ..leader.clone() };
        let text = table(&nodes, &[None, Some(leader.clone())]);
        assert!(text.contains("127.0.0.1:7001        does not answer"), "{text}");
        assert!(text.ends_with("No leader that a majority follows.\n"), "{text}");
        let text = table(&nodes, &[Some(follower), Some(leader)]);
        assert!(text.contains("127.0.0.1:7002        2     leader             7"), "{text}");
        assert!(text.ends_with("Node 2 leads, and 2 of 2 follow it.\n"), "{text}");
    }
}

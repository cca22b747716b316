//! `synod-kv cluster`: nodes on this machine, a live view of them, and what is done to them.

mod board;
mod chaos;
mod fleet;
mod folder;
mod glance;
mod load;
pub mod overview;
mod remote;
mod screen;
mod session;
mod view;
mod watch;

use std::{
    env,
    error::Error,
    fs::File,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::{Args, value_parser};
use tokio::{runtime::Builder, sync::mpsc::unbounded_channel};

use self::{fleet::Fleet, folder::Folder, session::Session};
use crate::node::engine::Engine;

/// Runs a cluster on this machine until Ctrl-C (or q in the view).
#[derive(Args, Clone, Debug)]
pub struct ClusterArgs {
    /// How many nodes: an even number would survive no more failures than one less
    #[arg(long, default_value = "3", value_parser = nodes)]
    nodes: usize,
    /// How the nodes elect their leader: a folder of data stays with the one it began with
    #[arg(long, value_enum, default_value_t)]
    engine: Engine,
    /// The first node's port for clients; the others follow, and those for peers are 100 above
    #[arg(long, default_value_t = 7001, value_parser = value_parser!(u16).range(1..))]
    port: u16,
    /// A folder to keep the data in, and to go on from; without it, the data ends with the cluster
    #[arg(long)]
    data: Option<PathBuf>,
    /// Ends by itself after so long, such as 20s, 5m or 1h
    #[arg(long = "for", value_parser = duration)]
    length: Option<Duration>,
    /// Lines only, as for logs and pipes
    #[arg(long)]
    plain: bool,
    /// Sends the commands of this file, one a line, or of standard input (-), with whose end the
    /// cluster ends; a line that begins with # is a remark. They go to one node, and to the next if
    /// that is lost; what had no answer is not sent again, and is counted. The exit status tells of
    /// that, and of errors among the answers
    #[arg(long, conflicts_with = "chaos")]
    load: Option<PathBuf>,
    /// Kills and pauses nodes for 30 seconds (or as --for says) while clients work, and tells
    /// whether all that they saw was right. The exit status is the verdict
    #[arg(long)]
    chaos: bool,
    /// The chances that chaos takes
    #[arg(long, requires = "chaos")]
    seed: Option<u64>,
}

impl ClusterArgs {
    /// Runs the command.
    ///
    /// # Errors
    ///
    /// If the cluster cannot be started, or the terminal is lost.
    pub fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        if let Some(path) = self.load.as_ref().filter(|_| !self.reads_input()) {
            File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        let folder = match &self.data {
            Some(path) => Folder::open(path, self.nodes)?,
            None => Folder::temporary(self.nodes)?,
        };
        let (program, nodes, port) = (env::current_exe()?, self.nodes, self.port);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let is_good = runtime.block_on(async {
            let (events, told) = unbounded_channel();
            let mut fleet = Fleet::new(program, folder, nodes, port, events.clone())?;
            fleet.elect_by(self.engine);
            if self.chaos {
                fleet.compact_often();
            }
            Session::new(self, fleet, events)?.run(told).await
        });
        // A read of standard input may never end.
        runtime.shutdown_background();
        match is_good {
            Ok(true) => Ok(ExitCode::SUCCESS),
            Ok(false) => Ok(ExitCode::FAILURE),
            // Whoever read the output has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::FAILURE),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether there is something to be done that has an end.
    const fn has_work(&self) -> bool {
        self.chaos || self.load.is_some()
    }

    /// Whether lines are wanted, or all that can be had.
    fn is_plain(&self) -> bool {
        self.plain || self.reads_input() || !io::stdout().is_terminal()
    }

    fn reads_input(&self) -> bool {
        self.load.as_ref().is_some_and(|path| path.as_os_str() == "-")
    }
}

/// A line for whoever reads them.
fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

fn nodes(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(nodes @ (1 | 3 | 5 | 7)) => Ok(nodes),
        _ => Err("1, 3, 5 or 7".to_owned()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let split = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let unit_ms = match unit {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("a number with ms, s, m or h".to_owned()),
    };
    let number: u32 = number.parse().map_err(|_| "a number with ms, s, m or h".to_owned())?;
    Ok(Duration::from_millis(u64::from(number).saturating_mul(unit_ms)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        let read = |text| duration(text).ok().map(|length| length.as_millis());
        assert_eq!(
            [read("20s"), read("5m"), read("1h")],
            [Some(20_000), Some(300_000), Some(3_600_000)]
        );
        assert_eq!([read("7"), read("40ms")], [Some(7_000), Some(40)]);
        assert_eq!([read(""), read("s"), read("1d"), read("-1s"), read("99999999999s")], [None; 5]);
    }

    #[test]
    fn clusters_are_odd() {
        assert_eq!(nodes("5"), Ok(5));
        assert!(["0", "2", "9", "x"].into_iter().all(|text| nodes(text).is_err()));
    }
}

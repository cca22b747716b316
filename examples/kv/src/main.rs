//! The program.

use std::{
    env,
    io::{self, IsTerminal},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use synod_kv::{
    cluster::{ClusterArgs, overview::StatusArgs},
    node::start::NodeArgs,
};
use tracing_subscriber::EnvFilter;

/// A replicated key-value store that speaks the Redis protocol
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A cluster on this machine, until Ctrl-C (or q in its view)
    Cluster(ClusterArgs),
    /// One node of a cluster
    Node(NodeArgs),
    /// How the nodes of a cluster are doing; the exit status is 0 if a majority follows a leader
    Status(StatusArgs),
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let filter = env::var("SYNOD_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    let done = match command {
        Command::Cluster(cluster) => cluster.run(),
        Command::Node(node) => node.run().map(|()| ExitCode::SUCCESS),
        Command::Status(status) => status.run(),
    };
    match done {
        Ok(status) => status,
        Err(error) => {
            eprintln!("synod-kv: {error}");
            ExitCode::FAILURE
        }
    }
}

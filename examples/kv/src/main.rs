//! The program.

use std::{env, process::ExitCode};

use clap::{Parser, Subcommand};
use synod_kv::start::NodeArgs;
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
    /// One node of a cluster
    Node(NodeArgs),
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let filter = env::var("SYNOD_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .init();
    let done = match command {
        Command::Node(node) => node.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("synod-kv: {error}");
            ExitCode::FAILURE
        }
    }
}

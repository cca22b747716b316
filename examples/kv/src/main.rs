//! The program.

use std::{io, process::ExitCode};

use clap::{Parser, Subcommand};
use synod_kv::{
    cluster::{self, ClusterArgs},
    overview::{self, StatusArgs},
};

/// A replicated key-value server that speaks the Redis protocol.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Cluster(ClusterArgs),
    Status(StatusArgs),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Cluster(arguments) => cluster::run(&arguments),
        Command::Status(arguments) => overview::run(&arguments),
    };
    done.unwrap_or_else(|error| {
        // A reader that has gone away needs no message.
        if error.kind() != io::ErrorKind::BrokenPipe {
            eprintln!("synod-kv: {error}");
        }
        ExitCode::FAILURE
    })
}

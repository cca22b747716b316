//! The command `cluster`, with nodes of its own.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::std_instead_of_core)] // A test may panic.

mod processes;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    process::{Output, Stdio},
    sync::{Mutex, PoisonError},
};

use processes::{cluster, folder, port, program};

/// One cluster at a time: a small machine has enough to do with that.
static ALONE: Mutex<()> = Mutex::new(());

/// What comes of these commands.
fn load(port: u16, data: &Path, commands: &str) -> (bool, String) {
    load_by(&[], port, data, commands)
}

/// The same, with arguments.
fn load_by(arguments: &[&str], port: u16, data: &Path, commands: &str) -> (bool, String) {
    let mut command = cluster(port, data);
    command.args(arguments).args(["--load", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn().unwrap();
    process.stdin.take().unwrap().write_all(commands.as_bytes()).unwrap();
    told(process.wait_with_output().unwrap())
}

fn told(output: Output) -> (bool, String) {
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.success(), text + &String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_folder_goes_on_where_it_was_left() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (port, data) = (port(), folder("goes_on"));
    let (is_good, text) = load(port, &data, "SET k 'a value'\nAPPEND k !\n");
    assert!(is_good && text.contains("OK\n(integer) 8\n"), "{text}");
    let (is_good, text) = load(port, &data, "# it is there\nGET k\nLPUSH k 1\n");
    assert!(!is_good && text.contains("\"a value!\"\n(error) "), "{text}");
    // A node whose data is lost never comes back under its number.
    fs::remove_dir_all(data.join("node-2")).unwrap();
    let (is_good, text) = load(port, &data, "PING\n");
    assert!(!is_good && text.contains("node 2 has ended"), "{text}");
}

#[test]
fn a_cluster_elects_by_paxos_and_stays_with_it() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (port, data) = (port(), folder("paxos"));
    let paxos = |commands: &str| load_by(&["--engine", "paxos"], port, &data, commands);
    let (is_good, text) = paxos("SET k 'a value'\nAPPEND k !\n");
    assert!(is_good && text.contains("OK\n(integer) 8\n"), "{text}");
    let (is_good, text) = paxos("GET k\n");
    assert!(is_good && text.contains("\"a value!\"\n"), "{text}");
    // Its terms mean nothing to Raft.
    let (is_good, text) = load(port, &data, "GET k\n");
    assert!(!is_good && text.contains(" has ended"), "{text}");
}

#[test]
fn nothing_is_lost_in_chaos_by_paxos() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (port, data) = (port(), folder("chaos-paxos"));
    let mut command = cluster(port, &data);
    command.args(["--engine", "paxos", "--chaos", "--seed", "5", "--for", "8s"]);
    let (is_good, text) = told(command.output().unwrap());
    assert!(is_good, "{text}");
    assert!(text.contains("lost          0\nlinearizable  yes"), "{text}");
}

#[test]
fn a_taken_port_spoils_no_folder() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (port, data) = (port(), folder("taken"));
    let taken = TcpListener::bind(("127.0.0.1", port + 101)).unwrap();
    let (is_good, text) = told(cluster(port, &data).output().unwrap());
    assert!(!is_good && text.contains("choose others with --port"), "{text}");
    drop(taken);
    let (is_good, text) = load(port, &data, "PING\n");
    assert!(is_good && text.contains("PONG\n"), "{text}");
}

#[test]
fn it_ends_quietly_with_whoever_reads_it() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut command = cluster(port(), &folder("quietly"));
    command.args(["--load", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut input = process.stdin.take().unwrap();
    input.write_all(b"PING\n").unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("PONG")));
    drop(lines);
    // There is nowhere to say the answer.
    input.write_all(b"PING\n").unwrap();
    let (is_good, text) = told(process.wait_with_output().unwrap());
    assert_eq!((is_good, text.as_str()), (false, ""));
}

#[test]
fn no_node_outlives_the_cluster() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (port, data) = (port(), folder("outlives"));
    let mut process = cluster(port, &data).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("ready")));
    let status = || {
        let nodes = format!("127.0.0.1:{port},127.0.0.1:{},127.0.0.1:{}", port + 1, port + 2);
        let mut command = program();
        told(command.args(["status", "--nodes", &nodes]).output().unwrap())
    };
    let (is_good, text) = status();
    assert!(is_good && text.contains(" leads, and "), "{text}");
    process.kill().unwrap();
    process.wait().unwrap();
    // It waits for as long as it takes; a node that stays would make it wait for ever.
    while status().1.matches("does not answer").count() < 3 {}
}

#[test]
fn nothing_is_lost_in_chaos() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (port, data) = (port(), folder("chaos"));
    let mut command = cluster(port, &data);
    let (is_good, text) =
        told(command.args(["--chaos", "--seed", "5", "--for", "8s"]).output().unwrap());
    assert!(is_good, "{text}");
    assert!(text.contains("lost          0\nlinearizable  yes"), "{text}");
}

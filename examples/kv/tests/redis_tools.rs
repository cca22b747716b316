//! Redis' own tools, against a cluster: `cargo xtask kv` installs and runs them.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::std_instead_of_core)] // A test may panic.

mod processes;

use std::process::Command;

fn tool(name: &str, port: u16, words: &[&str]) -> String {
    let mut command = Command::new(name);
    let output = command.args(["-p", &port.to_string()]).args(words).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "needs redis-tools: cargo xtask kv"]
fn redis_cli_is_content() {
    let (_cluster, port) = processes::ready("redis_cli");
    let cli = |node: u16, words: &[&str]| tool("redis-cli", port + node, words);
    assert_eq!(cli(0, &["SET", "greeting", "hello, world"]), "OK\n");
    assert_eq!(cli(1, &["GET", "greeting"]), "hello, world\n");
    assert_eq!(cli(2, &["INCRBY", "count", "42"]), "42\n");
    assert_eq!(cli(0, &["MGET", "count", "nothing", "greeting"]), "42\n\nhello, world\n");
    assert_eq!(cli(1, &["SET", "count", "1", "NX"]), "\n");
    assert_eq!(cli(1, &["EXPIRE", "count", "1000"]), "1\n");
    let left: u32 = cli(2, &["TTL", "count"]).trim().parse().unwrap();
    assert!((900..=1_000).contains(&left));
    assert!(cli(0, &["LPUSH", "list", "1"]).starts_with("ERR unknown command 'LPUSH'"));
    assert!(cli(2, &["INFO", "synod"]).contains("role:"));
    assert!(cli(1, &["COMMAND", "COUNT"]).trim().parse::<u32>().unwrap() > 30);
    assert_eq!(cli(0, &["-x", "SET", "piped"]), "OK\n");
    assert_eq!(cli(0, &["DBSIZE"]), "3\n");
    // A thousand times by one connection, and each is applied.
    cli(1, &["-r", "1000", "INCR", "count"]);
    assert_eq!(cli(2, &["GET", "count"]), "1042\n");
}

#[test]
#[ignore = "needs redis-tools: cargo xtask kv"]
fn redis_benchmark_is_content() {
    let (_cluster, port) = processes::ready("redis_benchmark");
    let tests = ["PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)"];
    for (node, depth) in [(0, "1"), (1, "16")] {
        let words =
            ["-t", "ping,set,get,incr,mset", "-n", "4800", "-c", "64", "-P", depth, "--csv"];
        let text = tool("redis-benchmark", port + node, &words);
        for test in tests {
            assert!(text.contains(&format!("\"{test}\"")), "{test}: {text}");
        }
    }
    // It counts no errors, but the state does: each INCR of both runs was applied once.
    assert_eq!(tool("redis-cli", port + 2, &["GET", "counter:__rand_int__"]), "9600\n");
}

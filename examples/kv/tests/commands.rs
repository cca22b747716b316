//! Every command, its options and its errors, byte for byte as Redis answers them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects)] // A test may panic.

mod stand_in;

use stand_in::{StandIn, request};
use synod_kv::redis::{inline, limits::Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

const TABLE: &str = include_str!("commands.txt");

/// The whole answer to a line of words.
async fn ask(stream: &mut DuplexStream, line: &str) -> Vec<u8> {
    // What comes behind the answer shows where it ends.
    let end = b"$7\r\nthe end\r\n";
    let words = inline::words(line.as_bytes()).unwrap();
    let both = [request(&words), request(&["ECHO", "the end"])].concat();
    stream.write_all(&both).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(end) {
        answer.push(stream.read_u8().await.unwrap());
    }
    answer.truncate(answer.len() - end.len());
    answer
}

#[tokio::test]
async fn answers_are_those_of_redis() {
    let mut stand_in = StandIn::start(Limits::default());
    let mut stream = stand_in.connect();
    let mut lines = TABLE.lines();
    let (mut checked, mut wrong) = (0, Vec::new());
    while let Some(line) = lines.next() {
        match line.split_once(' ') {
            Some(("==", _)) => {
                stand_in = StandIn::start(Limits::default());
                stream = stand_in.connect();
            }
            Some(("~", ms)) => stand_in.advance_ms(ms.parse().unwrap()),
            Some((">" | "!", command)) => {
                let expected = format!("\"{}\\r\\n\"", lines.next().unwrap().replace('"', "\\\""));
                let expected = inline::words(expected.as_bytes()).unwrap().concat();
                let answer = ask(&mut stream, command).await;
                if answer != expected {
                    let [answer, expected] = [&answer, &expected].map(|text| text.escape_ascii());
                    wrong.push(format!("{command}\n  is       {answer}\n  is to be {expected}"));
                }
                checked += 1;
            }
            _ => assert!(line.is_empty() || line.starts_with('#'), "{line}"),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 325, "{checked}");
}

//! Connections: order, limits, and clients that misbehave.
#![allow(clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects)] // A test may panic.

mod stand_in;

use stand_in::{StandIn, request};
use synod_kv::{
    node::ask::Ask,
    redis::limits::Limits,
    state::{
        command::{Read, Write},
        reply::Reply,
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    sync::{mpsc, oneshot},
    task,
};

/// Lets all tasks go on until they wait for each other.
async fn settle() {
    for _ in 0..100 {
        task::yield_now().await;
    }
}

async fn expect(stream: &mut DuplexStream, expected: &str) {
    let mut answer = vec![0; expected.len()];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer.escape_ascii().to_string(), expected.as_bytes().escape_ascii().to_string());
}

/// All requests of the table, one behind the other.
fn pipeline() -> Vec<u8> {
    let lines = include_str!("commands.txt").lines();
    let words = lines.filter_map(|line| match line.split_once(' ')? {
        ("==", _) => Some(vec![b"FLUSHALL".to_vec()]),
        (">" | "!", command) => synod_kv::redis::inline::words(command.as_bytes()),
        _ => None,
    });
    words.flat_map(|words| request(&words)).collect()
}

#[tokio::test]
async fn chopped_requests_have_the_same_answers() {
    let requests = pipeline();
    let whole = StandIn::start(Limits::default()).answers(&requests).await;
    assert!(whole.ends_with(b"'SUBSCRIBE', with args beginning with: 'a' \r\n"));
    for bytes in [1, 2, 3, 7, 11, 64, 1_000] {
        let (mut reader, mut writer) =
            tokio::io::split(StandIn::start(Limits::default()).connect());
        let send = async {
            for part in requests.chunks(bytes) {
                writer.write_all(part).await.unwrap();
                task::yield_now().await;
            }
            writer.shutdown().await.unwrap();
        };
        let mut answers = Vec::new();
        tokio::join!(send, async { reader.read_to_end(&mut answers).await.unwrap() });
        assert!(answers == whole, "in parts of {bytes} bytes");
    }
}

#[tokio::test]
async fn answers_keep_the_order_of_requests() {
    for depth in [1, 2, 128] {
        let stand_in = StandIn::start(Limits { depth, ..Limits::default() });
        let (mut requests, mut expected) = (Vec::new(), String::new());
        for number in 1..=500_u32 {
            let text = number.to_string();
            requests.extend(request(&["INCR", "n"]));
            requests.extend(request(&["GET", "n"]));
            requests.extend(b"PING\r\n");
            requests.extend(request(&["APPEND", &text, ""]));
            requests.extend(request(&["DBSIZE"]));
            let keys = number + 1;
            let bytes = text.len();
            expected += &format!(":{number}\r\n${bytes}\r\n{number}\r\n+PONG\r\n:0\r\n:{keys}\r\n");
        }
        let answers = stand_in.answers(&requests).await;
        assert!(answers == expected.as_bytes(), "depth {depth}");
    }
}

fn write(ask: Result<Ask, mpsc::error::TryRecvError>) -> oneshot::Sender<Reply> {
    match ask {
        Ok(Ask::Write(Write::IncrBy(..), answer)) => answer,
        other => panic!("{other:?}"),
    }
}

fn read(ask: Result<Ask, mpsc::error::TryRecvError>) -> oneshot::Sender<Reply> {
    match ask {
        Ok(Ask::Read(Read::Get(_), answer)) => answer,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_read_waits_for_writes_and_a_write_for_reads() {
    let (stand_in, mut asks) = StandIn::without_node(Limits::default());
    let mut stream = stand_in.connect();
    stream.write_all(b"INCR a\nINCR a\nPING\nGET a\nGET a\nINCR a\nPING x\n").await.unwrap();
    settle().await;
    let (first, second) = (write(asks.try_recv()), write(asks.try_recv()));
    assert!(asks.try_recv().is_err());
    second.send(Reply::Integer(2)).unwrap();
    settle().await;
    assert!(asks.try_recv().is_err());
    first.send(Reply::Integer(1)).unwrap();
    expect(&mut stream, ":1\r\n:2\r\n+PONG\r\n").await;
    settle().await;
    let (first, second) = (read(asks.try_recv()), read(asks.try_recv()));
    assert!(asks.try_recv().is_err());
    first.send(Reply::Nil).unwrap();
    expect(&mut stream, "$-1\r\n").await;
    assert!(asks.try_recv().is_err());
    second.send(Reply::Nil).unwrap();
    expect(&mut stream, "$-1\r\n").await;
    settle().await;
    write(asks.try_recv()).send(Reply::Integer(3)).unwrap();
    expect(&mut stream, ":3\r\n$1\r\nx\r\n").await;
}

#[tokio::test]
async fn what_the_node_does_not_answer_is_said_to_be_unknown() {
    let (stand_in, mut asks) = StandIn::without_node(Limits::default());
    let mut stream = stand_in.connect();
    stream.write_all(b"INCR a\nGET a\nINFO\nINCR a\nGET a\n").await.unwrap();
    drop(asks.recv().await.unwrap());
    expect(&mut stream, "-UNKNOWN the command may be applied, now or later, or never\r\n").await;
    drop([asks.recv().await.unwrap(), asks.recv().await.unwrap()]);
    expect(&mut stream, "-TRYAGAIN the node could not answer\r\n").await;
    expect(&mut stream, "-TRYAGAIN the node could not answer\r\n").await;
    settle().await;
    asks.close();
    while let Some(ask) = asks.recv().await {
        drop(ask);
    }
    expect(&mut stream, "-UNKNOWN the command may be applied, now or later, or never\r\n").await;
    expect(&mut stream, "-TRYAGAIN the node could not answer\r\n").await;
    stream.write_all(b"INCR a\n").await.unwrap();
    expect(&mut stream, "-CLUSTERDOWN no leader: the command was not applied\r\n").await;
}

#[tokio::test]
async fn what_is_no_request_ends_the_connection() {
    let long = "x".repeat(70_000);
    let cases = [
        ("*1000000000\r\n", "invalid multibulk length"),
        ("*65537\r\n", "invalid multibulk length"),
        ("*9223372036854775808\r\n", "invalid multibulk length"),
        ("*1x\r\n", "invalid multibulk length"),
        ("*+1\r\n", "invalid multibulk length"),
        ("*\r\n", "invalid multibulk length"),
        ("*1\rx$1\r\nx\r\n", "invalid multibulk length"),
        ("*11111111111111111111111111111111111", "invalid multibulk length"),
        ("*1\r\n*1\r\n$4\r\nPING\r\n", "expected '$', got '*'"),
        ("*1\r\n:1\r\n", "expected '$', got ':'"),
        ("*2\r\n$4\r\nPING\r\n\r\n", "expected '$', got '\\r'"),
        ("*1\r\n$-5\r\n", "invalid bulk length"),
        ("*1\r\n$-1\r\n", "invalid bulk length"),
        ("*1\r\n$1048577\r\n", "invalid bulk length"),
        ("*1\r\n$18446744073709551615\r\n", "invalid bulk length"),
        ("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1048560\r\n", "invalid bulk length"),
        ("*1\r\n$x\r\n", "invalid bulk length"),
        ("*1\r\n$4\r\nPINGS\r\n", "expected CRLF at the end of a bulk string"),
        ("*1\r\n$4\r\nPING\n\n\n", "expected CRLF at the end of a bulk string"),
        ("PING \"\r\n", "unbalanced quotes in request"),
        (&long, "too big inline request"),
    ];
    let nested = "*1\r\n".repeat(100_000);
    for (bytes, error) in cases.into_iter().chain([(&*nested, "expected '$', got '*'")]) {
        let stand_in = StandIn::start(Limits::default());
        let answers = stand_in.answers(format!("PING\r\n{bytes}\r\nPING\r\n").as_bytes()).await;
        let answers = String::from_utf8(answers).unwrap();
        assert_eq!(answers, format!("+PONG\r\n-ERR Protocol error: {error}\r\n"));
        assert_eq!((stand_in.server.connected(), stand_in.server.held_bytes()), (0, 0));
    }
}

#[tokio::test]
async fn empty_requests_have_no_answers() {
    let stand_in = StandIn::start(Limits::default());
    assert_eq!(stand_in.answers(b"*0\r\n\r\n\n  \r\n*-1\r\n*-9\r\nPING\n").await, b"+PONG\r\n");
    assert_eq!(stand_in.answers(b"PING\n*1\r\n$4\r\nPIN").await, b"+PONG\r\n");
    assert_eq!(stand_in.answers(b"").await, b"");
}

#[tokio::test]
async fn after_quit_comes_nothing() {
    let stand_in = StandIn::start(Limits::default());
    assert_eq!(stand_in.answers(b"INCR a\nQUIT\nINCR a\n").await, b":1\r\n+OK\r\n");
    assert_eq!(stand_in.answers(b"POST / HTTP/1.1\r\nHost: a\r\nSET a 9\r\n").await, b"");
    assert_eq!(stand_in.answers(b"GET / HTTP/1.1\r\nHost: a\r\nSET a 9\r\n").await, b"");
    assert_eq!(stand_in.answers(b"GET a\n").await, b"$1\r\n1\r\n");
}

#[tokio::test]
async fn so_many_requests_are_under_way_and_no_more() {
    let (stand_in, mut asks) = StandIn::without_node(Limits { depth: 8, ..Limits::default() });
    let mut stream = stand_in.connect();
    stream.write_all(&b"GET a\n".repeat(100)).await.unwrap();
    let mut answered = 0;
    while answered < 100 {
        settle().await;
        let mut waiting = Vec::new();
        while let Ok(ask) = asks.try_recv() {
            waiting.push(read(Ok(ask)));
        }
        assert!((1..=8).contains(&waiting.len()), "{}", waiting.len());
        answered += waiting.len();
        waiting.into_iter().for_each(|answer| answer.send(Reply::Nil).unwrap());
    }
    expect(&mut stream, &"$-1\r\n".repeat(100)).await;
}

#[tokio::test]
async fn large_requests_are_not_all_taken_on_at_once() {
    let (stand_in, mut asks) = StandIn::without_node(Limits::default());
    let mut stream = stand_in.connect();
    let requests = request(&["APPEND", "a", &"x".repeat(600_000)]).repeat(5);
    let sender = tokio::spawn(async move {
        stream.write_all(&requests).await.unwrap();
        stream
    });
    for left in (0..5).rev() {
        settle().await;
        let first = asks.recv().await.unwrap();
        settle().await;
        let Ask::Write(_, answer) = first else { panic!("{first:?}") };
        // One large request, and another that crosses the bound.
        assert!(asks.len() <= left.min(1), "{}", asks.len());
        assert!(stand_in.server.held_bytes() < 4 << 20);
        answer.send(Reply::Integer(1)).unwrap();
    }
    expect(&mut sender.await.unwrap(), &":1\r\n".repeat(5)).await;
}

#[tokio::test]
async fn who_does_not_read_is_not_read() {
    let stand_in = StandIn::start(Limits::default());
    let mut stream = stand_in.connect();
    stream.write_all(&request(&["SET", "a", &"x".repeat(100_000)])).await.unwrap();
    expect(&mut stream, "+OK\r\n").await;
    stream.write_all(&request(&[&["MGET"][..], &["a"; 10_000]].concat())).await.unwrap();
    let (mut reader, mut writer) = tokio::io::split(stream);
    let sent = tokio::spawn(async move {
        writer.write_all(&request(&["GET", "a"]).repeat(10_000)).await.unwrap();
        writer.shutdown().await.unwrap();
    });
    settle().await;
    assert!(!sent.is_finished());
    assert!(stand_in.server.held_bytes() < 4 << 20, "{}", stand_in.server.held_bytes());
    let mut some = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        match reader.read(&mut some).await.unwrap() {
            0 => break,
            read => bytes += read,
        }
        assert!(stand_in.server.held_bytes() < 4 << 20, "{}", stand_in.server.held_bytes());
    }
    let value = 100_000 + "$100000\r\n\r\n".len();
    assert_eq!(bytes, "*10000\r\n".len() + 20_000 * value);
}

#[tokio::test]
async fn there_are_so_many_clients_and_no_more() {
    let stand_in = StandIn::start(Limits { connections: 2, ..Limits::default() });
    let (first, mut second) = (stand_in.connect(), stand_in.connect());
    settle().await;
    assert_eq!(stand_in.answers(b"PING\n").await, b"-ERR max number of clients reached\r\n");
    assert_eq!(stand_in.server.connected(), 2);
    drop(first);
    settle().await;
    assert_eq!(stand_in.answers(b"PING\n").await, b"+PONG\r\n");
    second.write_all(b"INFO stats\n").await.unwrap();
    let info = "# Stats\r\ntotal_connections_received:4\r\nrejected_connections:1\r\n\
                total_commands_processed:2\r\ntotal_writes:0\r\ntotal_reads:0\r\n";
    expect(&mut second, &format!("${}\r\n{info}\r\n", info.len())).await;
}

#[tokio::test]
async fn all_clients_together_hold_so_much_and_no_more() {
    let stand_in = StandIn::start(Limits { total_bytes: 1 << 20, ..Limits::default() });
    let half = [&b"*2\r\n$4\r\nECHO\r\n$500000\r\n"[..], &[b'x'; 400_000]].concat();
    let mut first = stand_in.connect();
    first.write_all(&half).await.unwrap();
    settle().await;
    let mut second = stand_in.connect();
    second.write_all(&half).await.unwrap();
    settle().await;
    let mut third = stand_in.connect();
    // It may be hung up before all is sent.
    let _ = third.write_all(&half).await;
    expect(&mut third, "-OOM clients hold too much memory: try again later\r\n").await;
    assert_eq!(third.read(&mut [0]).await.unwrap(), 0);
    first.write_all(&[&[b'x'; 100_000][..], b"\r\n"].concat()).await.unwrap();
    expect(&mut first, &format!("$500000\r\n{}\r\n", "x".repeat(500_000))).await;
    drop(first);
    drop(second);
    settle().await;
    assert_eq!((stand_in.server.held_bytes(), stand_in.server.connected()), (0, 0));
}

const VALUE_BYTES: usize = 200_000;
const VALUES: usize = 16;

fn keys() -> impl Iterator<Item = String> {
    (0..VALUES).map(|number| format!("key:{number}"))
}

fn mget() -> Vec<u8> {
    request(&["MGET".to_owned()].into_iter().chain(keys()).collect::<Vec<_>>())
}

/// Gives all keys values that are not those they had.
async fn overwrite(stand_in: &StandIn) {
    let value = "x".repeat(VALUE_BYTES);
    for key in keys() {
        assert_eq!(stand_in.answers(&request(&["SET", &key, &value])).await, b"+OK\r\n");
    }
    settle().await;
}

/// So many connections hold all values each: the first in a buffer, of which some bytes are free.
fn assert_held(stand_in: &StandIn, connections: usize) {
    let held_bytes = stand_in.server.held_bytes();
    let most_bytes = connections * VALUES * VALUE_BYTES;
    let least_bytes = connections * (VALUES - 1) * VALUE_BYTES;
    assert!((least_bytes..=most_bytes).contains(&held_bytes), "{held_bytes}");
}

#[tokio::test]
async fn values_that_an_answer_waits_with_are_counted() {
    let total_bytes = 3 * VALUES * VALUE_BYTES + 4 * VALUE_BYTES;
    let stand_in = StandIn::start(Limits { total_bytes, ..Limits::default() });
    overwrite(&stand_in).await;
    let mut slow = Vec::new();
    for number in 1..=3 {
        let mut stream = stand_in.connect();
        stream.write_all(&mget()).await.unwrap();
        settle().await;
        overwrite(&stand_in).await;
        assert_held(&stand_in, number);
        slow.push(stream);
    }
    let mut cut = stand_in.connect();
    cut.write_all(&mget()).await.unwrap();
    settle().await;
    assert_eq!(stand_in.server.connected(), 3);
    assert_held(&stand_in, 3);
    let mut some = Vec::new();
    cut.read_to_end(&mut some).await.unwrap();
    assert!(some.len() < VALUE_BYTES, "{}", some.len());
    // Who reads after all has everything.
    let mut first = slow.swap_remove(0);
    let mut answer = vec![0; "*16\r\n".len() + VALUES * (VALUE_BYTES + "$200000\r\n\r\n".len())];
    first.read_exact(&mut answer).await.unwrap();
    settle().await;
    assert_held(&stand_in, 2);
    drop(slow);
    settle().await;
    assert_eq!((stand_in.server.held_bytes(), stand_in.server.connected()), (0, 1));
}

#[tokio::test]
async fn values_of_answers_behind_another_are_counted() {
    let total_bytes = 2 * (VALUES - 1) * VALUE_BYTES;
    for form in [&["GET", "key"][..], &["GETDEL", "key"], &["SET", "key", "x", "GET"]] {
        let stand_in = StandIn::start(Limits { total_bytes, ..Limits::default() });
        overwrite(&stand_in).await;
        let requests = keys().flat_map(|key| {
            let words = form.iter().map(|word| if *word == "key" { key.as_str() } else { word });
            request(&words.collect::<Vec<_>>())
        });
        let requests: Vec<u8> = requests.collect();
        let mut slow = stand_in.connect();
        slow.write_all(&requests).await.unwrap();
        settle().await;
        overwrite(&stand_in).await;
        assert_held(&stand_in, 1);
        let held_bytes = stand_in.server.held_bytes();
        let mut cut = stand_in.connect();
        cut.write_all(&requests).await.unwrap();
        settle().await;
        assert_eq!((stand_in.server.connected(), stand_in.server.held_bytes()), (1, held_bytes));
        slow.write_all(b"PING\n").await.unwrap();
        let mut answers = vec![0; VALUES * (VALUE_BYTES + "$200000\r\n\r\n".len())];
        slow.read_exact(&mut answers).await.unwrap();
        expect(&mut slow, "+PONG\r\n").await;
        settle().await;
        assert_eq!((stand_in.server.held_bytes(), stand_in.server.connected()), (0, 1));
    }
}

#[tokio::test]
async fn answers_of_the_connection_itself_are_counted() {
    let (stand_in, mut asks) = StandIn::without_node(Limits { depth: 64, ..Limits::default() });
    let mut stream = stand_in.connect();
    stream.write_all(&[&b"GET a\n"[..], &b"COMMAND\n".repeat(63)].concat()).await.unwrap();
    settle().await;
    let held_bytes = stand_in.server.held_bytes();
    assert!(held_bytes > 500_000, "{held_bytes}");
    drop((stream, asks.recv().await));
    settle().await;
    assert_eq!((stand_in.server.held_bytes(), stand_in.server.connected()), (0, 0));
}

#[tokio::test]
async fn info_says_what_an_operator_asks_first() {
    let stand_in = StandIn::start(Limits::default());
    let info = stand_in.answers(b"SET a 1 EX 9\nSET b 1\nGET a\nINFO\n").await;
    let info = String::from_utf8(info).unwrap();
    let sections = ["Server", "Clients", "Memory", "Stats", "Synod", "Keyspace"];
    let titles = info.lines().filter_map(|line| line.strip_prefix("# "));
    assert_eq!(titles.collect::<Vec<_>>(), sections);
    for line in [
        "server:synod-kv",
        "redis_version:7.0.0",
        "run_id:00000000000000ab",
        "tcp_port:6379",
        "uptime_in_seconds:0",
        "connected_clients:1",
        "maxclients:4096",
        "total_commands_processed:4",
        "total_writes:2",
        "total_reads:1",
        "node_id:1",
        "role:leader",
        "term:3",
        "leader:1",
        "last_index:10",
        "durable_index:9",
        "commit_index:8",
        "applied_index:7",
        "snapshot_index:4",
        "waiting_writes:0",
        "waiting_reads:0",
        "disk_commits:5",
        "peer_2:state=replicate,matched=7,lag=3,connected=1",
        "db0:keys=2,expires=1",
    ] {
        assert!(info.contains(&format!("\r\n{line}\r\n")), "{line} in {info}");
    }
    let some = stand_in.answers(b"INFO Keyspace CLIENTS\n").await;
    let text = "# Clients\r\nconnected_clients:1\r\nmaxclients:4096\r\n\r\n\
                # Keyspace\r\ndb0:keys=2,expires=1\r\n";
    assert_eq!(some, format!("${}\r\n{text}\r\n", text.len()).as_bytes());
}

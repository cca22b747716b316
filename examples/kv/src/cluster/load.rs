//! Commands from a file, as one would type them, to a node; when that is lost, to the next one.

use std::{fmt, io, net::SocketAddr, path::PathBuf, pin::Pin, sync::Arc, time::Duration};

use tokio::{
    fs::File,
    io::{AsyncBufRead, AsyncBufReadExt, BufReader, Split, stdin},
    sync::Notify,
    time::{Instant, sleep, timeout},
};

use crate::{
    cluster::remote::{self, Answer, Remote},
    redis::inline,
};

/// How many commands may be without an answer.
const DEPTH: u64 = 64;
/// How long a node has to take a connection and to say that it is there.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many nodes are tried one after the other until one is there, with a pause after each.
const TRIES: usize = 60;
const PAUSE: Duration = Duration::from_millis(100);
/// A node that owes answers and is silent for so long is lost: it answers earlier if it can, if
/// only with an error.
const SILENCE: Duration = Duration::from_secs(10);

/// What became of a load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// Commands that were answered.
    pub commands: u64,
    /// Errors among the answers, and lines that are no commands.
    pub errors: u64,
    /// Commands whose answers were lost: they may have been applied, or may be later.
    pub unknown: u64,
    /// How long it took.
    pub took: Duration,
    /// Why it ended before the lines did, if so.
    pub failure: Option<String>,
}

/// Runs the commands of a file, or of standard input (`-`). What is to be said of it, and whether
/// it was good.
pub(super) async fn from_file(
    path: PathBuf,
    nodes: Vec<SocketAddr>,
    end: Arc<Notify>,
    say: impl FnMut(String, bool) -> io::Result<()>,
) -> io::Result<(String, bool)> {
    let loaded = async {
        let lines: Pin<Box<dyn AsyncBufRead + Send>> = if path.as_os_str() == "-" {
            Box::pin(BufReader::new(stdin()))
        } else {
            Box::pin(BufReader::new(File::open(&path).await?))
        };
        run(lines, &nodes, &end, say).await
    };
    match loaded.await {
        Ok(summary) => Ok((summary.to_string(), summary.is_good())),
        // The output has ended: no file says so.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(error),
        Err(error) => Ok((format!("load: {}: {error}", path.display()), false)),
    }
}

/// Sends each line as a command, in order and over one connection, and says each answer, and
/// whether it is bad. Words are quoted as in `redis-cli`; a line that begins with a `#` is a remark. An `end` is
/// as good as that of the lines.
///
/// When a connection is lost it goes on at the next of these nodes that answers. What had no answer
/// by then is not sent again, as it could be applied twice.
pub(super) async fn run(
    lines: impl AsyncBufRead + Unpin,
    nodes: &[SocketAddr],
    end: &Notify,
    say: impl FnMut(String, bool) -> io::Result<()>,
) -> io::Result<Summary> {
    let start = Instant::now();
    let lines = lines.split(b'\n');
    let mut load = Load { lines, end, say, number: 0, is_over: false, done: Summary::default() };
    let mut nodes = nodes.iter().copied().cycle();
    while !load.is_over {
        match connect(&mut nodes).await {
            Ok((address, remote)) => load.work(address, remote).await?,
            Err(failure) => {
                load.done.failure = Some(failure);
                break;
            }
        }
    }
    load.done.took = start.elapsed();
    Ok(load.done)
}

/// The next node that answers, or what the last one said.
async fn connect(
    nodes: &mut impl Iterator<Item = SocketAddr>,
) -> Result<(SocketAddr, Remote), String> {
    let mut failure = "there is no node".to_owned();
    for address in nodes.take(TRIES) {
        let connected = async {
            let mut remote = Remote::connect(address, PATIENCE).await?;
            // A process that is stopped still gets connections, but says nothing.
            remote.call(&["PING"], PATIENCE).await?;
            io::Result::Ok(remote)
        };
        match connected.await {
            Ok(remote) => return Ok((address, remote)),
            Err(error) => failure = format!("no node answers, such as {address}: {error}"),
        }
        sleep(PAUSE).await;
    }
    Err(failure)
}

struct Load<'a, L, S> {
    lines: Split<L>,
    end: &'a Notify,
    say: S,
    /// Of the last line.
    number: u64,
    is_over: bool,
    done: Summary,
}

impl<L: AsyncBufRead + Unpin, S: FnMut(String, bool) -> io::Result<()>> Load<'_, L, S> {
    /// Goes on until the lines end and all are answered, or the connection is lost.
    async fn work(&mut self, address: SocketAddr, mut remote: Remote) -> io::Result<()> {
        let mut waiting = 0_u64;
        while !self.is_over || waiting > 0 {
            // Nothing is owed for what was not sent, however long the next line takes.
            let patience = if waiting > 0 { SILENCE } else { Duration::MAX };
            tokio::select! {
                biased; // so that many commands go out at once
                () = self.end.notified(), if !self.is_over => self.is_over = true,
                line = self.lines.next_segment(), if !self.is_over && waiting < DEPTH => {
                    self.number = self.number.saturating_add(1);
                    match line?.map(|line| words(&line)) {
                        None => self.is_over = true,
                        Some(Some(words)) if words.is_empty() => {}
                        Some(Some(words)) => {
                            remote.push(&words);
                            waiting = waiting.saturating_add(1);
                        }
                        Some(None) => {
                            self.done.errors = self.done.errors.saturating_add(1);
                            let number = self.number;
                            (self.say)(format!("(error) line {number}: unbalanced quotes"), true)?;
                        }
                    }
                }
                answer = timeout(patience, remote.receive()) => {
                    let error = match answer {
                        Ok(Ok(answer)) => {
                            waiting = waiting.saturating_sub(1);
                            self.answer(&answer)?;
                            continue;
                        }
                        Ok(Err(error)) => error.to_string(),
                        Err(_) => format!("silent for {} s", SILENCE.as_secs()),
                    };
                    self.done.unknown = self.done.unknown.saturating_add(waiting);
                    return (self.say)(format!("(lost) {address}: {error}; unknown: {waiting}"), true);
                }
            }
        }
        Ok(())
    }

    fn answer(&mut self, answer: &Answer) -> io::Result<()> {
        let is_error = matches!(answer, Answer::Error(_));
        self.done.commands = self.done.commands.saturating_add(1);
        self.done.errors = self.done.errors.saturating_add(is_error.into());
        (self.say)(remote::show(answer), is_error)
    }
}

impl Summary {
    /// Whether all was answered, and without errors.
    pub(super) const fn is_good(&self) -> bool {
        self.errors == 0 && self.unknown == 0 && self.failure.is_none()
    }
}

/// The words of a line, none if it is a remark.
fn words(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    if line.trim_ascii_start().starts_with(b"#") { Some(Vec::new()) } else { inline::words(line) }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { commands, errors, unknown, took, failure } = self;
        let took_us = took.as_micros().max(1);
        let per_s = u128::from(*commands).saturating_mul(1_000_000).checked_div(took_us);
        write!(f, "load: {commands} commands, {errors} errors, ")?;
        if *unknown > 0 {
            write!(f, "{unknown} unknown (their answers were lost), ")?;
        }
        write!(f, "{}/s", per_s.unwrap_or(0))?;
        failure.iter().try_for_each(|failure| write!(f, "; it ended early: {failure}"))
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    const PING: &str = "*1\r\n$4\r\nPING\r\n";
    const NOPE: &str = "*1\r\n$4\r\nNOPE\r\n";

    async fn listen() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    async fn exchange(stream: &mut TcpStream, expected: &str, answers: &str) {
        let mut commands = vec![0; expected.len()];
        stream.read_exact(&mut commands).await.unwrap();
        assert_eq!(commands, expected.as_bytes());
        stream.write_all(answers.as_bytes()).await.unwrap();
    }

    /// What is said, and what becomes of it.
    async fn load(lines: &[u8], nodes: &[SocketAddr]) -> (Vec<(String, bool)>, Summary) {
        let mut said = Vec::new();
        let say = |text: String, is_bad| {
            said.push((text, is_bad));
            Ok(())
        };
        let summary = run(lines, nodes, &Notify::new(), say).await.unwrap();
        (said, summary)
    }

    #[tokio::test(flavor = "current_thread")]
    async fn lines_are_commands_in_order() {
        let (listener, address) = listen().await;
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            exchange(&mut stream, PING, "+PONG\r\n").await;
            let set = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\na b\r\n";
            exchange(&mut stream, &format!("{set}{NOPE}"), "+OK\r\n-ERR what\r\n").await;
        });
        let lines = b"# a remark\n\nSET k 'a b'\r\n  # isn't one\nSET \"open\nNOPE\n";
        let (said, summary) = load(lines, &[address]).await;
        server.await.unwrap();
        assert_eq!((summary.commands, summary.errors, summary.unknown), (2, 2, 0));
        let said: Vec<_> = said.iter().map(|(text, is_bad)| (text.as_str(), *is_bad)).collect();
        let open = ("(error) line 5: unbalanced quotes", true);
        assert_eq!(said, [open, ("OK", false), ("(error) ERR what", true)]);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn when_a_node_is_lost_the_next_one_has_the_rest() {
        let (first, (second, third)) = (listen().await, (listen().await, listen().await));
        let nodes = [first.1, second.1, third.1];
        drop(second);
        let server = tokio::spawn(async move {
            let (mut stream, _) = first.0.accept().await.unwrap();
            exchange(&mut stream, PING, "+PONG\r\n").await;
            let sent = NOPE.repeat(64);
            exchange(&mut stream, &sent, &"+OK\r\n".repeat(10)).await;
            // With the connection its node is gone.
            drop((stream, first));
            let (mut stream, _) = third.0.accept().await.unwrap();
            exchange(&mut stream, PING, "+PONG\r\n").await;
            // The first ten answers made room for others, which were lost, too, or not sent.
            let mut commands = Vec::new();
            let mut answered = 0_usize;
            while stream.read_buf(&mut commands).await.unwrap() > 0 {
                let answers = (commands.len() / NOPE.len()).saturating_sub(answered);
                stream.write_all("+OK\r\n".repeat(answers).as_bytes()).await.unwrap();
                answered = answered.saturating_add(answers);
            }
            answered
        });
        let (said, summary) =
            load(format!("{}QUOTE '", "NOPE\n".repeat(100)).as_bytes(), &nodes).await;
        let answered = u64::try_from(server.await.unwrap()).unwrap();
        assert_eq!((summary.commands, summary.errors), (answered.saturating_add(10), 1));
        assert_eq!(summary.commands.saturating_add(summary.unknown), 100);
        assert!(!summary.is_good() && (54..=64).contains(&summary.unknown), "{summary}");
        let lost = format!("(lost) {}: ", nodes[0]);
        assert!(said.iter().any(|(text, is_bad)| text.starts_with(&lost) && *is_bad), "{said:?}");
    }

    #[tokio::test(flavor = "current_thread", start_paused = true)]
    async fn without_a_node_it_names_one() {
        let (listener, address) = listen().await;
        drop(listener);
        let (_, summary) = load(b"PING\n", &[address]).await;
        assert!(!summary.is_good());
        assert!(summary.to_string().contains(&format!("no node answers, such as {address}: ")));
    }
}

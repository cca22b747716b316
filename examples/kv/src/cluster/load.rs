//! Commands from a file, as one would type them, to a node.

use std::{fmt, io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt},
    time::Instant,
};

use crate::{
    cluster::remote::{self, Answer, Remote},
    redis::inline,
};

/// How many commands may be without an answer.
const DEPTH: usize = 64;
/// How long a node has to take the connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// What became of a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Summary {
    /// Commands that were answered.
    pub commands: u64,
    /// Errors among the answers, and lines that are no commands.
    pub errors: u64,
    /// How long it took.
    pub took: Duration,
}

/// Sends each line as a command, in order and over one connection, and says each answer. Words are
/// quoted as in `redis-cli`; a line that begins with a `#` is a remark.
///
/// # Errors
///
/// If the lines cannot be read, or the connection is lost. The last commands, of which no answer
/// was said, may have been applied then.
pub(super) async fn run(
    lines: impl AsyncBufRead + Unpin,
    address: SocketAddr,
    mut say: impl FnMut(String, bool),
) -> io::Result<Summary> {
    let mut remote = Remote::connect(address, PATIENCE).await?;
    let mut lines = lines.split(b'\n');
    let start = Instant::now();
    let (mut commands, mut errors, mut number) = (0_u64, 0_u64, 0_u64);
    let (mut is_over, mut waiting) = (false, 0_usize);
    loop {
        tokio::select! {
            biased; // so that many commands go out at once
            line = lines.next_segment(), if !is_over && waiting < DEPTH => {
                number = number.saturating_add(1);
                match line?.map(|line| words(&line)) {
                    None => is_over = true,
                    Some(Some(words)) if words.is_empty() => {}
                    Some(Some(words)) => {
                        remote.push(&words);
                        waiting = waiting.saturating_add(1);
                    }
                    Some(None) => {
                        errors = errors.saturating_add(1);
                        say(format!("(error) line {number}: unbalanced quotes"), true);
                    }
                }
            }
            answer = remote.receive(), if waiting > 0 => {
                let answer = answer?;
                waiting = waiting.saturating_sub(1);
                commands = commands.saturating_add(1);
                let is_error = matches!(answer, Answer::Error(_));
                errors = errors.saturating_add(is_error.into());
                say(remote::show(&answer), is_error);
            }
            else => return Ok(Summary { commands, errors, took: start.elapsed() }),
        }
    }
}

/// The words of a line, none if it is a remark.
fn words(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    if line.trim_ascii_start().starts_with(b"#") { Some(Vec::new()) } else { inline::words(line) }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { commands, errors, took } = self;
        let took_us = took.as_micros().max(1);
        let per_s = u128::from(*commands).saturating_mul(1_000_000).checked_div(took_us);
        write!(f, "load: {commands} commands, {errors} errors, {}/s", per_s.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn lines_are_commands_in_order() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let expected = b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\na b\r\n*1\r\n$4\r\nNOPE\r\n";
            let mut commands = vec![0; expected.len()];
            stream.read_exact(&mut commands).await.unwrap();
            assert_eq!(commands, expected);
            stream.write_all(b"+OK\r\n-ERR what\r\n").await.unwrap();
        });
        let lines = "# a remark\n\nSET k 'a b'\r\n  # isn't one\nSET \"open\nNOPE\n";
        let mut said = Vec::new();
        let summary = run(lines.as_bytes(), address, |text, is_error| said.push((text, is_error)));
        let summary = summary.await.unwrap();
        server.await.unwrap();
        assert_eq!((summary.commands, summary.errors), (2, 2));
        let said: Vec<_> = said.iter().map(|(text, is_error)| (text.as_str(), *is_error)).collect();
        let open = ("(error) line 5: unbalanced quotes", true);
        assert_eq!(said, [open, ("OK", false), ("(error) ERR what", true)]);
    }
}

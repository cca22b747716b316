//! A connection to a node, for the tools around it.

use std::{io, net::SocketAddr, time::Duration};

use bytes::BytesMut;
use redis_protocol::resp2::decode::decode_bytes_mut;
pub(super) use redis_protocol::resp2::types::BytesFrame as Answer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// A connection to a node. After an error, or a call that was dropped, it must not be used again:
/// nobody knows which answer would come next.
#[derive(Debug)]
pub(super) struct Remote {
    stream: TcpStream,
    incoming: BytesMut,
    outgoing: BytesMut,
}

impl Remote {
    /// Connects.
    ///
    /// # Errors
    ///
    /// If that fails, or takes longer than this.
    pub(super) async fn connect(address: SocketAddr, patience: Duration) -> io::Result<Self> {
        let stream = timeout(patience, TcpStream::connect(address)).await??;
        stream.set_nodelay(true)?;
        Ok(Self { stream, incoming: BytesMut::new(), outgoing: BytesMut::new() })
    }

    /// Asks one thing.
    ///
    /// # Errors
    ///
    /// If the connection is lost, no answer comes in time, or it is none. Then a command may have
    /// been applied, or may be later.
    pub(super) async fn call<A: AsRef<[u8]>>(
        &mut self,
        command: &[A],
        patience: Duration,
    ) -> io::Result<Answer> {
        self.push(command);
        timeout(patience, self.receive()).await?
    }

    /// Adds a command to those that go out next.
    pub(super) fn push<A: AsRef<[u8]>>(&mut self, command: &[A]) {
        self.outgoing.extend_from_slice(format!("*{}\r\n", command.len()).as_bytes());
        for argument in command {
            let argument = argument.as_ref();
            self.outgoing.extend_from_slice(format!("${}\r\n", argument.len()).as_bytes());
            self.outgoing.extend_from_slice(argument);
            self.outgoing.extend_from_slice(b"\r\n");
        }
    }

    /// The next answer, for which it sends what was pushed. It may be dropped, and called again.
    ///
    /// # Errors
    ///
    /// If the connection is lost, or what comes is no answer.
    pub(super) async fn receive(&mut self) -> io::Result<Answer> {
        loop {
            match decode_bytes_mut(&mut self.incoming) {
                Ok(Some((answer, _, _))) => return Ok(answer),
                Ok(None) => {}
                Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
            }
            // Both at once: a node whose answers nobody takes does not listen, either.
            let (mut reader, mut writer) = self.stream.split();
            tokio::select! {
                read = reader.read_buf(&mut self.incoming) => {
                    if read? == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                written = writer.write_buf(&mut self.outgoing), if !self.outgoing.is_empty() => {
                    written?;
                }
            }
        }
    }
}

/// An answer as `redis-cli` shows it.
pub(super) fn show(answer: &Answer) -> String {
    let mut text = String::new();
    show_at(answer, 0, &mut text);
    text
}

fn show_at(answer: &Answer, depth: usize, text: &mut String) {
    match answer {
        Answer::SimpleString(word) => text.push_str(&String::from_utf8_lossy(word)),
        Answer::Error(error) => text.push_str(&format!("(error) {error}")),
        Answer::Integer(number) => text.push_str(&format!("(integer) {number}")),
        Answer::BulkString(value) => text.push_str(&format!("\"{}\"", value.escape_ascii())),
        Answer::Null => text.push_str("(nil)"),
        Answer::Array(answers) if answers.is_empty() => text.push_str("(empty array)"),
        Answer::Array(answers) => {
            for (answer, number) in answers.iter().zip(1_u64..) {
                if number > 1 {
                    text.push('\n');
                    text.push_str(&"   ".repeat(depth));
                }
                text.push_str(&format!("{number}) "));
                show_at(answer, depth.saturating_add(1), text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn answers_look_as_in_redis_cli() {
        let bulk = Answer::BulkString(Bytes::from_static(b"a\"\xff"));
        let inner = Answer::Array(vec![Answer::Null, Answer::Integer(-3)]);
        let answer = Answer::Array(vec![bulk, inner, Answer::Error("ERR no".into())]);
        assert_eq!(
            show(&answer),
            "1) \"a\\\"\\xff\"\n2) 1) (nil)\n   2) (integer) -3\n3) (error) ERR no"
        );
        assert_eq!(show(&Answer::Array(Vec::new())), "(empty array)");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn commands_go_out_and_answers_come_in_pieces() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let patience = Duration::from_secs(60);
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut command = [0; 21];
            stream.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"*2\r\n$3\r\nGET\r\n$2\r\nk\n\r\n");
            for piece in ["$", "3\r\nab", "c\r\n:", "7\r\n!"] {
                stream.write_all(piece.as_bytes()).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        let mut remote = Remote::connect(address, patience).await.unwrap();
        let answer = remote.call(&["GET", "k\n"], patience).await.unwrap();
        assert_eq!(answer, Answer::BulkString(Bytes::from_static(b"abc")));
        assert_eq!(remote.receive().await.unwrap(), Answer::Integer(7));
        assert!(remote.receive().await.is_err());
        server.await.unwrap();
    }
}

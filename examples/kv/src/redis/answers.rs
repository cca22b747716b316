//! From answers to bytes.

use std::vec;

use bytes::BytesMut;
use redis_protocol::resp2::{encode, types::BorrowedFrame};

use crate::{redis::held::Held, state::reply::Reply};

/// A buffer that has grown beyond this is [given back](Answers::shrink) when it is empty.
const KEPT_BYTES: usize = 8 << 10;

/// The answers of one connection that wait to be sent.
///
/// An answer of many values is written out part by part: the values are the state's own, and may
/// be many times larger than the request for them.
#[derive(Debug, Default)]
pub struct Answers {
    bytes: BytesMut,
    /// What has not been written out of the answer that is, and of how many parts each array was.
    rest: Vec<(vec::IntoIter<Reply>, usize)>,
    /// What `rest` holds, and what the answers that come [later](Self::hold) do.
    held: Held,
}

impl Answers {
    /// Adds an answer. It is the next one, when all others are [written out](Self::is_written).
    pub fn push(&mut self, reply: Reply, most_bytes: usize) {
        if matches!(reply, Reply::Array(_)) {
            self.held.add(&reply);
        }
        self.write(reply);
        self.go_on(most_bytes);
    }

    /// Writes out more of the last answer, until there are about so many bytes.
    pub fn go_on(&mut self, most_bytes: usize) {
        while self.bytes.len() < most_bytes
            && let Some((parts, count)) = self.rest.last_mut()
        {
            if let Some(part) = parts.next() {
                if !matches!(part, Reply::Array(_)) {
                    self.held.remove(&part);
                }
                self.write(part);
            } else {
                self.held.remove_room(*count);
                self.rest.pop();
            }
        }
    }

    /// Counts what an answer holds that is there, but comes later.
    pub(crate) fn hold(&mut self, reply: &Reply) {
        self.held.add(reply);
    }

    /// The turn of an answer has come that was counted.
    pub(crate) fn release(&mut self, reply: &Reply) {
        self.held.remove(reply);
    }

    /// Whether all of the last answer is written out.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.rest.is_empty()
    }

    /// The bytes to send. Who sends them removes them.
    pub const fn bytes(&mut self) -> &mut BytesMut {
        &mut self.bytes
    }

    /// Gives back a large buffer that is empty.
    pub(crate) fn shrink(&mut self) {
        if self.bytes.is_empty() && self.bytes.capacity() > KEPT_BYTES {
            self.bytes = BytesMut::new();
        }
    }

    /// How many bytes there are to send.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How much memory it holds, with the values of all answers that are counted.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.bytes.capacity().saturating_add(self.held.bytes())
    }

    fn write(&mut self, reply: Reply) {
        let line;
        let frame = match &reply {
            Reply::Simple(text) => BorrowedFrame::SimpleString(text.as_bytes()),
            Reply::Error(text) => {
                // What a client sent may be in it, and would look like another answer.
                line = text.replace(['\r', '\n'], " ");
                BorrowedFrame::Error(&line)
            }
            Reply::Integer(number) => BorrowedFrame::Integer(*number),
            Reply::Bulk(data) => BorrowedFrame::BulkString(data),
            Reply::Nil => BorrowedFrame::Null,
            Reply::Array(parts) => {
                // The encoder takes arrays only as a whole.
                self.bytes.extend_from_slice(format!("*{}\r\n", parts.len()).as_bytes());
                if let Reply::Array(parts) = reply {
                    let count = parts.len();
                    self.rest.push((parts.into_iter(), count));
                }
                return;
            }
        };
        // It fails only where a buffer is too small, and makes room for what it writes.
        let _ = encode::extend_encode_borrowed(&mut self.bytes, &frame, false);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn written(reply: Reply, most_bytes: usize) -> (Vec<u8>, usize) {
        let mut answers = Answers::default();
        let (mut all, mut most) = (Vec::new(), 0);
        answers.push(reply, most_bytes);
        loop {
            most = most.max(answers.len());
            all.extend(answers.bytes().split());
            if answers.is_written() {
                assert_eq!(answers.held.bytes(), 0);
                return (all, most);
            }
            answers.go_on(most_bytes);
        }
    }

    #[test]
    fn answers_have_the_form_of_redis() {
        let array = |parts: &[Reply]| Reply::Array(parts.to_vec());
        let cases = [
            (Reply::OK, "+OK\r\n"),
            (Reply::error("ERR a\r\n+OK"), "-ERR a  +OK\r\n"),
            (Reply::Integer(i64::MIN), ":-9223372036854775808\r\n"),
            (Reply::Bulk(Bytes::from("a\r\nb")), "$4\r\na\r\nb\r\n"),
            (Reply::Bulk(Bytes::new()), "$0\r\n\r\n"),
            (Reply::Nil, "$-1\r\n"),
            (array(&[]), "*0\r\n"),
            (
                array(&[array(&[Reply::Nil, Reply::Integer(1)]), array(&[]), Reply::OK]),
                "*3\r\n*2\r\n$-1\r\n:1\r\n*0\r\n+OK\r\n",
            ),
        ];
        for (reply, expected) in cases {
            for most_bytes in [1, 6, 1_000] {
                assert_eq!(written(reply.clone(), most_bytes).0, expected.as_bytes());
            }
        }
    }

    #[test]
    fn a_large_answer_takes_little_memory() {
        let value = Reply::Bulk(Bytes::from(vec![b'x'; 1_000]));
        let (all, most) = written(Reply::Array(vec![value; 1_000]), 5_000);
        assert!(all.len() > 1_000_000 && most < 7_000, "{most}");
    }
}

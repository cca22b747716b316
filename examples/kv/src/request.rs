//! From bytes to requests.

use bytes::{Buf, BytesMut};
use redis_protocol::resp2::{decode, types::RangeFrame};

use crate::{inline, limits::Limits, number, reply::Reply};

/// A line that tells a length is not longer: 20 digits and signs, and its end.
const LENGTH_LINE_BYTES: usize = 22;
/// A request that is a line of words is not longer, as in Redis.
const INLINE_BYTES: usize = 1 << 16;
/// What is made room for at a time.
const ROOM_BYTES: usize = 8 << 10;
/// A larger buffer is given back when it is empty.
const KEPT_BYTES: usize = 16 << 10;

/// The requests of one connection.
///
/// The decoder of `redis-protocol` begins again at each call, and follows nested arrays as deep as
/// they go. So a scanner of our own finds the end of a request first: it goes on where it was,
/// takes only arrays of bulk strings, and refuses what is too long when its length is announced.
#[derive(Debug)]
pub struct Requests {
    limits: Limits,
    buffer: BytesMut,
    /// Up to where the first request is scanned.
    scanned: usize,
    /// How many of its arguments are not, once that is known.
    missing: Option<usize>,
}

impl Requests {
    /// No requests yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, buffer: BytesMut::new(), scanned: 0, missing: None }
    }

    /// Where to put what arrives. A large buffer that is not needed any more is given back.
    pub fn room(&mut self) -> &mut BytesMut {
        if self.buffer.is_empty() && self.buffer.capacity() > KEPT_BYTES {
            self.buffer = BytesMut::new();
        }
        let free_bytes = self.buffer.capacity().saturating_sub(self.buffer.len());
        if free_bytes < ROOM_BYTES / 2 {
            self.buffer.reserve(ROOM_BYTES);
        }
        &mut self.buffer
    }

    /// How much memory it holds.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.buffer.capacity()
    }

    /// Has the next request parsed, which is its name and arguments; `None` if it has not fully
    /// arrived.
    ///
    /// # Errors
    ///
    /// What came is no request. The error is the last answer: where a next one would begin is
    /// unknown.
    pub fn next<T>(&mut self, parse: impl FnOnce(&[&[u8]]) -> T) -> Result<Option<T>, Reply> {
        while let Some(first) = self.buffer.first() {
            let is_array = *first == b'*';
            let is_whole = if is_array { self.scan()? } else { self.scan_line()? };
            if !is_whole {
                break;
            }
            let bytes = self.scanned;
            let request = self.buffer.get(..bytes).unwrap_or_default();
            let words;
            let arguments = if is_array {
                arguments(request).ok_or_else(|| error("invalid request"))?
            } else {
                words =
                    inline::words(request).ok_or_else(|| error("unbalanced quotes in request"))?;
                words.iter().map(Vec::as_slice).collect()
            };
            if arguments.is_empty() {
                self.finish(bytes);
            } else {
                let parsed = parse(&arguments);
                self.finish(bytes);
                return Ok(Some(parsed));
            }
        }
        Ok(None)
    }

    fn finish(&mut self, bytes: usize) {
        self.buffer.advance(bytes);
        (self.scanned, self.missing) = (0, None);
    }

    /// Whether a line is whole.
    fn scan_line(&mut self) -> Result<bool, Reply> {
        let rest = self.buffer.get(self.scanned..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == b'\n');
        self.scanned =
            self.scanned.saturating_add(end.map_or(rest.len(), |at| at.saturating_add(1)));
        if self.scanned > INLINE_BYTES {
            return Err(error("too big inline request"));
        }
        Ok(end.is_some())
    }

    /// Whether an array of bulk strings is whole.
    fn scan(&mut self) -> Result<bool, Reply> {
        let mut missing = match self.missing {
            Some(missing) => missing,
            None => {
                let Some((count, end)) = self.length("invalid multibulk length")? else {
                    return Ok(false);
                };
                self.scanned = end;
                // Less than none is none.
                usize::try_from(count.max(0))
                    .ok()
                    .filter(|count| *count <= self.limits.arguments)
                    .ok_or_else(|| error("invalid multibulk length"))?
            }
        };
        while missing > 0 {
            self.missing = Some(missing);
            match self.buffer.get(self.scanned) {
                None => return Ok(false),
                Some(b'$') => {}
                Some(other) => {
                    let other = other.escape_ascii();
                    return Err(error(&format!("expected '$', got '{other}'")));
                }
            }
            let Some((bytes, start)) = self.length("invalid bulk length")? else {
                return Ok(false);
            };
            let end = usize::try_from(bytes)
                .ok()
                .and_then(|bytes| start.checked_add(bytes)?.checked_add(2))
                .filter(|end| *end <= self.limits.request_bytes)
                .ok_or_else(|| error("invalid bulk length"))?;
            match self.buffer.get(..end) {
                None => return Ok(false),
                Some(request) if !request.ends_with(b"\r\n") => {
                    return Err(error("expected CRLF at the end of a bulk string"));
                }
                Some(_) => {}
            }
            self.scanned = end;
            missing = missing.saturating_sub(1);
        }
        self.missing = Some(0);
        Ok(true)
    }

    /// The length in the line where the scanner is, and where that line ends.
    fn length(&self, what: &str) -> Result<Option<(i64, usize)>, Reply> {
        let start = self.scanned.saturating_add(1);
        let rest = self.buffer.get(start..).unwrap_or_default();
        let line = rest.get(..LENGTH_LINE_BYTES).unwrap_or(rest);
        let Some(len) = line.windows(2).position(|end| end == b"\r\n") else {
            let is_begun = line.len() < LENGTH_LINE_BYTES;
            return if is_begun { Ok(None) } else { Err(error(what)) };
        };
        let length = line.get(..len).and_then(number::parse).ok_or_else(|| error(what))?;
        Ok(Some((length, start.saturating_add(len).saturating_add(2))))
    }
}

/// The arguments of a request that was scanned.
fn arguments(request: &[u8]) -> Option<Vec<&[u8]>> {
    if request.starts_with(b"*-") {
        return Some(Vec::new());
    }
    match decode::decode_range(request) {
        Ok(Some((RangeFrame::Array(frames), _))) => frames
            .iter()
            .map(|frame| match frame {
                RangeFrame::BulkString((start, end)) => request.get(*start..*end),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

fn error(what: &str) -> Reply {
    Reply::Error(format!("ERR Protocol error: {what}").into())
}

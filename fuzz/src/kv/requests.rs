//! Any bytes, in any parts, against a reader that has all of them at once.

use std::fmt::Debug;

use synod_kv::{
    redis::{answers::Answers, command::Command, limits::Limits, parse, request::Requests},
    state::{command::Write, reply::Reply},
};

/// Small enough to be reached.
const LIMITS: [Limits; 2] = [limits(1 << 20, 1 << 16), limits(60, 4)];
/// A line of words may be so long, whatever the limits.
const INLINE_BYTES: usize = 1 << 16;

const fn limits(request_bytes: usize, arguments: usize) -> Limits {
    Limits { connections: 1, request_bytes, arguments, depth: 1, answer_bytes: 1, total_bytes: 1 }
}

/// A request, and what is made of it; or why there is none.
type Read = Result<(Vec<Vec<u8>>, Result<Command, Reply>), Reply>;

/// The first byte says how large the parts are.
pub fn check(bytes: &[u8]) {
    let Some((part_bytes, bytes)) = bytes.split_first() else { return };
    let part_bytes = usize::from(*part_bytes) + 1;
    for limits in LIMITS {
        let whole = read(limits, bytes, bytes.len().max(1));
        let parts = read(limits, bytes, part_bytes);
        same(&whole, &parts);
        let naive = naive(limits, bytes);
        for (read, expected) in whole.iter().zip(&naive) {
            let read = read.as_ref().expect("it is a request");
            assert_eq!(&read.0, expected);
        }
        assert!(whole.len() >= naive.len());
        whole.iter().for_each(check_read);
    }
}

fn same(whole: &[impl Debug + PartialEq], parts: &[impl Debug + PartialEq]) {
    assert_eq!(format!("{whole:?}"), format!("{parts:?}"));
}

/// All requests in some bytes, which arrive in parts.
fn read(limits: Limits, bytes: &[u8], part_bytes: usize) -> Vec<Read> {
    let mut requests = Requests::new(limits);
    let mut all = Vec::new();
    for part in bytes.chunks(part_bytes) {
        requests.room().extend_from_slice(part);
        let most_bytes = limits.request_bytes.max(INLINE_BYTES).min(bytes.len()) + part.len();
        assert!(requests.held_bytes() <= 2 * most_bytes + (16 << 10));
        let copy = |arguments: &[&[u8]]| {
            let copies = arguments.iter().map(|argument| argument.to_vec()).collect();
            (copies, parse::parse(arguments))
        };
        loop {
            match requests.next(copy) {
                Ok(Some(request)) => all.push(Ok(request)),
                Ok(None) => break,
                Err(error) => {
                    all.push(Err(error));
                    return all;
                }
            }
        }
    }
    all
}

/// The requests in front that are arrays with arguments.
fn naive(limits: Limits, mut bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    while let Some((request, rest)) = naive_request(limits, bytes) {
        bytes = rest;
        all.push(request);
    }
    all
}

fn naive_request(limits: Limits, bytes: &[u8]) -> Option<(Vec<Vec<u8>>, &[u8])> {
    let (count, mut rest) = naive_length(bytes.strip_prefix(b"*")?)?;
    if count == 0 || count > limits.arguments {
        return None;
    }
    let mut arguments = Vec::new();
    for _ in 0..count {
        let (length, data) = naive_length(rest.strip_prefix(b"$")?)?;
        let end = length.checked_add(2).filter(|end| *end <= data.len())?;
        let (argument, after) = data.split_at(end);
        arguments.push(argument.strip_suffix(b"\r\n")?.to_vec());
        rest = after;
    }
    (bytes.len() - rest.len() <= limits.request_bytes).then_some((arguments, rest))
}

fn naive_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = bytes.split_at(digits);
    let number: usize = String::from_utf8_lossy(digits).parse().ok()?;
    (number.to_string().as_bytes() == digits).then_some(())?;
    Some((number, rest.strip_prefix(b"\r\n")?))
}

fn check_read(read: &Read) {
    match read {
        Ok((arguments, Ok(Command::Write(write)))) => check_write(arguments, write),
        Ok((_, Err(error))) | Err(error) => check_error(error),
        Ok((arguments, Ok(_))) => assert!(!arguments.is_empty()),
    }
}

/// What the log holds of a request is no larger than the shortest form of an array.
fn check_write(arguments: &[Vec<u8>], write: &Write) {
    let encoded = postcard::to_allocvec(write).expect("it can be encoded");
    assert_eq!(postcard::from_bytes::<Write>(&encoded).as_ref(), Ok(write));
    let sent: usize = arguments.iter().map(|argument| argument.len() + "$1\r\n\r\n".len()).sum();
    assert!(encoded.len() <= sent, "{arguments:?}");
}

/// Whatever is repeated in an error, it is one line.
fn check_error(error: &Reply) {
    assert!(matches!(error, Reply::Error(_)), "{error:?}");
    let mut answers = Answers::default();
    answers.push(error.clone(), 1);
    let line = answers.bytes().strip_suffix(b"\r\n").expect("it ends");
    assert!(line.starts_with(b"-") && !line.contains(&b'\r') && !line.contains(&b'\n'));
    assert!(line.len() < 2_000);
}

//! Requests as people type them: a line of words.

/// The words of a line. A word that has blanks in it stands in quotes: in double ones `\n`, `\r`,
/// `\t`, `\a`, `\b`, `\xff` and a backslash before any other byte have the meaning they have in
/// Redis; in single ones only `\'` has. `None` if a quote is not closed, or has more behind it.
#[must_use]
pub fn words(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut words = Vec::new();
    let mut rest = line.trim_ascii_start();
    while !rest.is_empty() {
        let mut word = Vec::new();
        rest = match rest {
            [b'"', inner @ ..] => double_quoted(inner, &mut word)?,
            [b'\'', inner @ ..] => single_quoted(inner, &mut word)?,
            _ => plain(rest, &mut word)?,
        };
        words.push(word);
        rest = rest.trim_ascii_start();
    }
    Some(words)
}

/// A word without quotes in front; one in its middle begins a quoted part, as in Redis.
fn plain<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        match rest {
            [b'"', inner @ ..] => return double_quoted(inner, word),
            [b'\'', inner @ ..] => return single_quoted(inner, word),
            [byte, after @ ..] if !byte.is_ascii_whitespace() => {
                word.push(*byte);
                rest = after;
            }
            _ => return Some(rest),
        }
    }
}

fn double_quoted<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        let (byte, after) = match rest {
            [b'"', after @ ..] => return end(after),
            [b'\\', b'x', high, low, after @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                let digits = [*high, *low];
                let byte = u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok()?;
                (byte, after)
            }
            [b'\\', escaped, after @ ..] => (unescape(*escaped), after),
            [byte, after @ ..] => (*byte, after),
            [] => return None,
        };
        word.push(byte);
        rest = after;
    }
}

fn single_quoted<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        let (byte, after) = match rest {
            [b'\'', after @ ..] => return end(after),
            [b'\\', b'\'', after @ ..] => (b'\'', after),
            [byte, after @ ..] => (*byte, after),
            [] => return None,
        };
        word.push(byte);
        rest = after;
    }
}

/// Behind a closing quote comes a blank, or nothing.
fn end(rest: &[u8]) -> Option<&[u8]> {
    rest.first().is_none_or(u8::is_ascii_whitespace).then_some(rest)
}

const fn unescape(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'a' => 7,
        b'b' => 8,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_redis() {
        let cases: [(&[u8], &[&[u8]]); 9] = [
            (b"", &[]),
            (b" \t\r\n", &[]),
            (b"PING\r\n", &[b"PING"]),
            (b"  set  a b\n", &[b"set", b"a", b"b"]),
            (br#"set "a b" 'c d'"#, &[b"set", b"a b", b"c d"]),
            (br#""\n\r\t\a\b\x0F\xg\"\\""#, &[b"\n\r\t\x07\x08\x0Fxg\"\\"]),
            (br"'\n\''", &[br"\n'"]),
            (br#"a"b c" ''"#, &[b"ab c", b""]),
            (b"\xFF\x00", &[b"\xFF\x00"]),
        ];
        for (line, expected) in cases {
            assert_eq!(words(line).unwrap(), expected, "{}", line.escape_ascii());
        }
        for line in [&br#"""#[..], b"'", br#""a"b"#, b"'a'b", br#"a "b"#, br#""\"#] {
            assert_eq!(words(line), None, "{}", line.escape_ascii());
        }
    }
}

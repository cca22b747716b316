//! Numbers as Redis reads them: only in the form in which it writes them.

/// A number without a sign `+`, without blanks, without zeros in front.
pub(crate) fn parse(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let is_plain = match digits {
        [b'0'] => text.len() == 1,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if is_plain { str::from_utf8(text).ok()?.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_form_of_a_number_is_one() {
        for number in [0, 1, -1, 10, i64::MAX, i64::MIN] {
            assert_eq!(parse(number.to_string().as_bytes()), Some(number));
        }
        let others = ["", "-", "+1", "-0", "00", "01", "1 ", " 1", "1x", "0x1", "1.0", "1\0"];
        for text in others.into_iter().chain(["9223372036854775808", "-9223372036854775809"]) {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}

//! Numbers as they are read.

/// A number that is not negative, rounded, with its digits in groups of three.
pub(crate) fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    let mut left = digits.len();
    for digit in digits.chars() {
        text.push(digit);
        left = left.saturating_sub(1);
        if left > 0 && left.checked_rem(3) == Some(0) {
            text.push(',');
        }
    }
    text
}

/// To two digits, below ten to one behind the point: more would change from run to run.
pub(crate) fn rounded(number: f64) -> String {
    if number < 10.0 {
        return format!("{number:.1}");
    }
    let tens = 10_f64.powf((number.log10() - 1.0).floor());
    grouped((number / tens).round() * tens)
}

/// Of what is between 0 and 1, and of what may be far above where weights differ by much.
pub(crate) fn percent(share: f64) -> String {
    match 100.0 * share {
        percent if percent >= 1e4 => format!("{percent:.1e} %"),
        percent if (0.005..0.1).contains(&percent) => format!("{percent:.2} %"),
        percent => format!("{percent:.1} %"),
    }
}

pub(crate) fn ratio(ratio: f64) -> String {
    if ratio < 1e4 { format!("{ratio:.2}") } else { format!("{ratio:.1e}") }
}

pub(crate) fn duration(ns: f64) -> String {
    let (time, unit) = match ns {
        _ if ns < 1e3 => (ns, "ns"),
        _ if ns < 1e6 => (ns / 1e3, "µs"),
        _ if ns < 1e9 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    };
    format!("{} {unit}", rounded(time))
}

pub(crate) fn bytes(count: f64) -> String {
    if count < 1e3 {
        return format!("{} B", grouped(count));
    }
    let (size, unit) = if count < 1e6 { (count / 1e3, "KB") } else { (count / 1e6, "MB") };
    format!("{} {unit}", rounded(size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_they_are_read() {
        for (number, text) in
            [(0.0, "0"), (999.0, "999"), (1_000.0, "1,000"), (1_234_567.4, "1,234,567")]
        {
            assert_eq!(grouped(number), text);
        }
        for (number, text) in
            [(0.04, "0.0"), (7.26, "7.3"), (14.4, "14"), (186.0, "190"), (12_345.0, "12,000")]
        {
            assert_eq!(rounded(number), text);
        }
        assert_eq!(percent(0.123_45), "12.3 %");
        assert_eq!(percent(0.000_45), "0.04 %");
        assert_eq!(percent(0.0), "0.0 %");
        assert_eq!(percent(1e-9), "0.0 %");
        assert_eq!(percent(2.5e7), "2.5e9 %");
        assert_eq!(ratio(1.234), "1.23");
        assert_eq!(ratio(3.0e9), "3.0e9");
        assert_eq!(duration(8.86), "8.9 ns");
        assert_eq!(duration(1_267_000.0), "1.3 ms");
        assert_eq!(duration(2.4e10), "24 s");
        assert_eq!(bytes(16.0), "16 B");
        assert_eq!(bytes(14_240.0), "14 KB");
        assert_eq!(bytes(1_460_000.0), "1.5 MB");
    }
}

//! Nodes as they are written.

use crate::case::Listed;

/// `NAME=WEIGHT[@ZONE]`. The name ends at the last `=`, so that it may have others.
pub(crate) fn node(text: &str) -> Result<Listed, String> {
    let (name, rest) = text.rsplit_once('=').ok_or("NAME=WEIGHT[@ZONE] was expected")?;
    let (weight, zone) = match rest.split_once('@') {
        Some((weight, zone)) => (weight, Some(named(zone, "zone")?)),
        None => (rest, None),
    };
    Ok(Listed { name: named(name, "name")?, weight: self::weight(weight)?, zone })
}

/// `NAME=WEIGHT`.
pub(crate) fn weighted(text: &str) -> Result<(&str, u32), String> {
    let (name, weight) = text.rsplit_once('=').ok_or("NAME=WEIGHT was expected")?;
    Ok((name, self::weight(weight)?))
}

/// Lines of `name weight [zone]`.
pub(crate) fn node_lines(path: &str, bytes: &[u8]) -> Result<Vec<Listed>, String> {
    let mut nodes = Vec::new();
    for (number, line) in (1_u64..).zip(bytes.split(|byte| *byte == b'\n')) {
        let parsed = core::str::from_utf8(line).map_err(|_| "it is not UTF-8".into());
        let listed = parsed.and_then(node_line);
        nodes.extend(listed.map_err(|error| format!("{path}, line {number}: {error}"))?);
    }
    if nodes.is_empty() {
        return Err(format!(
            "{path}: no node in it; lines of \"name weight [zone]\" were expected"
        ));
    }
    Ok(nodes)
}

/// `None` for a line without a node.
fn node_line(line: &str) -> Result<Option<Listed>, String> {
    let line = line.split_once('#').map_or(line, |(before, _)| before);
    let words: Vec<_> = line.split_whitespace().collect();
    let (name, weight, zone) = match words.as_slice() {
        [] => return Ok(None),
        [name, weight] => (name, weight, None),
        [name, weight, zone] => (name, weight, Some(named(zone, "zone")?)),
        _ => return Err(format!("\"name weight [zone]\" was expected, not \"{}\"", line.trim())),
    };
    Ok(Some(Listed { name: named(name, "name")?, weight: self::weight(weight)?, zone }))
}

fn weight(text: &str) -> Result<u32, String> {
    let refused = || format!("\"{text}\" is not a weight: a whole number from 0 to 4294967295");
    text.parse().map_err(|_| refused())
}

/// Control characters would not only be shown by a terminal.
fn named(text: &str, what: &str) -> Result<String, String> {
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(format!("a {what} of one or more printable characters was expected"));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_look_like_anything() {
        let listed = node("a=b@c=5@rack 1").unwrap();
        assert_eq!((listed.name.as_str(), listed.weight), ("a=b@c", 5));
        assert_eq!(listed.zone.as_deref(), Some("rack 1"));
        assert!(node("a=5@").is_err());
        assert!(node("a\u{1b}=5").is_err());
    }

    #[test]
    fn lines_are_counted_from_one() {
        let good = b"# mine\n\na 1 x\r\nb 2 y # the other\n";
        let names = node_lines("f", good).unwrap();
        assert_eq!(names.iter().map(|node| node.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        for (bytes, words) in [
            (&b"a 1\nb\n"[..], "f, line 2: \"name weight [zone]\" was expected, not \"b\""),
            (b"a one", "f, line 1: \"one\" is not a weight"),
            (b"a 1\n\xff 1", "f, line 2: it is not UTF-8"),
            (b"a 4294967296", "line 1"),
            (b"a 1 x y", "line 1"),
            (b"# none", "f: no node in it"),
        ] {
            let error = node_lines("f", bytes).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}

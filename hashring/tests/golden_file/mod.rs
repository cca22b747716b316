//! Files of keys, each with the three nodes that it is on.

use synod_hashring::Placement;

/// A file of keys, each with the three nodes that it is on.
pub(crate) fn check(file: &str, placement: &impl Placement<Node: Into<u64>>) {
    let mut checked = 0;
    for [key, nodes @ ..] in lines(file) {
        let of_text = placement.replicas::<3>(key);
        let found = match key.parse::<u64>() {
            Ok(number) => placement.replicas::<3>(number),
            Err(_) => of_text,
        };
        assert_eq!(found.unwrap().map(Into::into), nodes.map(|node| node.parse::<u64>().unwrap()));
        checked += 1;
    }
    assert_eq!(checked, 48);
}

/// The lines of a file that are no comments, as words.
pub(crate) fn lines(file: &str) -> impl Iterator<Item = [&str; 4]> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| {
        let mut words = line.split(' ');
        [(); 4].map(|()| words.next().unwrap_or(""))
    })
}

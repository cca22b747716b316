//! What was asked for.

use std::ffi::OsString;

use lexopt::ValueExt;
use lexopt::prelude::*;

use crate::case::{Change, Listed};
use crate::parse;

pub(crate) const USAGE: &str = "\
usage: compare [options]      placements of keys on nodes, side by side

nodes, or ten of unequal weight in three zones:
  --nodes FILE                lines of: name weight [zone]; # begins a comment
  --node NAME=WEIGHT[@ZONE]   one more; as often as wanted
keys, or 100,000 random ones:
  --keys FILE                 a key a line; - is standard input
  --keys-random N             so many numbers, the same ones each time
the change, as often as wanted, or one node more, of the mean weight:
  --add NAME=WEIGHT[@ZONE]    a node comes
  --remove NAME               a node goes
  --weight NAME=WEIGHT        a node weighs so much; with 0 it takes no keys
what is shown:
  --replicas K                different nodes for a key: 1 to 16; 3 unless given
  --only A,B,…                ring, bounded, rendezvous, weighted, maglev,
                              partitions, ketama, jump-back, jump
  --svg FILE                  the load of each node, before and after: a picture
  --help                      this
";

/// In the order of the table.
pub(crate) const ALGORITHMS: [&str; 9] = [
    "ring",
    "bounded",
    "rendezvous",
    "weighted",
    "maglev",
    "partitions",
    "ketama",
    "jump-back",
    "jump",
];

pub(crate) struct Arguments {
    pub(crate) node_file: Option<String>,
    pub(crate) nodes: Vec<Listed>,
    pub(crate) keys: Keyed,
    pub(crate) changes: Vec<Change>,
    pub(crate) replicas: Option<usize>,
    pub(crate) only: Vec<&'static str>,
    pub(crate) svg: Option<String>,
}

/// Where the keys come from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Keyed {
    Random(u64),
    File(String),
}

impl Arguments {
    /// `None` where help was asked for.
    pub(crate) fn parse(
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Option<Self>, String> {
        let mut parser = lexopt::Parser::from_iter(arguments);
        let mut parsed = Self {
            node_file: None,
            nodes: Vec::new(),
            keys: Keyed::Random(100_000),
            changes: Vec::new(),
            replicas: None,
            only: ALGORITHMS.to_vec(),
            svg: None,
        };
        let mut keyed = false;
        while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
            let Long(option) = argument else {
                if argument == Short('h') {
                    return Ok(None);
                }
                return Err(argument.unexpected().to_string());
            };
            let option = format!("--{option}");
            if option == "--help" {
                return Ok(None);
            }
            if !OPTIONS.contains(&option.as_str()) {
                return Err(format!("{option} is not an option"));
            }
            let value = parser.value().and_then(|value| value.string());
            let value = value.map_err(|error| format!("{option}: {error}"))?;
            if matches!(option.as_str(), "--keys" | "--keys-random") {
                if keyed {
                    return Err(format!("{option} {value}: keys were given already"));
                }
                keyed = true;
            }
            let taken = parsed.take(&option, &value);
            taken.map_err(|error| format!("{option} {value}: {error}"))?;
        }
        Ok(Some(parsed))
    }

    fn take(&mut self, option: &str, value: &str) -> Result<(), String> {
        match option {
            "--nodes" if self.node_file.is_some() => return Err("one file of nodes".into()),
            "--nodes" => self.node_file = Some(value.into()),
            "--node" => self.nodes.push(parse::node(value)?),
            "--keys" => self.keys = Keyed::File(value.into()),
            "--keys-random" => {
                let count = value.parse().ok().filter(|count| (1..=MOST_KEYS).contains(count));
                let count = count.ok_or("a number from 1 to 4294967295 was expected")?;
                self.keys = Keyed::Random(count);
            }
            "--add" => self.changes.push(Change::Add(parse::node(value)?)),
            "--remove" => self.changes.push(Change::Remove(value.into())),
            "--weight" => {
                let (name, weight) = parse::weighted(value)?;
                self.changes.push(Change::Weight(name.into(), weight));
            }
            "--replicas" => {
                let count = value.parse().ok().filter(|count| (1..=16).contains(count));
                self.replicas = Some(count.ok_or("a number from 1 to 16 was expected")?);
            }
            "--only" => self.only = only(value)?,
            _ => self.svg = Some(value.into()),
        }
        Ok(())
    }
}

const OPTIONS: [&str; 10] = [
    "--nodes",
    "--node",
    "--keys",
    "--keys-random",
    "--add",
    "--remove",
    "--weight",
    "--replicas",
    "--only",
    "--svg",
];

/// As many as a node of [`BoundedLoads`](synod_hashring::BoundedLoads) can count.
pub(crate) const MOST_KEYS: u64 = 4_294_967_295;

fn only(list: &str) -> Result<Vec<&'static str>, String> {
    let names: Vec<_> = list.split(',').map(str::trim).collect();
    match names.iter().find(|name| !ALGORITHMS.contains(name)) {
        Some(name) => {
            Err(format!("\"{name}\" is not an algorithm; there are {}", ALGORITHMS.join(", ")))
        }
        None => Ok(ALGORITHMS.into_iter().filter(|name| names.contains(name)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Option<Arguments>, String> {
        let program = ["compare"].iter();
        Arguments::parse(program.chain(arguments).map(|text| OsString::from(*text)))
    }

    #[test]
    fn what_is_wrong_is_said_with_the_option() {
        for (arguments, words) in [
            (&["--nods", "x"][..], "--nods is not an option"),
            (&["nodes.txt"], "nodes.txt"),
            (&["--node", "a"], "--node a: NAME=WEIGHT[@ZONE] was expected"),
            (&["--node", "a=-1"], "--node a=-1: \"-1\" is not a weight"),
            (&["--node", "=1"], "--node =1: a name"),
            (&["--weight", "a=1@z"], "\"1@z\" is not a weight"),
            (&["--replicas", "0"], "--replicas 0: a number from 1 to 16"),
            (&["--replicas"], "--replicas"),
            (&["--keys-random", "0"], "from 1 to 4294967295"),
            (&["--keys-random", "5", "--keys", "-"], "--keys -: keys were given already"),
            (&["--nodes", "a", "--nodes", "b"], "--nodes b: one file"),
            (&["--only", "ring,rign"], "\"rign\" is not an algorithm"),
        ] {
            let error = parse(arguments).err().unwrap();
            assert!(error.contains(words), "{arguments:?}: {error}");
        }
    }

    #[test]
    fn what_is_right_is_taken() {
        let arguments = parse(&["--node", "a=2@z", "--only", "jump, ring", "--keys=-"]);
        let arguments = arguments.unwrap().unwrap();
        let zone = Some("z".to_string());
        assert_eq!(arguments.nodes, [Listed { name: "a".into(), weight: 2, zone }]);
        assert_eq!(arguments.only, ["ring", "jump"]);
        assert_eq!(arguments.keys, Keyed::File("-".into()));
        assert!(parse(&["--help"]).unwrap().is_none());
        assert!(parse(&["-h"]).unwrap().is_none());
    }

    #[test]
    fn help_fits_a_screen() {
        assert!(USAGE.lines().count() <= 24);
        assert!(USAGE.lines().all(|line| line.chars().count() <= 80));
        assert!(OPTIONS.iter().all(|option| USAGE.contains(option)));
    }
}

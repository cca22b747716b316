#![doc = include_str!("../COMPARISON.md")]

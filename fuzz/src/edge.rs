//! Numbers where mistakes live.

use arbitrary::{Arbitrary, Result, Unstructured};

/// A number that is mostly small, often beside a limit, and sometimes anything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge(pub(crate) u64);

impl<'a> Arbitrary<'a> for Edge {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        let choice: u8 = input.arbitrary()?;
        let step = u64::from(choice % 8);
        Ok(Self(match choice {
            0..192 => u64::from(choice % 12),
            192..216 => u64::MAX - step,
            216..224 => (1 << 12) - 4 + step,
            224..232 => (1 << 32) - 4 + step,
            232..240 => (1 << 52) - 4 + step,
            240..244 => (1 << 63) - 4 + step,
            _ => input.arbitrary()?,
        }))
    }

    fn size_hint(_: usize) -> (usize, Option<usize>) {
        (1, Some(9))
    }
}

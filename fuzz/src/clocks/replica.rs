//! Few replicas, so that they meet.

use arbitrary::{Arbitrary, Result, Unstructured};
use synod_clocks::Dot;

use crate::edge::Edge;

/// The id of one of six replicas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replica(pub(crate) u8);

impl<'a> Arbitrary<'a> for Replica {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self(u8::arbitrary(input)? % 6))
    }

    fn size_hint(_: usize) -> (usize, Option<usize>) {
        (1, Some(1))
    }
}

/// An event of one of six replicas.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) struct Event(Replica, Edge);

impl Event {
    pub(crate) fn dot(self) -> Dot<u8> {
        dot(self.0.0, self.1.0.max(1))
    }
}

/// The dot with a counter that is known not to be zero.
pub(crate) fn dot(replica: u8, counter: u64) -> Dot<u8> {
    Dot::new(replica, counter).expect("counters begin at 1")
}

/// A dot as the models write it.
pub(crate) fn pair(dot: Dot<u8>) -> (u8, u64) {
    (dot.replica, dot.counter.get())
}

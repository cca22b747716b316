//! A state without what makes every run unlike every other.

/// A machine's state as a model checker compares it: without time, the state of chance, and how
/// many writes there were.
///
/// Two machines whose views are equal differ in nothing but when their timers fire, and in the
/// names of their writes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Canonical<M>(pub(crate) M);

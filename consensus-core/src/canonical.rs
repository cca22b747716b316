//! A state without what makes every run unlike every other.

/// A machine's state as a model checker compares it: without time and the state of chance.
///
/// Two machines whose views are equal differ in nothing but when their timers fire.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Canonical<M>(pub(crate) M);

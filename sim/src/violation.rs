//! What must never happen, and did.

use alloc::{boxed::Box, string::String};
use core::fmt;

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which one.
    pub invariant: &'static str,
    /// At which node.
    pub node: usize,
    /// What was seen.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at node {}: {}", self.invariant, self.node, self.detail)
    }
}

/// Whether all is well. (Boxed, so that it costs nothing while it is.)
pub(crate) type Verdict<T = ()> = Result<T, Box<Violation>>;

/// Makes a verdict of what must hold; the detail is only written if it does not.
macro_rules! ensure {
    ($holds:expr, $invariant:literal, $node:expr, $($detail:tt)+) => {
        if !$holds {
            $crate::violation::fail!($invariant, $node, $($detail)+);
        }
    };
}

/// Returns the verdict that something does not hold.
macro_rules! fail {
    ($invariant:literal, $node:expr, $($detail:tt)+) => {
        return Err(alloc::boxed::Box::new($crate::violation::Violation {
            invariant: $invariant,
            node: $node,
            detail: alloc::format!($($detail)+),
        }))
    };
}

pub(crate) use {ensure, fail};

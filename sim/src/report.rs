//! What a run has shown.

use alloc::boxed::Box;

use crate::{diary::Diary, fault::Tally, violation::Violation};

/// What a run has shown: what was seen in it, `M`, and what its driver counts besides, `C`.
#[derive(Debug)]
pub struct Report<M, C> {
    /// What must never happen, if it did.
    pub violation: Option<Box<Violation>>,
    /// How many calls into machines there were.
    pub calls: u64,
    /// What was counted.
    pub counts: C,
    /// How long the run was, in its own time.
    pub simulated_us: u64,
    /// A hash of all that happened.
    pub hash: u64,
    /// What went wrong, by kind.
    pub tally: Tally,
    /// What was seen.
    pub marks: M,
    /// What happened last, if that was asked for.
    pub diary: Option<Diary>,
}

impl<M, C> Report<M, C> {
    /// The same, with what was seen and counted in another shape.
    pub fn map<A, B>(
        self,
        marks: impl FnOnce(M) -> A,
        counts: impl FnOnce(C) -> B,
    ) -> Report<A, B> {
        let Self { violation, calls, simulated_us, hash, tally, diary, .. } = self;
        let (marks, counts) = (marks(self.marks), counts(self.counts));
        Report { violation, calls, counts, simulated_us, hash, tally, marks, diary }
    }
}

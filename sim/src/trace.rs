//! What happened, in one number.

/// A hash of all that happened, in order: FNV-1a over words of 64 bits, each folded so that high
/// bits reach low ones. Only numbers of a fixed width go in, so it is the same on every target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trace(u64);

impl Default for Trace {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Trace {
    /// Notes a number.
    #[inline]
    pub(crate) const fn note(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3);
        self.0 = mixed ^ (mixed >> 29);
    }

    /// The hash of what was noted so far.
    #[must_use]
    pub(crate) const fn hash(self) -> u64 {
        self.0
    }
}

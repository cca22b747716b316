//! A place on a ring.

/// A point and whose it is. Tokens are ordered by point, then by owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Token(u64);

impl Token {
    pub(crate) const fn new(point: u32, owner: u32) -> Self {
        Self((point as u64) << 32 | owner as u64)
    }

    pub(crate) const fn point(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The place of the owner among the nodes.
    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    pub(crate) const fn owner(self) -> u32 {
        self.0 as u32
    }

    /// The same point, of another owner.
    pub(crate) const fn with_owner(self, owner: u32) -> Self {
        Self::new(self.point(), owner)
    }

    /// Eight bits of the point, above so many.
    pub(crate) const fn digit(self, above: u32) -> usize {
        (self.point().wrapping_shr(above) & 255) as usize
    }
}

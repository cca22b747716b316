//! Which nodes.

/// Places of nodes, as a set of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places(u8);

impl Places {
    /// These.
    pub(crate) const fn of(places: &[u8]) -> Self {
        let (mut bits, mut next) = (0, 0);
        while next < places.len() {
            bits |= 1 << places[next];
            next += 1;
        }
        Self(bits)
    }

    /// Whether this is one of them.
    pub(crate) const fn contain(self, place: usize) -> bool {
        self.0 >> place & 1 == 1
    }
}

//! Members that the host named.

/// How many are remembered.
pub(super) const MOST: usize = 4;

/// Members that the host named: they are tried while they are not known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seeds<Id>([Option<Id>; MOST]);

impl<Id: Copy + Eq> Seeds<Id> {
    pub(super) const fn new() -> Self {
        Self([None; MOST])
    }

    /// Remembers one; whether there was room.
    pub(super) fn add(&mut self, id: Id) -> bool {
        let known = self.0.iter().position(|seed| *seed == Some(id));
        let index = known.or_else(|| self.0.iter().position(Option::is_none));
        match index.and_then(|index| self.0.get_mut(index)) {
            Some(place) => {
                *place = Some(id);
                true
            }
            None => false,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Id> + '_ {
        self.0.iter().flatten().copied()
    }
}

//! What survives a crash.

/// What a disk holds, and how a write changes it.
pub(crate) trait Contents {
    /// A write.
    type Write;

    /// The write takes effect, as a whole.
    fn apply(&mut self, write: &Self::Write);
}

/// A disk with a queue of writes that take effect in order, each as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Disk<C: Contents> {
    durable: C,
    /// Polled and not yet reported, oldest first.
    pending: Vec<(u64, C::Write)>,
}

impl<C: Contents> Disk<C> {
    /// A disk that holds this.
    pub(crate) fn new(durable: C) -> Self {
        Self { durable, pending: Vec::new() }
    }

    /// What a crash would leave at least.
    pub(crate) fn durable(&self) -> &C {
        &self.durable
    }

    /// The writes that are on their way, oldest first, without their names.
    pub(crate) fn pending(&self) -> impl ExactSizeIterator<Item = &C::Write> {
        self.pending.iter().map(|(_, write)| write)
    }

    /// A write begins.
    pub(crate) fn write(&mut self, id: u64, write: C::Write) {
        self.pending.push((id, write));
    }

    /// So many of the oldest writes are done. Gives the name of the last of them.
    pub(crate) fn finish(&mut self, count: usize) -> Option<u64> {
        let mut last = None;
        for (id, write) in self.pending.drain(..count) {
            self.durable.apply(&write);
            last = Some(id);
        }
        last
    }

    /// The power fails: so many of the oldest writes were done, though nobody knows it, and the
    /// others never happen.
    pub(crate) fn crash(&mut self, done: usize) {
        self.finish(done);
        self.pending.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Contents for u8 {
        type Write = u8;

        fn apply(&mut self, write: &u8) {
            *self = *write;
        }
    }

    #[test]
    fn writes_in_order() {
        let mut disk = Disk::new(0_u8);
        (1..=4).for_each(|id| disk.write(id, id as u8 * 10));
        assert_eq!((disk.finish(0), disk.finish(2)), (None, Some(2)));
        assert_eq!((*disk.durable(), disk.pending().len()), (20, 2));
        disk.crash(1);
        assert_eq!((*disk.durable(), disk.pending().len()), (30, 0));
        disk.write(5, 50);
        disk.crash(0);
        assert_eq!(*disk.durable(), 30);
    }
}

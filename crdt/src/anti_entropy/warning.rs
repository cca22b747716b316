//! What a peer knows of this replica that it does not know itself.

/// The largest number that a peer has told of, once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Warning<Id, N> {
    heard: Option<(Id, N)>,
    told: Option<N>,
}

impl<Id, N: Copy + Ord> Warning<Id, N> {
    pub(crate) const fn new() -> Self {
        Self { heard: None, told: None }
    }

    /// `by` has told of `number`.
    pub(crate) fn hear(&mut self, by: Id, number: N) {
        let known = self.heard.as_ref().map(|(_, known)| *known).max(self.told);
        if known < Some(number) {
            self.heard = Some((by, number));
        }
    }

    /// What the host is to be told, if that is news.
    pub(crate) fn take(&mut self) -> Option<(Id, N)> {
        let heard = self.heard.take()?;
        self.told = Some(heard.1);
        Some(heard)
    }
}

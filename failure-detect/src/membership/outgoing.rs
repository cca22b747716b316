//! A message that is to be written.

use super::Body;

/// A message that is to be written, to whom, and what it wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outgoing<Id> {
    pub(super) to: Id,
    pub(super) body: Body<Id>,
    /// Whether both know the same, so that nothing has to be told with it.
    pub(super) agrees: bool,
}

impl<Id> Outgoing<Id> {
    pub(super) const fn new(to: Id, body: Body<Id>) -> Self {
        Self { to, body, agrees: false }
    }
}

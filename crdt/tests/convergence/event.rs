//! What the models are told: changes, and which of them each had seen.

/// A set of events, by their ids.
pub(crate) type Seen = u128;

/// How many events a replica may write, so that all fit into a [`Seen`].
pub(crate) const MOST: usize = 24;

/// A change of a value: an operation of its kind, or a reset.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Change<O> {
    Do(O),
    Reset,
}

/// A change that a replica made, having seen those of `past`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Event<O> {
    /// Larger for later events of one replica.
    pub(crate) id: usize,
    pub(crate) replica: u8,
    /// Closed: with each event, what that one had seen.
    pub(crate) past: Seen,
    pub(crate) change: Change<O>,
}

impl<O> Event<O> {
    pub(crate) fn has_seen<Q>(&self, other: &Event<Q>) -> bool {
        self.past >> other.id & 1 == 1
    }

    /// The same event, of a value within this one, if it concerns that.
    pub(crate) fn within<Q>(&self, change: Change<Q>) -> Event<Q> {
        Event { id: self.id, replica: self.replica, past: self.past, change }
    }
}

/// The id of the event number `nth` of the replica number `at`.
pub(crate) fn event_id(at: usize, nth: usize) -> usize {
    assert!(nth < MOST);
    at * MOST + nth
}

/// The operations that no reset has seen, with their events.
pub(crate) fn not_reset<O>(events: &[Event<O>]) -> impl Iterator<Item = (&Event<O>, &O)> + Clone {
    let is_reset = |event: &Event<O>| {
        let resets = |by: &Event<O>| matches!(by.change, Change::Reset) && by.has_seen(event);
        events.iter().any(resets)
    };
    events.iter().filter_map(move |event| match &event.change {
        Change::Do(op) if !is_reset(event) => Some((event, op)),
        _ => None,
    })
}

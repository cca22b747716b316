//! Keeping replicas equal, over any network.

mod config;
mod journal;
mod message;
mod output;
mod peer;
mod send;
mod size;
mod warning;

use core::fmt;

use synod_capacity::{Capacity, List};
use synod_clocks::CausalContext;

pub use self::{
    config::{AntiEntropyConfig, ConfigError},
    message::{Body, Message},
    output::{Output, ReceiveError},
};
use self::{
    journal::{Change, Journal},
    peer::{Answer, Peer},
    size::Sizes,
    warning::Warning,
};
use crate::{Causal, Delta, Merge, Source, State, kind::Kind};

/// Keeps the states of replicas equal: it tells each peer what that lacks, and merges what peers
/// tell, over a network that may lose, duplicate, delay and reorder messages.
///
/// It has no state of its own to replicate: the host owns a [`Causal`] state, and lends it. A peer
/// that was met (or that has started anew) is greeted: both say which events they know. Then each
/// brings the other up to date from its state, what is missing first and removals after it, and
/// from then on sends changes as they come, named by a journal of the last `J`. A peer that missed
/// more than the journal remembers is brought up to date from the state again.
///
/// # What you do
///
/// 1. After each of your own changes, [`record`](Self::record) its delta; those of
///    [`collect`](Causal::collect), [`resume`](Causal::resume) and
///    [`close_gaps`](Causal::close_gaps), too, and after merging something beside the machine
///    `state.delta(other.context())`. A removal that is not recorded is told to nobody.
/// 2. Hand over what arrives, with [`handle_message`](Self::handle_message): decode it into
///    [`Message<Id, CausalContext<…>, Causal<…>>`](Message), of capacities that are said there.
/// 3. After each of these calls, and after [`handle_timeout`](Self::handle_timeout) at the time
///    that [`poll_timeout`](Self::poll_timeout) gives, drain [`poll_output`](Self::poll_output) to
///    `None`, and send what it gives. What is said is a promise, on which [`stable`](Self::stable)
///    rests: where any replica collects tombstones, every one persists its state, changed by
///    `handle_message` or by itself, before it sends. A bound alone is not enough anywhere then.
/// 4. Call [`handle_timeout`](Self::handle_timeout) with the time before the first poll, as after
///    each wait.
/// 5. Count your starts: `boot` must be larger than at any earlier start, so a number that is
///    durable, or the seconds of a clock that keeps its time. State and machine start together.
///
/// # What it promises
///
/// - Once messages get through, and changes end, all states that are connected are equal, whatever
///   was lost before.
/// - Every message takes at most `max_message` bytes as postcard encodes it, if ids and rows take
///   at most what the configuration says.
/// - One message at a time is under way to each peer, and is repeated until it is acknowledged:
///   less and less often, down to once in 64 times `resend_us`, while nothing is heard of the peer.
///   To peers that have everything, nothing is sent.
/// - A replica with room for the whole, but not for both the old and the new, is told of removals
///   first, and what it refuses is left out until the rest was tried. Until it has all, what was
///   written anew can be absent there.
/// - [`stable`](Self::stable) events are such that [`Causal::collect`] may collect them.
/// - A replica that comes back with an older state is told at first contact with a peer that knows
///   more of its events: [`Output::Outdated`]; one that comes back with an older count of starts,
///   of the number that it must exceed: [`Output::Superseded`].
///
/// Whoever learns of a change tells all peers that are not known to have it: among `n` replicas
/// that are all peers of each other, a change can cross the network `n²` times. Where that is dear,
/// connect them in a line or a tree; who collects tombstones must still be a peer of all who write.
///
/// Peers may crash, but must not lie: authenticate and checksum your frames.
///
/// `R` is the capacity of the state's context (the same as the state's), `P` that of the peers, `J`
/// the number of changes that are remembered. Memory: 160 bytes, two contexts and about 160 bytes
/// for each peer, up to 40 bytes for each change. Each call is O(p r) in the peers and the ranges
/// of a context, and in the square of the ranges of the message, of which there are at most 64; the
/// search for removals to tell of goes through the state's rows, once for each time that a peer is
/// brought up to date.
///
/// Source: the delta-interval algorithm of Almeida, Shoker, Baquero, "Delta State Replicated Data
/// Types", JPDC 2018, with intervals of a journal of events instead of stored deltas, so
/// that what is sent is always of the present state.
///
/// ```
/// use synod_crdt::{AntiEntropy, AntiEntropyConfig, AwSet, Causal, Inline, Output};
///
/// type Doors = Causal<u16, AwSet<u16>, Inline<4>, Inline<16>>;
/// type Sync = AntiEntropy<u16, Inline<4>, Inline<2>, 8>;
///
/// let config = |me| AntiEntropyConfig {
///     cluster: 5,
///     me,
///     boot: 1, // counted by you
///     max_message: 64,
///     max_id: 3, // a `u16`, as postcard encodes it
///     max_row: AwSet::<u16>::max_row(3),
///     resend_us: 10_000,
/// };
/// let (mut hall, mut hall_sync) = (Doors::new(), Sync::new(config(1), &[2])?);
/// let (mut porch, mut porch_sync) = (Doors::new(), Sync::new(config(2), &[1])?);
/// hall_sync.record(&hall.write(1).insert(7)?);
///
/// // Here messages go from hand to hand; you encode them with postcard, and send them.
/// for now_us in 0..10 {
///     while let Some(Output::Send { message, .. }) = hall_sync.poll_output(&hall) {
///         let _news_or_refused = porch_sync.handle_message(now_us, 1, &message, &mut porch);
///     }
///     while let Some(Output::Send { message, .. }) = porch_sync.poll_output(&porch) {
///         let _news_or_refused = hall_sync.handle_message(now_us, 2, &message, &mut hall);
///     }
/// }
/// assert!(porch.read().contains(&7) && hall_sync.is_idle());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AntiEntropy<Id, R: Capacity, P: Capacity, const J: usize> {
    cluster: u64,
    me: Id,
    boot: u32,
    sizes: Sizes,
    resend_us: u64,
    now_us: u64,
    peers: List<Peer<Id, R>, P>,
    journal: Journal<Id, J>,
    /// A later event of this replica than it knows.
    outdated: Warning<Id, u64>,
    /// A later start of this replica than this one.
    superseded: Warning<Id, u32>,
}

impl<Id: Copy + Ord + 'static, R: Capacity, P: Capacity, const J: usize> AntiEntropy<Id, R, P, J> {
    /// A machine that greets all of `peers`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub fn new(config: AntiEntropyConfig<Id>, peers: &[Id]) -> Result<Self, ConfigError> {
        let needed = config.least_message();
        let AntiEntropyConfig { cluster, me, boot, max_message, max_id, max_row, resend_us } =
            config;
        if max_message < needed {
            return Err(ConfigError::TooSmall { needed });
        }
        if boot == 0 {
            return Err(ConfigError::ZeroBoot);
        }
        let mut machine = Self {
            cluster,
            me,
            boot,
            sizes: Sizes::new(cluster, max_message, max_id, max_row),
            resend_us: resend_us.max(1),
            now_us: 0,
            peers: List::new(),
            journal: Journal::new(),
            outdated: Warning::new(),
            superseded: Warning::new(),
        };
        for peer in peers {
            if *peer == me || machine.peers.iter().any(|known| known.id == *peer) {
                return Err(ConfigError::Duplicate);
            }
            machine.peers.push(Peer::new(*peer)).map_err(|(full, _)| ConfigError::Peers(full))?;
        }
        Ok(machine)
    }

    /// Notes a change of the state by this replica, to be sent to all peers. O(p) in the peers, and
    /// O(k log n) for `k` ranges of the delta in a state of `n` rows.
    pub fn record<S: State<Id = Id>>(&mut self, delta: &Delta<'_, S>) {
        self.note(delta, None);
    }

    /// Takes in a message. Gives whether the state has changed, and so should be persisted.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`]; the state is unchanged. What cannot be merged comes again.
    pub fn handle_message<T, N, C, O>(
        &mut self,
        now_us: u64,
        from: Id,
        message: &Message<Id, CausalContext<Id, C>, O>,
        state: &mut Causal<Id, T, R, N>,
    ) -> Result<bool, ReceiveError<Id>>
    where
        T: Kind<Id>,
        N: Capacity,
        C: Capacity,
        O: Source<Id = Id, Kind = T>,
    {
        self.pass_time(now_us);
        let (me, soon_us) = (self.me, self.now_us.saturating_add(self.resend_us));
        let known = state.context().latest(me);
        let peer = self.admit(from, message, known)?;
        let news = match &message.body {
            Body::Greeting { number, is_last, known } => {
                // It may be told again what it knows: so what has no room can be forgotten. And
                // what is in an old greeting that comes again was told before.
                let has_room = peer.known.merge(known).is_ok();
                peer.is_cut |= !has_room && !peer.has_greeted;
                peer.answer = Some(Answer::Ack(*number));
                peer.has_greeted |= *is_last;
                false
            }
            Body::Delta { number, delta } => {
                let merged = state.merge(delta);
                peer.answer = Some(answer(*number, merged.is_ok()));
                let news = merged.map_err(ReceiveError::Merge)?;
                peer.remember(delta.context());
                peer.tells_until_us = soon_us;
                if news {
                    peer.may_have_room(soon_us);
                }
                news
            }
            Body::Ack { number, .. } => {
                peer.acknowledge(*number);
                false
            }
            Body::Refusal { number } => {
                peer.refuse(*number);
                false
            }
        };
        if message.is_level {
            peer.level_at(message.changes);
        }
        if let Body::Delta { delta, .. } = &message.body {
            let latest = delta.context().latest(me);
            if latest > known {
                self.outdated.hear(from, latest);
            }
            if news {
                self.note(&state.delta(delta.context()), Some(from));
            }
        }
        Ok(news)
    }

    /// The time has come that [`poll_timeout`](Self::poll_timeout) gave, or any other.
    pub fn handle_timeout(&mut self, now_us: u64) {
        self.pass_time(now_us);
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next, if at all: in microseconds, of
    /// the same origin as `now_us`.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        let due = self.peers.iter().filter_map(|peer| peer.due_us(self.now_us));
        due.reduce(u64::min)
    }

    /// The events that every replica has, and of whose concurrent events none is missing here: what
    /// [`Causal::collect`] asks for. These are all events of this state while each peer has said
    /// that it has all that is known here, removals too, and that all that it knew when it last
    /// spoke is here. Otherwise it gives none. O(p r) in the peers and the ranges of a context.
    ///
    /// Each peer's state was then equal to this one when it last spoke, so whatever it writes after
    /// that has seen every tombstone of this state. Ask again after each merge, and each message.
    ///
    /// It speaks of the peers of this machine. So each replica that writes must be a peer of the
    /// one that collects; in a line of replicas an end knows nothing of the other.
    #[must_use]
    pub fn stable<S: State<Id = Id, Ranges = R>>(&self, state: &S) -> CausalContext<Id, R> {
        let own = state.context();
        let is_stable = self.peers.iter().all(|peer| {
            let has_all = peer.is_level(self.journal.end()) && peer.known.dominates(own);
            has_all && peer.has_told_all()
        });
        if is_stable { own.clone() } else { CausalContext::new() }
    }

    /// Whether every peer has said, since this start, which events of this replica it knows, and
    /// all of them are here: what [`Causal::close_gaps`] asks for. O(p r).
    ///
    /// It speaks of the peers of this machine. In a line of replicas one behind a peer may have
    /// events that this peer has not.
    #[must_use]
    pub fn has_recovered<S: State<Id = Id, Ranges = R>>(&self, state: &S) -> bool {
        self.peers.iter().all(|peer| {
            let mut mine = peer.known.of(self.me).iter();
            peer.has_greeted
                && !peer.is_cut
                && mine.all(|range| state.context().contains_range(*range))
        })
    }

    /// Whether every peer has acknowledged all that is known here. O(p). Something may still be
    /// due, such as to say so to a peer: to sleep, ask [`poll_timeout`](Self::poll_timeout).
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.peers.iter().all(|peer| peer.is_level(self.journal.end()))
    }

    /// Time never runs backwards, and never ends: at its last instant all would be due for ever.
    fn pass_time(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us.min(u64::MAX - 1));
    }

    /// The peer that a message is from, if it is to be taken in; what it tells of this replica is
    /// heard in any case. `latest` is the latest event of this replica that its state knows.
    fn admit<C: Capacity, O>(
        &mut self,
        from: Id,
        message: &Message<Id, CausalContext<Id, C>, O>,
        latest: u64,
    ) -> Result<&mut Peer<Id, R>, ReceiveError<Id>> {
        if message.cluster != self.cluster {
            return Err(ReceiveError::OtherCluster);
        }
        if message.to != self.me {
            return Err(ReceiveError::NotForMe);
        }
        let peer = self.peers.iter_mut().find(|peer| peer.id == from);
        let peer = peer.ok_or(ReceiveError::UnknownPeer)?;
        // Also of an earlier start: in a backup that was restored, the count of starts is old, too.
        if let Body::Ack { yours, .. } = message.body {
            if yours > latest {
                self.outdated.hear(from, yours);
            }
        } else if message.boot <= peer.boot && message.to_boot != self.boot {
            peer.answer = peer.answer.or(Some(Answer::Ack(0)));
        }
        if message.to_boot > self.boot {
            self.superseded.hear(from, message.to_boot);
        }
        if message.boot == 0 || message.boot < peer.boot {
            return Err(ReceiveError::Stale);
        }
        // What a peer knows of this replica is told by any of its greetings, however old.
        if let Body::Greeting { known, .. } = &message.body {
            let known = known.latest(self.me);
            if known > latest {
                self.outdated.hear(from, known);
            }
        }
        // What is for an earlier start, or for none, may have been said before this one, and a
        // greeting be less than the peer knows by now. It hears of this start, and says it again.
        peer.hear(message.boot, message.changes);
        if !matches!(message.body, Body::Refusal { .. }) {
            peer.answers_by(self.now_us.saturating_add(self.resend_us));
        }
        if message.to_boot == self.boot { Ok(peer) } else { Err(ReceiveError::Stale) }
    }

    /// Notes the events of a change for the other peers, in the order of a catch-up: living ones
    /// first.
    fn note<S: State<Id = Id>>(&mut self, delta: &Delta<'_, S>, origin: Option<Id>) {
        let open = self.peers.iter().fold(0, |open: u64, peer| open.max(peer.open()));
        for alive in [true, false] {
            for events in delta.context().ranges() {
                let lives = delta.rows_within(*events).next().is_some();
                if lives == alive {
                    self.journal.push(Change { events: *events, origin }, open);
                }
            }
        }
    }
}

const fn answer(number: u32, is_merged: bool) -> Answer {
    if is_merged { Answer::Ack(number) } else { Answer::Refusal(number) }
}

impl<Id: fmt::Debug, R: Capacity, P: Capacity, const J: usize> fmt::Debug
    for AntiEntropy<Id, R, P, J>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AntiEntropy")
            .field("me", &self.me)
            .field("boot", &self.boot)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<Id: defmt::Format, R: Capacity, P: Capacity, const J: usize> defmt::Format
    for AntiEntropy<Id, R, P, J>
{
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "AntiEntropy of {}, start {}", self.me, self.boot);
    }
}

//! Who belongs to a group, and who is alive.

mod broadcasts;
mod config;
mod digest;
mod draft;
mod exchange;
mod group;
mod heard;
mod learn;
mod logarithm;
mod member;
mod message;
mod outgoing;
mod output;
mod poll;
mod probe;
mod receive;
mod relays;
mod seeds;
mod size;
mod suspicion;
mod table;
mod time;
mod version;

use core::fmt;

use synod_capacity::Full;

use self::{
    broadcasts::Broadcasts,
    exchange::Exchange,
    logarithm::{ONE, log10},
    outgoing::Outgoing,
    probe::Probe,
    relays::Relays,
    seeds::Seeds,
    size::Sizes,
    suspicion::Patience,
    table::{MOST_REPEATS, Table},
    version::Version,
};
pub use self::{
    config::{ConfigError, MembershipConfig},
    group::Group,
    message::{Body, Broadcast, Claim, Message, MessageOf, News},
    output::{BroadcastError, Event, Output, OutputOf, ReceiveError},
    version::Standing,
};
use crate::random::Random;

/// A member of a group, which knows who else belongs to it and is alive.
///
/// Each period it probes one other member. One that does not answer is probed through others. If
/// that fails, too, it is suspected, and taken for dead unless it says in time that it is alive.
/// News goes with the probes and their answers, in as many messages as there are without it.
///
/// # What you do
///
/// 1. Name your types in a [`Group`], and bring the transport: messages may be lost, repeated,
///    delayed and reordered. Encode them with postcard; a frame needs a checksum and the sender's
///    id.
/// 2. [`join`](Self::join) one or more members that are there.
/// 3. Hand over what arrives with [`handle_message`](Self::handle_message), and call
///    [`handle_timeout`](Self::handle_timeout) at the time that
///    [`poll_timeout`](Self::poll_timeout) gives, after all that has arrived.
/// 4. After each of these calls, drain [`poll_output`](Self::poll_output).
///
/// # What it promises
///
/// - Each member is probed by each other one once in a round of as many periods as there are
///   others, in an order by chance; one that joins, in the round in which it does. So one that dies
///   is probed by somebody within `e / (e - 1)` periods on the average, and by each within `2n -
///   1`, among `n` others.
/// - No message takes more than `max_message` bytes, whatever is to be told, if the sizes that the
///   [`Group`] states are true. Each piece of news is
///   sent on a bounded number of times, and a broadcast of the host goes first, so that neither
///   keeps the other from going.
/// - Whoever stood still itself suspects nobody for it.
/// - Who is dead, and was forgotten here, does not come back by hearsay: only what is known to have
///   lived since then is new.
/// - A group that was in pieces, or lost all of its members, is whole again once the network is, if
///   that is within `forget_us`, or whoever was [joined](Self::join) is in another piece.
///
/// Time, `now_us`, is monotonic, in microseconds from any origin; one that runs backwards is taken
/// as the latest seen.
///
/// What it does not: no two members need know the same at the same time, and one that is alive can
/// be taken for dead. Who must not act twice, or must not act on old news, wants consensus, or a
/// lease. Members may crash, but must not lie: authenticate your frames.
///
/// Memory: about 550 bytes, 56 bytes for each other member with `u16` ids and four bytes of
/// metadata, and the broadcasts. A call is O(n) once a period, where membership changes, at an
/// exchange, and for each message while there is news to spread; else O(log n).
///
/// Sources: Das, Gupta and Motivala, "SWIM: Scalable Weakly-consistent Infection-style Process
/// Group Membership Protocol", DSN 2002; Dadgar, Phillips and Currey, "Lifeguard: Local Health
/// Awareness for More Accurate Failure Detection", DSN 2018.
///
/// ```
/// use synod_failure_detect::Inline;
/// use synod_failure_detect::membership::{Event, Group, Membership, MembershipConfig, Output};
///
/// struct Boards;
///
/// impl Group for Boards {
///     type Id = u16;
///     type Metadata = [u8; 4];
///     type Broadcast = ();
///     const MAX_ID: usize = 3;
///     const MAX_METADATA: usize = 4;
///     const MAX_BROADCAST: usize = 0;
///     type Members = Inline<16>;
///     type Broadcasts = Inline<1>;
///     type News = Inline<8>;
/// }
///
/// let start = |id: u16| {
///     let defaults = MembershipConfig::new(5, id, 1, id.into());
///     let config = MembershipConfig { max_message: 96, ..defaults };
///     Membership::<Boards>::new(0, config, [0; 4])
/// };
/// let mut boards = [start(0)?, start(1)?];
/// boards[1].join(0, 0)?;
///
/// // Here messages go from hand to hand; you encode them with postcard, and send them.
/// let mut up = Vec::new();
/// for now_us in (0..5_000_000).step_by(1_000) {
///     for me in [0, 1] {
///         boards[usize::from(me)].handle_timeout(now_us);
///         while let Some(output) = boards[usize::from(me)].poll_output() {
///             match output {
///                 Output::Send { to, message } => {
///                     boards[usize::from(to)].handle_message(now_us, me, &message)?;
///                 }
///                 Output::Event(Event::Up(other)) => up.push((me, other)),
///                 _ => {}
///             }
///         }
///     }
/// }
/// up.sort_unstable();
/// assert_eq!(up, [(0, 1), (1, 0)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Membership<G: Group> {
    config: MembershipConfig<G::Id>,
    sizes: Sizes,
    /// When this life began.
    born_us: u64,
    /// What is true of this member.
    version: Version,
    metadata: G::Metadata,
    /// How often that is still to be sent.
    own_to_send: u8,
    table: Table<G::Id, G::Metadata, G::Members>,
    seeds: Seeds<G::Id>,
    broadcasts: Broadcasts<G::Id, G::Broadcast, G::Broadcasts>,
    /// The last broadcast of this life of this member.
    last_broadcast: u32,
    probe: Option<Probe<G::Id>>,
    probe_number: u16,
    next_probe_us: u64,
    relays: Relays<G::Id>,
    exchange: Option<Exchange<G::Id>>,
    /// Up to this id, an exchange that was given up was done.
    exchanged: Option<G::Id>,
    next_exchange_us: u64,
    next_gossip_us: u64,
    /// To how many others news is still to be sent, and from which place on.
    gossips: u8,
    gossip_place: usize,
    /// How much slower than others this member takes itself to be.
    slowness: u8,
    reply: Option<Outgoing<G::Id>>,
    /// Who found no room.
    refused: Option<G::Id>,
    /// How many are still to be told that this member leaves.
    farewells: u8,
    /// Since when it is awake without a break.
    awake_us: u64,
    /// Whether it may have stood still: then what arrives can be as old as that time.
    is_waking: bool,
    now_us: u64,
    random: Random,
}

impl<G: Group> Membership<G> {
    /// A member of a group of its own, until it [joins](Self::join) another one.
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub fn new(
        now_us: u64,
        config: MembershipConfig<G::Id>,
        metadata: G::Metadata,
    ) -> Result<Self, ConfigError> {
        // So that it ends after the death, and "for ever" can be told from a time.
        let forget_us = config.forget_us.clamp(1, u64::MAX >> 1);
        let config = MembershipConfig { forget_us, ..config };
        let sizes = Sizes::of::<G>(config.cluster, config.max_message);
        config.check::<G>(&sizes)?;
        let mut random = Random::new(config.seed);
        // Members that started together do not keep in step.
        let first_us = now_us.saturating_add(random.below(config.period_us).into());
        Ok(Self {
            config,
            sizes,
            born_us: now_us,
            version: Version::new(config.generation, 0, Standing::Alive),
            metadata,
            own_to_send: 0,
            table: Table::new(),
            seeds: Seeds::new(),
            broadcasts: Broadcasts::new(config.me),
            last_broadcast: 0,
            probe: None,
            probe_number: (random.next() & 0x3fff) as u16,
            next_probe_us: first_us,
            relays: Relays::new(),
            exchange: None,
            exchanged: None,
            next_exchange_us: now_us,
            next_gossip_us: now_us,
            gossips: 0,
            gossip_place: 0,
            slowness: 0,
            reply: None,
            refused: None,
            farewells: 0,
            awake_us: now_us,
            is_waking: false,
            now_us,
            random,
        })
    }

    /// Names a member that may be there already. It is tried at once, unless another one is being
    /// tried, and again while it is no member here, also when a group has fallen into pieces; up to
    /// four are remembered. Oneself is never tried.
    ///
    /// # Errors
    ///
    /// [`Full`]: four are. Nothing was changed but by time.
    pub fn join(&mut self, now_us: u64, seed: G::Id) -> Result<(), Full> {
        self.pass_time(now_us);
        self.seeds.add(seed)?;
        if self.exchange.is_none() && seed != self.config.me && !self.has_left() {
            self.begin_exchange(seed);
        }
        Ok(())
    }

    /// Leaves the group: others are told, in as many messages as a piece of news is sent on, and do
    /// not take this member for dead. Drain [`poll_output`](Self::poll_output) once more, and the
    /// process may end: from then on nothing is taken in, and
    /// [`poll_timeout`](Self::poll_timeout) is `None`.
    pub fn leave(&mut self) {
        if self.has_left() {
            return;
        }
        self.version = self.version.with(Standing::Left);
        self.farewells = self.repeats();
        // So that each of the farewells says it, and nothing else need fit.
        self.own_to_send = self.farewells;
        self.probe = None;
        self.exchange = None;
        self.reply = None;
        self.gossips = 0;
        self.relays = Relays::new();
    }

    /// Comes back after [`leave`](Self::leave), in a new life: with the next generation. Broadcasts
    /// that were not sent yet are not sent any more. The others are known from before: of those
    /// that are members still, the host is not told anew.
    pub fn rejoin(&mut self, now_us: u64) {
        self.pass_time(now_us);
        if self.has_left() {
            self.farewells = 0;
            self.born_us = self.now_us;
            self.last_broadcast = 0;
            self.broadcasts.forget_own();
            self.renew(self.version);
            self.next_probe_us = self.now_us;
            self.next_exchange_us = self.now_us;
        }
    }

    /// Tells all others other metadata of this member; after having left, once it is back. In an
    /// incarnation of its own: after 65,536 of them a new life begins, which others see as such. So
    /// does a change between the first [`join`](Self::join) and its answer look: make it before.
    pub fn set_metadata(&mut self, metadata: G::Metadata) {
        // Before anybody has answered, an incarnation could be one that an earlier life had.
        let is_alone = self.table.as_slice().is_empty();
        if self.metadata != metadata && !self.has_left() && !is_alone {
            self.renew(self.version);
        }
        self.metadata = metadata;
    }

    /// Tells all others something: not this member's own host. It comes to each of them at most
    /// once, and to nearly all in some periods (the more it is
    /// [repeated](MembershipConfig::repeats)); what must come to all belongs into a replicated
    /// state. One goes with each message, and each member sends it on as often as a piece of news,
    /// so this is for what happens now and then. O(broadcasts).
    ///
    /// # Errors
    ///
    /// [`BroadcastError`], and the broadcast. Nothing was changed.
    pub fn broadcast(
        &mut self,
        payload: G::Broadcast,
    ) -> Result<(), (BroadcastError, G::Broadcast)> {
        if self.has_left() {
            return Err((BroadcastError::Left, payload));
        }
        let Some(number) = self.last_broadcast.checked_add(1) else {
            return Err((BroadcastError::Exhausted, payload));
        };
        let (origin, generation) = (self.config.me, self.version.generation());
        let broadcast = Broadcast { origin, generation, number, payload };
        let added = self.broadcasts.tell(broadcast, self.repeats());
        added.map_err(|(full, payload)| (BroadcastError::Full(full), payload))?;
        self.last_broadcast = number;
        Ok(())
    }

    /// How another one stands; `None` if it is not remembered. O(log n).
    #[must_use]
    pub fn standing(&self, id: G::Id) -> Option<Standing> {
        self.table.get(id).map(|member| member.standing())
    }

    /// What another one tells of itself. O(log n).
    #[must_use]
    pub fn metadata(&self, id: G::Id) -> Option<&G::Metadata> {
        self.table.get(id).map(|member| &member.metadata)
    }

    /// All others that are remembered, also the dead, in order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (G::Id, Standing)> + Clone {
        self.table.as_slice().iter().map(|member| (member.id, member.standing()))
    }

    /// How many others belong to the group.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.table.live()
    }

    /// Whether nobody else belongs to the group.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.table.live() == 0
    }

    /// Which of its lives this is: what the configuration said, unless the group knew of a later
    /// one. A host that counts should go on above it.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.version.generation()
    }

    /// How much slower than others this member takes itself to be, from 0 on: it multiplies its
    /// periods by one more.
    #[must_use]
    pub const fn slowness(&self) -> u8 {
        self.slowness
    }

    fn has_left(&self) -> bool {
        self.version.standing() == Standing::Left
    }

    /// How many belong to the group, with this member.
    fn group(&self) -> usize {
        self.table.live().saturating_add(1)
    }

    /// How often each piece of news is sent on.
    fn repeats(&self) -> u8 {
        let logarithm = log10(self.group().saturating_add(1)).div_ceil(ONE).max(1);
        let repeats = logarithm.wrapping_mul(self.config.repeats.into());
        u8::try_from(repeats).unwrap_or(u8::MAX).min(MOST_REPEATS)
    }

    const fn patience(&self) -> Patience {
        Patience {
            period_us: self.config.period_us,
            periods: self.config.suspicion_periods,
            factor: self.config.suspicion_factor,
        }
    }
}

#[cfg(feature = "defmt")]
#[cfg_attr(docsrs, doc(cfg(feature = "defmt")))]
impl<G: Group> defmt::Format for Membership<G> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(
            f,
            "Membership {{ generation: {}, incarnation: {}, members: {}, slowness: {} }}",
            self.version.generation(),
            self.version.incarnation(),
            self.table.live(),
            self.slowness
        );
    }
}

impl<G: Group> fmt::Debug for Membership<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Membership")
            .field("me", &self.config.me)
            .field("generation", &self.version.generation())
            .field("incarnation", &self.version.incarnation())
            .field("members", &self.table.live())
            .field("slowness", &self.slowness)
            .finish_non_exhaustive()
    }
}

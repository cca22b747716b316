//! How a member takes part in its group.

use core::fmt;

use synod_capacity::Capacity;

use super::{Group, probe::MOST_RELAYS, size::Sizes};

/// How a member takes part in its group.
///
/// [`new`](Self::new) gives what suits a local network. On a radio where an answer takes two
/// seconds, and a frame 64 bytes with 8 of your own: periods of 30 s, an `ack_timeout_us` of 5 s,
/// no gossip, exchanges each quarter of an hour, a `max_message` of 56, and a `max_late_us` as late
/// as your loop can be. A member must listen all the time: it is asked at any.
///
/// As long as all is well, a member sends two messages a period: a ping, and on the average one
/// answer to another one's. A probe that is not answered in time adds up to `relays` questions,
/// each with a ping and two answers of others. An exchange is two messages, the first of them full,
/// while both know the same, and else as many as it takes to tell all that each knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct MembershipConfig<Id> {
    /// Names the group: a message of another one is refused. Two groups with one number become one
    /// as soon as any two of their members hear of each other. It is in each message, where one
    /// below 128 takes a byte.
    pub cluster: u64,
    /// The id of this member.
    pub me: Id,
    /// Which life of this member it is: larger than at any earlier start. A count in flash, or the
    /// seconds of a clock that keeps its time. If the host cannot tell, the group tells it that it
    /// was here before, and it moves on by itself; but if metadata and all are as before, nobody
    /// sees that it has restarted, and its first broadcasts may be taken for those of its earlier
    /// life.
    pub generation: u32,
    /// From which chance is drawn. It should differ between members and starts.
    pub seed: u64,
    /// The most bytes that a message may take: your frame less your own header.
    pub max_message: usize,
    /// A member probes another one each so many microseconds.
    pub period_us: u32,
    /// After so many microseconds without an answer, others are asked to probe it: rather above the
    /// time of nearly all round trips, and well below `period_us`, of which the rest is for them.
    pub ack_timeout_us: u32,
    /// How many others are asked, at most 7.
    pub relays: u8,
    /// How many periods a suspect has for its answer, at least, in a group of up to ten: for larger
    /// ones this is multiplied by the logarithm to base ten. 5, the α of Lifeguard.
    pub suspicion_periods: u8,
    /// How many times as long it has while nobody else suspects it. 6, the β of Lifeguard; 1 for a
    /// fixed time as in SWIM.
    pub suspicion_factor: u8,
    /// The most that [`slowness`](super::Membership::slowness) grows to: periods are multiplied by
    /// one more. 8, as in Lifeguard; 0 for none, as in SWIM.
    pub max_slowness: u8,
    /// How often each piece of news is sent on, times the logarithm to base ten of one more
    /// than the size of the group, rounded up, and at most 127: the λ of SWIM.
    pub repeats: u8,
    /// While there is news to spread, a member sends it to `fanout` others each so many
    /// microseconds, beside what goes with probes; 0 for never, as in SWIM, which is slower and
    /// cheaper.
    pub gossip_us: u32,
    /// To how many others at once, then, if there are as many.
    pub fanout: u8,
    /// A member compares all that it knows with another one each so many microseconds, half of that
    /// more or less. While it is alone, it tries each period.
    pub exchange_us: u32,
    /// After so many microseconds the dead, and who left, are forgotten. Until then the dead are
    /// tried now and then, so choose it longer than the longest outage of your network: pieces of a
    /// group that have forgotten each other stay apart, unless somebody in one was named in another
    /// by [`join`](super::Membership::join). It costs nothing but room that nobody else needs. 0
    /// is taken as 1.
    pub forget_us: u64,
    /// A call that is later than this shows that the observer itself stood still: nobody is
    /// suspected for that time.
    pub max_late_us: u64,
}

impl<Id> MembershipConfig<Id> {
    /// For a local network: a probe a second, answered within 300 ms or asked for by 3 others; a
    /// suspect has 5 periods to 30; news is sent on 4 times, to 3 others each 200 ms; an exchange
    /// each 30 s; the dead are forgotten after a day; messages of 1,200 bytes; and a host is never
    /// later than a second.
    pub const fn new(cluster: u64, me: Id, generation: u32, seed: u64) -> Self {
        Self {
            cluster,
            me,
            generation,
            seed,
            max_message: 1200,
            period_us: 1_000_000,
            ack_timeout_us: 300_000,
            relays: 3,
            suspicion_periods: 5,
            suspicion_factor: 6,
            max_slowness: 8,
            repeats: 4,
            gossip_us: 200_000,
            fanout: 3,
            exchange_us: 30_000_000,
            forget_us: 24 * 3600 * 1_000_000,
            max_late_us: 1_000_000,
        }
    }

    /// The least `max_message` with which a member of a group can be made.
    #[must_use]
    pub fn least_message<G: Group<Id = Id>>(&self) -> usize {
        // The count of news takes the more, the larger a message may be.
        let small = Sizes::of::<G>(self.cluster, 0).needed();
        Sizes::of::<G>(self.cluster, small).needed()
    }

    pub(super) fn check<G: Group<Id = Id>>(&self, sizes: &Sizes) -> Result<(), ConfigError> {
        if self.max_message < sizes.needed() {
            return Err(ConfigError::TooSmall { needed: sizes.needed() });
        }
        if G::News::LIMIT < 2 {
            return Err(ConfigError::News);
        }
        if self.ack_timeout_us == 0 || self.ack_timeout_us >= self.period_us {
            return Err(ConfigError::AckTimeout);
        }
        let factors = [self.suspicion_periods, self.suspicion_factor, self.repeats];
        if factors.contains(&0) || self.exchange_us == 0 {
            return Err(ConfigError::Zero);
        }
        if usize::from(self.relays) > MOST_RELAYS {
            return Err(ConfigError::Relays);
        }
        Ok(())
    }
}

/// Why a member cannot be made so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ConfigError {
    /// A message must be allowed this many bytes, for a broadcast and two pieces of news.
    TooSmall {
        /// The least `max_message`.
        needed: usize,
    },
    /// A message must be allowed two pieces of news. Use a larger capacity.
    News,
    /// `ack_timeout_us` must be above 0 and below `period_us`.
    AckTimeout,
    /// `exchange_us`, `suspicion_periods`, `suspicion_factor` or `repeats` is 0.
    Zero,
    /// More than seven `relays`.
    Relays,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooSmall { needed } => return write!(f, "messages need {needed} bytes"),
            Self::News => "messages need room for two pieces of news",
            Self::AckTimeout => "the ack timeout must be above 0 and below the period",
            Self::Zero => "a factor or a time is 0",
            Self::Relays => "more than seven relays",
        })
    }
}

impl core::error::Error for ConfigError {}

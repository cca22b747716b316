//! What can go wrong.

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// A kind of fault. A run has a random subset of them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Fault { $($(#[$doc])* $name,)* }

        impl Fault {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name for people.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

faults! {
    /// A message is lost.
    Drop "message dropped",
    /// A message comes twice.
    Duplicate "message duplicated",
    /// Messages overtake each other.
    Reorder "links without order",
    /// Some messages are very late.
    HeavyTail "message very late",
    /// A frame is cut off or has wrong bits, and is refused by its checksum.
    Corrupt "frame corrupted, refused",
    /// A link holds few messages, and drops more.
    Overflow "link queue overflowed",
    /// A link stands still for a while, and then delivers all at once.
    Clog "link clogged",
    /// Two groups, each deaf to the other.
    Partition "partition in two",
    /// One group does not hear the other, but is heard.
    OneWay "one-way partition",
    /// One node is cut off.
    Isolate "node isolated",
    /// Some links are down, others not: also the patterns of the `OmniPaxos` paper.
    Mesh "partial mesh",
    /// A partition comes and goes quickly.
    Flap "flapping partition",
    /// A very old message comes again.
    Replay "old message replayed",
    /// Clocks run too fast or too slow.
    Drift "drifting clocks",
    /// A clock jumps forward or back.
    ClockStep "clock stepped",
    /// A process stands still, and finds everything waiting when it goes on.
    Pause "process paused",
    /// A process is slow.
    SlowNode "slow process",
    /// A process dies at any time.
    Crash "crash at any time",
    /// A process dies right before or after a persist, a send or an apply.
    CrashPoint "crash around an effect",
    /// Of what was not synced, a first part survives a crash.
    KeepPrefix "unsynced writes kept in part",
    /// The last write that a crash leaves is half done.
    TornWrite "torn write",
    /// A disk is full, so that writes wait.
    FullDisk "disk full",
    /// A disk is slow.
    SlowDisk "slow disk",
    /// The log in memory has little room.
    SmallLog "small log",
    /// Finished writes are reported late, many at once.
    LateReport "late report of a write",
    /// Entries are applied late.
    LateApply "late apply",
    /// Completions are reported again, or were never asked for.
    Bogus "stale or bogus completion",
    /// Messages that nobody sent.
    Hostile "hostile message",
    /// Terms and indices begin near their maxima.
    Maxima "terms and indices near maxima",
}

/// A set of kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultSet(pub u64);

impl FaultSet {
    /// All kinds.
    pub const ALL: Self = Self((1 << Fault::ALL.len()) - 1);

    /// Whether it has this one.
    #[must_use]
    pub const fn has(self, fault: Fault) -> bool {
        self.0 & (1 << fault as u64) != 0
    }

    /// It, and this one.
    #[must_use]
    pub const fn with(self, fault: Fault) -> Self {
        Self(self.0 | (1 << fault as u64))
    }

    /// It, but not this one.
    #[must_use]
    pub const fn without(self, fault: Fault) -> Self {
        Self(self.0 & !(1 << fault as u64))
    }
}

/// How often each kind was injected.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally([u64; 32]);

impl Tally {
    /// Once more.
    #[inline]
    pub const fn count(&mut self, fault: Fault) {
        self.0[fault as usize] += 1;
    }

    /// How often.
    #[must_use]
    pub const fn of(&self, fault: Fault) -> u64 {
        self.0[fault as usize]
    }

    /// Adds those of another run.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }
}

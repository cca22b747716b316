//! Many peers.

use core::fmt;

use synod_capacity::{Capacity, Full, List};

use crate::{Detector, Level, StaleHeartbeat};

/// The detectors of many peers, by their ids.
///
/// What it adds to a map of detectors is that it knows when one of them has to be called, and that
/// it sees by all of them together whether the observer itself stood still: then no peer is
/// suspected for that time, even those that were not due yet.
///
/// `C` holds peers; one too many is refused, and handed back. A heartbeat is O(log n), but that of
/// the peer that was due next O(n), as are insertion, removal and a timeout. (With
/// equal timeouts, nearly each is that.)
///
/// ```
/// use synod_failure_detect::{FixedTimeout, Inline, Level, Policy, Registry};
///
/// let mut peers = Registry::<u16, FixedTimeout<1>, Inline<8>>::new(1_000_000);
/// for id in [1, 2] {
///     let peer = FixedTimeout::new(0, Policy::new([3_000_000]))?;
///     peers.insert(id, peer).map_err(|(full, _)| full)?;
/// }
/// peers.heartbeat(1_000_000, 2, 1)?;
///
/// assert_eq!(peers.poll_timeout(), Some(3_000_000));
/// peers.handle_timeout(3_000_000);
/// assert_eq!(peers.poll_output(), Some((1, Level(1))));
/// assert_eq!(peers.poll_output(), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Registry<Id, D, C: Capacity> {
    // In order of id.
    peers: List<Peer<Id, D>, C>,
    now_us: u64,
    max_late_us: u64,
    /// The earliest deadline of all.
    due_us: u64,
    /// No peer before this one has something to tell.
    telling: usize,
}

#[derive(Clone)]
struct Peer<Id, D> {
    id: Id,
    detector: D,
    due_us: u64,
}

/// What is never due is due then.
const NEVER: u64 = u64::MAX;

impl<Id: Copy + Ord, D: Detector, C: Capacity> Registry<Id, D, C> {
    /// No peers. A call that is later than [`poll_timeout`](Self::poll_timeout) asked for by more
    /// than `max_late_us` shows that the observer stood still. The peers' own policies should allow
    /// as much: one that allows less is excused alone.
    #[must_use]
    pub const fn new(max_late_us: u64) -> Self {
        Self { peers: List::new(), now_us: 0, max_late_us, due_us: NEVER, telling: 0 }
    }

    /// Adds a peer, or gives it another detector: returns the one replaced. O(n).
    ///
    /// The detector should be made with the time of now: one whose deadline is long past looks like
    /// a stall of the observer, which excuses all peers. Nothing is told of the exchange; from here
    /// on the peer is taken as trusted, unless its detector says otherwise.
    ///
    /// # Errors
    ///
    /// [`Full`], and the detector. Nothing was changed.
    pub fn insert(&mut self, id: Id, detector: D) -> Result<Option<D>, (Full, D)> {
        let due_us = detector.poll_timeout().unwrap_or(NEVER);
        let peer = Peer { id, detector, due_us };
        let (index, old) = match self.find(id) {
            Ok(index) => {
                let place = self.peers.as_mut_slice().get_mut(index);
                (index, place.map(|place| core::mem::replace(place, peer).detector))
            }
            Err(index) => {
                self.peers.insert(index, peer).map_err(|(full, peer)| (full, peer.detector))?;
                (index, None)
            }
        };
        self.telling = self.telling.min(index);
        self.find_due();
        Ok(old)
    }

    /// Forgets a peer, and gives its detector. O(n).
    pub fn remove(&mut self, id: Id) -> Option<D> {
        let index = self.find(id).ok()?;
        let peer = self.peers.remove(index)?;
        self.telling = self.telling.min(index);
        self.find_due();
        Some(peer.detector)
    }

    /// The detector of a peer. O(log n).
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&D> {
        let index = self.find(id).ok()?;
        self.peers.get(index).map(|peer| &peer.detector)
    }

    /// The peers, in order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (Id, &D)> + Clone {
        self.peers.iter().map(|peer| (peer.id, &peer.detector))
    }

    /// How many peers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.peers.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    /// A heartbeat of a peer has arrived: see [`Detector::heartbeat`].
    ///
    /// # Errors
    ///
    /// [`HeartbeatError`]; it counts as a call of [`handle_timeout`](Detector::handle_timeout) for
    /// the peer, if there is one, and no more.
    pub fn heartbeat(&mut self, now_us: u64, id: Id, sequence: u64) -> Result<(), HeartbeatError> {
        self.pass_time(now_us);
        let now_us = self.now_us;
        let index = self.find(id).map_err(|_| HeartbeatError::Unknown)?;
        let peer = self.peers.as_mut_slice().get_mut(index).ok_or(HeartbeatError::Unknown)?;
        let (level, was_due_us) = (peer.detector.level(), peer.due_us);
        let taken = peer.detector.heartbeat(now_us, sequence);
        peer.due_us = peer.detector.poll_timeout().unwrap_or(NEVER);
        let due_us = peer.due_us;
        if peer.detector.level() != level {
            self.telling = self.telling.min(index);
        }
        if was_due_us == self.due_us {
            self.find_due();
        } else {
            self.due_us = self.due_us.min(due_us);
        }
        taken.map_err(HeartbeatError::Stale)
    }

    /// The time of [`poll_timeout`](Self::poll_timeout) has come: see [`Detector::handle_timeout`].
    /// O(n).
    pub fn handle_timeout(&mut self, now_us: u64) {
        self.pass_time(now_us);
        let now_us = self.now_us;
        self.each(|peer| {
            if peer.due_us <= now_us {
                peer.detector.handle_timeout(now_us);
            }
        });
    }

    /// The observer has been asleep until now: see [`Detector::handle_pause`]. O(n).
    pub fn handle_pause(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
        let now_us = self.now_us;
        self.each(|peer| peer.detector.handle_pause(now_us));
    }

    /// When the next level of any peer is reached, if nothing is heard until then. `None` if there
    /// is no peer, or all are at the highest level.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<u64> {
        if self.due_us == NEVER { None } else { Some(self.due_us) }
    }

    /// A peer whose level is not the one that was told last.
    pub fn poll_output(&mut self) -> Option<(Id, Level)> {
        while let Some(peer) = self.peers.as_mut_slice().get_mut(self.telling) {
            if let Some(level) = peer.detector.poll_output() {
                return Some((peer.id, level));
            }
            self.telling = self.telling.saturating_add(1);
        }
        None
    }

    fn find(&self, id: Id) -> Result<usize, usize> {
        self.peers.as_slice().binary_search_by(|peer| peer.id.cmp(&id))
    }

    /// Moves the time on, unless the observer stood still: then all peers are silent from now on.
    fn pass_time(&mut self, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
        if self.now_us.saturating_sub(self.due_us) > self.max_late_us {
            self.handle_pause(now_us);
        }
    }

    fn each(&mut self, change: impl Fn(&mut Peer<Id, D>)) {
        for peer in self.peers.as_mut_slice() {
            change(peer);
            peer.due_us = peer.detector.poll_timeout().unwrap_or(NEVER);
        }
        self.telling = 0;
        self.find_due();
    }

    fn find_due(&mut self) {
        let dues = self.peers.iter().map(|peer| peer.due_us);
        self.due_us = dues.fold(NEVER, u64::min);
    }
}

#[cfg(feature = "defmt")]
impl<Id: defmt::Format, D: defmt::Format, C: Capacity> defmt::Format for Registry<Id, D, C> {
    fn format(&self, f: defmt::Formatter<'_>) {
        for peer in self.peers.iter() {
            defmt::write!(f, "{}: {} ", peer.id, peer.detector);
        }
    }
}

impl<Id: fmt::Debug, D: fmt::Debug, C: Capacity> fmt::Debug for Registry<Id, D, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peers = self.peers.iter().map(|peer| (&peer.id, &peer.detector));
        f.debug_map().entries(peers).finish()
    }
}

/// Why a heartbeat was not taken in. Nothing was changed but by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum HeartbeatError {
    /// The peer is not in the registry. Insert it, if it should be.
    Unknown,
    /// It tells nothing.
    Stale(StaleHeartbeat),
}

impl fmt::Display for HeartbeatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("a heartbeat of an unknown peer"),
            Self::Stale(stale) => stale.fmt(f),
        }
    }
}

impl core::error::Error for HeartbeatError {}

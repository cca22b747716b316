//! Who grants.

use core::num::NonZeroU64;

use synod_clocks::{Ceiling, UnknownBound};

use crate::{FencingToken, GrantorOutput, LeaseBody, LeaseMessage, RequestError};

/// What a [`Grantor`] grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct GrantorConfig {
    /// What is leased.
    pub resource: u64,
    /// The longest lease that is granted, **and was ever granted**: for so long the grantor is
    /// silent after a restart. Do not lower it before a restart with the old one has outlasted it.
    pub max_duration_us: u64,
    /// How many tokens are reserved by one durable write: see [`Ceiling`]. 1,000 will do; it should
    /// be several times the number of those who ask at once.
    pub block: NonZeroU64,
}

/// A grantor of the lease of one resource: alone, or one of a quorum. A host that leases many
/// resources has one for each.
///
/// It grants a lease if no other holder's is running here, under a token that is larger than any it
/// has granted; and it lets the lease of a holder run on. It counts a lease for its full duration
/// from the arrival of the request, by its own clock. It reads the time only when it is asked, so
/// that it has no deadline.
///
/// What survives a restart is one number, the bound of its tokens: a larger one it does not grant
/// until the host has written a larger bound ([`GrantorOutput::Persist`]). A request that comes too
/// early for that is not answered: its holder asks again. A grantor that was
/// [recovered](Self::recover) knows of no grant that it made. So it refuses all tokens up to the
/// bound, and grants nothing to anybody until the longest lease has passed: whoever was granted one
/// before does not believe in it any more. That is why a quorum of grantors, each of which may
/// restart at any time, never lets two holders in. One that has lost its bound must not come back
/// as the same grantor.
///
/// `Id` names a holder, of which one process at most is running at a time: another lease under the
/// same id, and a larger token, replaces the first, as it comes from a holder that has restarted:
/// from after the restart, or late from before it. So other holders wait for the end of the first
/// even if the second is released. Safety assumes that peers do not lie; whoever proposes
/// `u64::MAX` uses up the tokens.
///
/// Source: Gray and Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for Distributed File
/// Cache Consistency", SOSP 1989.
///
/// ```
/// use synod_failure_detect::{
///     FencingToken, Grantor, GrantorConfig, GrantorOutput, LeaseBody, LeaseMessage,
/// };
/// # use core::num::NonZeroU64;
///
/// let block = NonZeroU64::new(1_000).unwrap();
/// let config = GrantorConfig { resource: 7, max_duration_us: 10_000_000, block };
/// let mut grantor = Grantor::<u16>::new(config);
/// assert_eq!(grantor.poll_output(), Some(GrantorOutput::Persist(1_000)));
/// // … write the bound, and sync …
/// grantor.handle_persisted(1_000)?;
///
/// let token = FencingToken::new(1).unwrap();
/// let body = LeaseBody::Request { token, duration_us: 10_000_000 };
/// let request = LeaseMessage { resource: 7, start: 1, round: 1, body };
/// grantor.handle_message(0, 20, request)?;
/// let reply = LeaseMessage { body: LeaseBody::Granted { token }, ..request };
/// assert_eq!(grantor.poll_output(), Some(GrantorOutput::Send { to: 20, message: reply }));
/// assert_eq!(grantor.holder_at(9_999_999), Some((20, token)));
/// assert_eq!(grantor.holder_at(10_000_000), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Grantor<Id> {
    config: GrantorConfig,
    now_us: u64,
    /// Before this, nothing is granted.
    quiet_until_us: u64,
    /// The largest token granted, or that may have been granted before the start.
    highest: u64,
    ceiling: Ceiling,
    leased: Option<Leased<Id>>,
    reply: Option<(Id, LeaseMessage)>,
}

/// The latest grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
struct Leased<Id> {
    holder: Id,
    /// Another start of the holder does not hold this token, though it may propose the same.
    start: u64,
    token: FencingToken,
    is_released: bool,
    expires_us: u64,
    /// Until when other starts of the holder may believe: it is not known which start is the
    /// latest, and this one releases only what is its own.
    others_us: u64,
}

impl<Id: Copy + Eq> Grantor<Id> {
    /// For a node that never was a grantor of this resource.
    #[must_use]
    pub const fn new(config: GrantorConfig) -> Self {
        Self {
            config,
            now_us: 0,
            quiet_until_us: 0,
            highest: 0,
            ceiling: Ceiling::new(config.block),
            leased: None,
            reply: None,
        }
    }

    /// After a restart, with the last bound that was durably written, or 0 if none was. It grants
    /// nothing until [`max_duration_us`](GrantorConfig::max_duration_us) from now.
    #[must_use]
    pub const fn recover(now_us: u64, config: GrantorConfig, persisted: u64) -> Self {
        let quiet_until_us = now_us.saturating_add(config.max_duration_us);
        let ceiling = Ceiling::recover(config.block, persisted);
        Self { now_us, quiet_until_us, highest: persisted, ceiling, ..Self::new(config) }
    }

    /// A message has arrived of this holder, which the transport is sure of. `now_us` must have
    /// been read after it arrived. One that runs backwards is taken as the latest seen: leases then
    /// run on for longer. O(1).
    ///
    /// # Errors
    ///
    /// [`RequestError`]; nothing was changed but the time.
    pub fn handle_message(
        &mut self,
        now_us: u64,
        from: Id,
        message: LeaseMessage,
    ) -> Result<(), RequestError> {
        self.now_us = self.now_us.max(now_us);
        if message.resource != self.config.resource {
            return Err(RequestError::WrongResource);
        }
        let start = message.start;
        let body = match message.body {
            LeaseBody::Request { token, duration_us } => {
                let max_duration_us = self.config.max_duration_us;
                if duration_us > max_duration_us {
                    return Err(RequestError::TooLong { max_duration_us });
                }
                self.answer(from, start, token, duration_us)
            }
            LeaseBody::Release { token } => {
                if self.is_leased_to(from, start, token) {
                    if let Some(leased) = &mut self.leased {
                        (leased.is_released, leased.expires_us) = (true, leased.others_us);
                    }
                }
                None
            }
            LeaseBody::Granted { .. } | LeaseBody::Refused { .. } => {
                return Err(RequestError::NotARequest);
            }
        };
        self.reply = body.map(|body| (from, LeaseMessage { body, ..message }));
        Ok(())
    }

    /// The host has durably written `bound`.
    ///
    /// # Errors
    ///
    /// [`UnknownBound`]: it is not the bound being written. Nothing was changed.
    pub fn handle_persisted(&mut self, bound: u64) -> Result<(), UnknownBound> {
        self.ceiling.handle_persisted(bound)
    }

    /// What to do next. The answer to a message is lost if it is not taken before the next message.
    pub fn poll_output(&mut self) -> Option<GrantorOutput<Id>> {
        if let Some(bound) = self.ceiling.poll_output() {
            return Some(GrantorOutput::Persist(bound));
        }
        let (to, message) = self.reply.take()?;
        Some(GrantorOutput::Send { to, message })
    }

    /// The bound that the host was told to write and has not reported: what to write again if the
    /// write failed.
    #[must_use]
    pub fn pending(&self) -> Option<u64> {
        self.ceiling.pending()
    }

    /// Whose lease is running here at this time, and its token. Of a quorum of grantors, one alone
    /// does not know who holds the lease.
    #[must_use]
    pub fn holder_at(&self, now_us: u64) -> Option<(Id, FencingToken)> {
        let leased = self.leased.filter(|leased| !leased.is_released)?;
        let is_running = left_us(self.now_us.max(now_us), leased.expires_us) > 0;
        is_running.then_some((leased.holder, leased.token))
    }

    /// Grants, refuses, or says nothing, as the bound is to be written before.
    fn answer(
        &mut self,
        from: Id,
        start: u64,
        token: FencingToken,
        duration_us: u64,
    ) -> Option<LeaseBody> {
        let is_own = self.is_leased_to(from, start, token);
        let wait_us = self.wait_us(from);
        if wait_us > 0 || !(is_own || token.get() > self.highest) {
            return Some(LeaseBody::Refused { highest: FencingToken::new(self.highest), wait_us });
        }
        self.ceiling.reserve(token.get());
        if !self.ceiling.covers(token.get()) {
            return None;
        }
        // An earlier start of this holder may have asked for longer.
        let earlier_us = self.leased.map_or(0, |leased| leased.expires_us);
        let expires_us = self.now_us.saturating_add(duration_us).max(earlier_us);
        // This start has given up what it was granted under a smaller token.
        let same = self.leased.filter(|leased| leased.holder == from && leased.start == start);
        let others_us = same.map_or(earlier_us, |leased| leased.others_us);
        self.highest = token.get();
        let is_released = false;
        self.leased =
            Some(Leased { holder: from, start, token, is_released, expires_us, others_us });
        Some(LeaseBody::Granted { token })
    }

    fn is_leased_to(&self, holder: Id, start: u64, token: FencingToken) -> bool {
        self.leased.is_some_and(|leased| {
            let is_same = leased.holder == holder && leased.start == start && leased.token == token;
            is_same && !leased.is_released
        })
    }

    /// How long nothing can be granted to this holder.
    fn wait_us(&self, from: Id) -> u64 {
        let other = self.leased.filter(|leased| leased.holder != from);
        let lease_us = other.map_or(0, |leased| left_us(self.now_us, leased.expires_us));
        lease_us.max(left_us(self.now_us, self.quiet_until_us))
    }
}

/// How long is left. What would end after the end of time does not end.
const fn left_us(now_us: u64, until_us: u64) -> u64 {
    if until_us == u64::MAX { u64::MAX } else { until_us.saturating_sub(now_us) }
}

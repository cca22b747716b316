//! Who holds.

use synod_quorum::{NodeSet, QuorumSystem};

use super::{
    grants::{self, Grants},
    phase::Phase,
};
use crate::{
    FencingToken, LeaseBody, LeaseConfig, LeaseConfigError, LeaseMessage, LeaseOutput, ReplyError,
    random::Random,
};

/// A lease, as its holder sees it: it asks a quorum of `N` grantors, holds, renews, and stops
/// believing before they do.
///
/// `S` is a quorum system over the grantors, numbered from 0: `Majority` of one node or more, or a
/// `Coterie`. Since two quorums meet in a grantor, which grants each token once and to one holder
/// at a time,
///
/// - two holders never believe at the same time, and each has a larger token than those before it,
///   while all clocks are within [`max_drift_ppm`](LeaseConfig::max_drift_ppm),
/// - no two ever hold under the same token, whatever the clocks do.
///
/// A grant counts from when it was asked for, and for [`belief_us`](LeaseConfig::belief_us); an
/// answer is only counted for the round of requests that it answers. The lease is renewed with all
/// grantors after a third of that time, and each sixth from then on until a quorum has answered. It
/// lasts until the grants that still count do not contain a quorum. (A grantor that has restarted
/// does not know the token any more. Once too many have, the lease is lost, and acquired anew.) An
/// attempt without a quorum is given up after [`retry_us`](LeaseConfig::retry_us): what was granted
/// is given back, and after a pause, of which a part is chance, it asks again under a larger token.
///
/// The clock must be monotonic and go on while the node sleeps (on Linux `CLOCK_BOOTTIME`). A time
/// before the latest one shows that it is not: nothing is believed any more, and time goes on from
/// there. If the clock stood still in a sleep, call [`release`](Self::release) first after waking.
///
/// What the holder does may still come late: it is stopped, by the scheduler or by the network,
/// after it has looked at the clock. Only a [`FencedResource`](crate::FencedResource) refuses that.
///
/// Nothing survives a restart, nor has to: the holder asks anew, with another
/// [`start`](LeaseConfig::start). It need not wait for the end of what it was granted before; other
/// holders must, whether or not it releases what it is granted now.
///
/// Each call is O(N), and of a holder of a large quorum system O(N²) for the answer of a grantor.
///
/// ```
/// use synod_failure_detect::{
///     Lease, LeaseBody, LeaseConfig, LeaseMessage, LeaseOutput, Majority, NodeSet,
/// };
///
/// let config = LeaseConfig {
///     resource: 7,
///     start: 1,
///     seed: 5,
///     duration_us: 10_000_000,
///     max_drift_ppm: 500,
///     clock_step_us: 1,
///     retry_us: 200_000,
/// };
/// let mut lease = Lease::<Majority, 3>::new(config, Majority::new(NodeSet::first(3)?)?)?;
/// lease.acquire(0);
/// // Sent to each of three grantors.
/// while let Some(LeaseOutput::Send { to, message }) = lease.poll_output() {
///     let LeaseBody::Request { token, .. } = message.body else { continue };
///     # if to == 2 { continue }
///     // … which grants it, and the answer comes after 30 ms …
///     let granted = LeaseMessage { body: LeaseBody::Granted { token }, ..message };
///     lease.handle_message(30_000, to, granted)?;
/// }
/// let token = lease.token_at(40_000).expect("a quorum has granted it");
/// assert_eq!(lease.held_until_us(), Some(9_990_003)); // 0.1 % less than 10 s, from 0
/// assert_eq!(lease.token_at(9_990_002), Some(token));
/// assert_eq!(lease.token_at(9_990_003), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Lease<S, const N: usize> {
    config: LeaseConfig,
    /// What the configuration makes: a division of 64 bits is dear on the smallest cores.
    belief_us: u64,
    renew_us: u64,
    system: S,
    random: Random,
    now_us: u64,
    phase: Phase,
    /// When the phase has something to do.
    due_us: u64,
    /// The largest token that was heard of, or proposed.
    heard: u64,
    /// The latest round of requests, and when it was sent.
    round: u64,
    sent_us: u64,
    grants: Grants<N>,
    /// While the lease is held.
    held_until_us: u64,
    /// The longest that a grantor said to wait in this round.
    wait_us: u64,
    to_ask: NodeSet,
    to_release: [Option<FencingToken>; N],
    told: Option<FencingToken>,
}

/// What is never due is due then.
const NEVER: u64 = u64::MAX;

impl<S: QuorumSystem, const N: usize> Lease<S, N> {
    /// A lease that nobody wants yet.
    ///
    /// # Errors
    ///
    /// [`LeaseConfigError`]: mend what it names.
    pub fn new(config: LeaseConfig, system: S) -> Result<Self, LeaseConfigError> {
        if config.retry_us == 0 {
            return Err(LeaseConfigError::NoRetry);
        }
        let belief_us = config.belief_us();
        // Two renewals may fail.
        let renew_us = belief_us / 3;
        if renew_us < config.retry_us {
            return Err(LeaseConfigError::TooShort);
        }
        let members = grants::members(&system);
        if members.is_empty() || members.iter().any(|grantor| grantor >= N) {
            return Err(LeaseConfigError::Grantors);
        }
        Ok(Self {
            config,
            belief_us,
            renew_us,
            system,
            random: Random::new(config.seed),
            now_us: 0,
            phase: Phase::Idle,
            due_us: NEVER,
            heard: 0,
            round: 0,
            sent_us: 0,
            grants: Grants::new(),
            held_until_us: 0,
            wait_us: 0,
            to_ask: NodeSet::new(),
            to_release: [None; N],
            told: None,
        })
    }

    /// The host wants the lease, from now on until [`release`](Self::release). Does nothing if it
    /// wants it already.
    ///
    /// (If a grantor has heard of token `u64::MAX`, all are used up, and nothing is asked for.)
    pub fn acquire(&mut self, now_us: u64) {
        self.pass_time(now_us);
        if self.phase == Phase::Idle {
            self.begin();
        }
    }

    /// The host does not want it any more: gives it back, so that another need not wait for its
    /// end. [`LeaseOutput::Lost`] does not follow.
    ///
    /// Stop using it first: what is still under way is refused only by a
    /// [`FencedResource`](crate::FencedResource), and that only after another has used it.
    pub fn release(&mut self, now_us: u64) {
        self.pass_time(now_us);
        self.give_back(NodeSet::new());
        self.to_ask = NodeSet::new();
        self.told = None;
        (self.phase, self.due_us) = (Phase::Idle, NEVER);
    }

    /// A message of a grantor has arrived.
    ///
    /// # Errors
    ///
    /// [`ReplyError`]; nothing was changed but by time.
    pub fn handle_message(
        &mut self,
        now_us: u64,
        from: usize,
        message: LeaseMessage,
    ) -> Result<(), ReplyError> {
        self.pass_time(now_us);
        let LeaseMessage { resource, start, round, body } = message;
        if resource != self.config.resource {
            return Err(ReplyError::WrongResource);
        }
        if !grants::members(&self.system).contains(from) {
            return Err(ReplyError::Stranger);
        }
        match body {
            LeaseBody::Request { .. } | LeaseBody::Release { .. } => Err(ReplyError::NotAReply),
            _ if start != self.config.start => Err(ReplyError::Stale),
            _ if round > self.round => Err(ReplyError::Malformed),
            LeaseBody::Granted { token } => self.handle_granted(from, round, token),
            LeaseBody::Refused { highest, wait_us } => {
                self.handle_refused(from, round, highest, wait_us)
            }
        }
    }

    /// The time of [`poll_timeout`](Self::poll_timeout) has come. Early and late calls do no harm.
    pub fn handle_timeout(&mut self, now_us: u64) {
        self.pass_time(now_us);
        if self.now_us < self.due_us {
            return;
        }
        match self.phase {
            Phase::Idle => {}
            Phase::Pausing => self.begin(),
            Phase::Asking(_) => self.give_up(),
            Phase::Holding(_) => self.ask(),
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout). `None` if the host does not want the
    /// lease.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        let due_us = match self.phase {
            Phase::Holding(_) => self.due_us.min(self.held_until_us),
            _ => self.due_us,
        };
        (due_us < NEVER).then_some(due_us)
    }

    /// What to do next. To be drained after every call of another function that takes a time.
    pub fn poll_output(&mut self) -> Option<LeaseOutput> {
        let held = self.phase.held();
        if self.told != held {
            if let Some(lost) = self.told.take() {
                return Some(LeaseOutput::Lost(lost));
            }
            self.told = held;
            return held.map(LeaseOutput::Acquired);
        }
        self.poll_message().map(|(to, message)| LeaseOutput::Send { to, message })
    }

    /// The token, if the lease is held at this time: to be asked right before each use, with a time
    /// read for it. The token goes along with what is done.
    pub fn token_at(&mut self, now_us: u64) -> Option<FencingToken> {
        self.pass_time(now_us);
        self.phase.held()
    }

    /// Until when the lease is held if nothing more is heard, that moment excluded; `None` if it is
    /// not held as of the latest call.
    #[must_use]
    pub fn held_until_us(&self) -> Option<u64> {
        self.phase.held().map(|_| self.held_until_us)
    }

    /// A lease ends by time. After a step back nothing that was timed holds: neither a lease, nor
    /// when a request was sent, nor a pause.
    fn pass_time(&mut self, now_us: u64) {
        let is_back = now_us < self.now_us;
        self.now_us = now_us;
        let is_over = self.phase.held().is_some() && self.held_until_us <= now_us;
        if self.phase != Phase::Idle && (is_back || is_over) {
            self.to_ask = NodeSet::new();
            (self.phase, self.due_us) = (Phase::Pausing, now_us);
        }
    }

    /// An attempt begins, under a new token. What an earlier one was granted is replaced by it.
    fn begin(&mut self) {
        let Some(token) = self.heard.checked_add(1).and_then(FencingToken::new) else {
            (self.phase, self.due_us) = (Phase::Idle, NEVER);
            return;
        };
        self.heard = token.get();
        self.phase = Phase::Asking(token);
        self.grants = Grants::new();
        self.to_release = [None; N];
        self.ask();
    }

    /// A round of requests begins, to all grantors.
    fn ask(&mut self) {
        self.round = self.round.saturating_add(1);
        self.sent_us = self.now_us;
        self.wait_us = 0;
        self.grants.ask();
        self.to_ask = grants::members(&self.system);
        let retry_us = self.config.retry_us;
        // A holder has time, and an answer to this round counts for nothing once the next begins.
        let patience_us = match self.phase {
            Phase::Holding(_) => retry_us.max(self.renew_us / 2),
            _ => retry_us,
        };
        self.due_us = self.now_us.saturating_add(patience_us);
    }

    /// The attempt ends without a quorum. After a pause comes another one; at once, if the token
    /// was too small and nothing else stood in its way.
    fn give_up(&mut self) {
        let is_too_small = self.wait_us == 0 && self.grants.is_blocked(&self.system);
        let retry_us = self.config.retry_us;
        let pause_us = if is_too_small {
            0
        } else {
            let chance_us = self.random.below(u32::try_from(retry_us).unwrap_or(u32::MAX));
            self.wait_us.min(retry_us).saturating_add(chance_us.into())
        };
        self.give_back(self.grants.refused());
        self.to_ask = NodeSet::new();
        (self.phase, self.due_us) = (Phase::Pausing, self.now_us.saturating_add(pause_us));
    }

    /// Each grantor may have granted it, but those which said otherwise.
    fn give_back(&mut self, refused: NodeSet) {
        let Some(token) = self.phase.current() else { return };
        for grantor in grants::members(&self.system) {
            if !refused.contains(grantor) {
                self.release_at(grantor, token);
            }
        }
    }

    fn release_at(&mut self, grantor: usize, token: FencingToken) {
        if let Some(place) = self.to_release.get_mut(grantor) {
            *place = Some(token);
        }
    }

    fn handle_granted(
        &mut self,
        from: usize,
        round: u64,
        token: FencingToken,
    ) -> Result<(), ReplyError> {
        if token.get() > self.heard {
            return Err(ReplyError::Malformed);
        }
        if self.phase.current() != Some(token) {
            // It comes too late to be of use, and would keep others out.
            self.release_at(from, token);
            return Ok(());
        }
        if round != self.round || self.grants.has_granted(from) {
            return Err(ReplyError::Stale);
        }
        self.grants.grant(from, self.sent_us.saturating_add(self.belief_us));
        let Some(until_us) = self.grants.held_until_us(&self.system) else { return Ok(()) };
        self.held_until_us = until_us;
        if self.grants.is_confirmed(&self.system) {
            self.due_us = self.sent_us.saturating_add(self.renew_us);
        }
        if self.now_us < until_us {
            self.phase = Phase::Holding(token);
        }
        Ok(())
    }

    fn handle_refused(
        &mut self,
        from: usize,
        round: u64,
        highest: Option<FencingToken>,
        wait_us: u64,
    ) -> Result<(), ReplyError> {
        let is_answered = self.grants.has_granted(from) || self.grants.has_refused(from);
        if self.phase.current().is_none() || round != self.round || is_answered {
            return Err(ReplyError::Stale);
        }
        self.grants.refuse(from);
        self.heard = self.heard.max(highest.map_or(0, FencingToken::get));
        self.wait_us = self.wait_us.max(wait_us);
        let is_asking = self.phase.held().is_none();
        if is_asking && self.grants.is_blocked(&self.system) {
            self.give_up();
        }
        Ok(())
    }

    fn poll_message(&mut self) -> Option<(usize, LeaseMessage)> {
        for (to, place) in (0..N).zip(&mut self.to_release) {
            if let Some(token) = place.take() {
                return Some((to, self.message(LeaseBody::Release { token })));
            }
        }
        let token = self.phase.current()?;
        let to = self.to_ask.iter().next()?;
        self.to_ask.remove(to);
        let duration_us = self.config.duration_us;
        Some((to, self.message(LeaseBody::Request { token, duration_us })))
    }

    fn message(&self, body: LeaseBody) -> LeaseMessage {
        let LeaseConfig { resource, start, .. } = self.config;
        LeaseMessage { resource, start, round: self.round, body }
    }
}

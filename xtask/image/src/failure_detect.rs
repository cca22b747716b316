//! `synod-failure-detect`: what a program would use of it, and the size of its types.

mod detectors;
mod leases;
mod members;
mod registry;

use core::{hint::black_box, num::NonZeroU64};

use synod_failure_detect::membership::{Group, Membership, MembershipConfig, MessageOf, OutputOf};
use synod_failure_detect::{
    Detector, Exponential, FencedResource, FencingToken, FixedTimeout, Grantor, GrantorConfig,
    GrantorOutput, Inline, Lease, LeaseMessage, LeaseOutput, Level, Logistic, Majority, NfdE,
    Normal, Phi, PhiAccrual, Policy, QuorumSystem, Registry,
};

type Fixed = FixedTimeout<2>;
type Freshness = NfdE<16, 2>;
type PhiNormal = PhiAccrual<Normal, 64, 2>;
type PhiLogistic = PhiAccrual<Logistic, 64, 2>;
type PhiExponential = PhiAccrual<Exponential, 64, 2>;
type Peers = Registry<u16, PhiNormal, Inline<8>>;

/// A group of boards with short frames, and room for `N` others.
pub struct Boards<const N: usize = 16>;

impl<const N: usize> Group for Boards<N> {
    type Id = u16;
    type Metadata = [u8; 4];
    type Broadcast = u32;
    const MAX_ID: usize = 3;
    const MAX_METADATA: usize = 4;
    const MAX_BROADCAST: usize = 5;
    type Members = Inline<N>;
    type Broadcasts = Inline<2>;
    type News = Inline<4>;
}

type Members = Membership<Boards>;
type BoardsMessage = MessageOf<Boards>;

type Holding = Lease<Majority, 3>;
type Granting = Grantor<u16>;

const GRANTS: GrantorConfig =
    GrantorConfig { resource: 7, max_duration_us: 10_000_000, block: NonZeroU64::MIN };

/// Every call that the host of a detector makes.
#[inline(always)]
fn watch(peer: &mut impl Detector, now_us: u64, sequence: u64) -> (Option<Level>, Option<u64>) {
    let _ = black_box(peer.heartbeat(now_us, sequence));
    peer.handle_timeout(now_us);
    peer.handle_pause(now_us);
    black_box((peer.level(), peer.level_at(now_us)));
    (peer.poll_output(), peer.poll_timeout())
}

/// Every call that a holder's host makes, once it is made.
#[inline(always)]
fn hold<S: QuorumSystem, const N: usize>(
    lease: &mut Lease<S, N>,
    now_us: u64,
    from: usize,
    message: LeaseMessage,
) -> (Option<LeaseOutput>, Option<u64>, Option<FencingToken>) {
    lease.acquire(now_us);
    let _ = black_box(lease.handle_message(now_us, from, message));
    lease.handle_timeout(now_us);
    black_box(lease.held_until_us());
    let outputs = (lease.poll_output(), lease.poll_timeout(), lease.token_at(now_us));
    lease.release(now_us);
    outputs
}

configurations! {
    "fixed timeout: all calls" => fn(
        peer: &mut Fixed, now_us: u64, sequence: u64
    ) -> (Option<Level>, Option<u64>) {
        watch(peer, now_us, sequence)
    }
    "NFD-E of 16 lags: all calls" => fn(
        peer: &mut Freshness, now_us: u64, sequence: u64
    ) -> (Option<Level>, Option<u64>) {
        watch(peer, now_us, sequence)
    }
    "phi-accrual of 64 intervals, normal: all calls" => fn(
        peer: &mut PhiNormal, now_us: u64, sequence: u64
    ) -> (Option<Level>, Option<u64>) {
        watch(peer, now_us, sequence)
    }
    "phi-accrual of 64 intervals, normal: the decision alone" => fn(
        peer: &PhiNormal, now_us: u64
    ) -> Level {
        peer.level_at(now_us)
    }
    "phi-accrual of 64 intervals, exponential: all calls" => fn(
        peer: &mut PhiExponential, now_us: u64, sequence: u64
    ) -> (Option<Level>, Option<u64>) {
        watch(peer, now_us, sequence)
    }
    "phi-accrual of 64 intervals, normal: phi in millionths" => fn(peer: &PhiNormal, now_us: u64) -> u32 {
        peer.phi_millionths(now_us)
    }
    "registry of 8 peers, phi-accrual, normal" => fn(
        peers: &mut Peers, peer: PhiNormal, now_us: u64, id: u16, sequence: u64
    ) -> (Option<(u16, Level)>, Option<u64>) {
        let _ = black_box(peers.insert(id, peer).is_ok());
        let _ = black_box(peers.heartbeat(now_us, id, sequence));
        peers.handle_timeout(now_us);
        (peers.poll_output(), peers.poll_timeout())
    }
    "membership of 16 others: all calls, without encoding" => fn(
        members: &mut Members, config: MembershipConfig<u16>, now_us: u64, from: u16,
        message: &BoardsMessage
    ) -> (Option<OutputOf<Boards>>, Option<u64>) {
        if let Ok(made) = Members::new(now_us, config, [0; 4]) {
            *members = made;
        }
        let _ = black_box(members.join(now_us, from));
        let _ = black_box(members.handle_message(now_us, from, message));
        let _ = black_box(members.broadcast(7));
        members.set_metadata([1; 4]);
        members.handle_timeout(now_us);
        members.handle_pause(now_us);
        members.leave();
        members.rejoin(now_us);
        for (id, standing) in members.iter() {
            black_box((id, standing));
        }
        black_box((members.standing(from), members.metadata(from)));
        black_box((members.len(), members.generation(), members.slowness()));
        (members.poll_output(), members.poll_timeout())
    }
    "lease of one grantor: all calls" => fn(
        lease: &mut Lease<Majority, 1>, now_us: u64, from: usize, message: LeaseMessage
    ) -> (Option<LeaseOutput>, Option<u64>, Option<FencingToken>) {
        hold(lease, now_us, from, message)
    }
    "lease of 3 grantors by majority: all calls" => fn(
        lease: &mut Holding, now_us: u64, from: usize, message: LeaseMessage
    ) -> (Option<LeaseOutput>, Option<u64>, Option<FencingToken>) {
        hold(lease, now_us, from, message)
    }
    "grantor: all calls" => fn(
        grantor: &mut Granting, now_us: u64, from: u16, message: LeaseMessage, bound: u64
    ) -> Option<GrantorOutput<u16>> {
        *grantor = Granting::recover(now_us, black_box(GRANTS), bound);
        let _ = black_box(grantor.handle_message(now_us, from, message));
        let _ = black_box(grantor.handle_persisted(bound));
        black_box((grantor.pending(), grantor.holder_at(now_us)));
        grantor.poll_output()
    }
}

sizes! {
    "Phi" => Phi,
    "Policy<u64, 2>" => Policy<u64, 2>,
    "FixedTimeout<2>" => Fixed,
    "NfdE<16, 2>" => Freshness,
    "PhiAccrual<Normal, 64, 2>" => PhiNormal,
    "PhiAccrual<Normal, 16, 1>" => PhiAccrual<Normal, 16, 1>,
    "Registry<u16, PhiAccrual<Normal, 64, 2>, Inline<8>>" => Peers,
    "Membership of 16 others" => Members,
    "Membership of 17 others" => Membership<Boards<17>>,
    "Message of up to 4 pieces of news" => BoardsMessage,
    "LeaseMessage" => LeaseMessage,
    "Lease<Majority, 1>" => Lease<Majority, 1>,
    "Lease<Majority, 3>" => Holding,
    "Grantor<u16>" => Granting,
    "FencedResource" => FencedResource,
}

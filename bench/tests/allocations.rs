//! How often each operation allocates, exactly.
//!
//! Nothing of capacity `Inline` may allocate, nothing of capacity `Heap` that adds no replica and
//! no event, nothing that has to do with quorums, no commit once a log has its size, and no probe of
//! a member that knows all others. What the peers allocate for the same operation is printed: `cargo
//! test --test allocations -- --nocapture`.

use std::hint::black_box;

use allocation_counter::measure;
use crdts::CvRDT;
use hlc_gen::HlcGenerator;
use quorum_set::{QuorumSet, VecProgress};
use synod_bench::{
    Random,
    clusters::{self, COMPACT_EACH, Cluster, Noraft, Omnipaxos, RaftIo, RaftRs, Synod},
    counters,
    members::rounds::{self, Rounds},
    quorums::{self, Opaque},
    registers::Registers,
    sets::{self, CrdtKit, Crdts, Dson, Minerva, Set},
    versions::{self, Case},
};
use synod_clocks::{
    Capacity, CausalContext, Dot, DottedVersionVector, Heap, HybridClock, Inline, LamportClock,
    Siblings, VectorClock, VersionVector,
};
use synod_consensus_core::{
    NodeId,
    raft::{
        Body, Config, HeapLog, LogId, Message, MessageError, ProposeError, Replica, TermLog,
        replica::FrameError,
    },
};
use synod_crdt::{AwSet, Causal, Merge, PnCounter};
use synod_hashring::{
    BoundedLoads, JumpBack, KeyHash, Maglev, Placement, Plan, Rendezvous, Ring, WeightedRendezvous,
    Zoned,
};
use synod_quorum::{
    Coterie, Dissemination, Explicit, Flexible, Grid, GridRule, Hints, Joint, LiveSets, Majority,
    Masking, NodeSet, Profile, Quorums, ReadWrite, Threshold, Votes, Weighted, classify,
    intersection,
};
use uhlc::{HLCBuilder, NTP64};

const CASES: [Case; 6] =
    [Case::SameReplicas, Case::HalfShared, Case::Subset, Case::OneDot, Case::Equal, Case::After];

/// The number of allocations that `operation` makes.
fn allocations<T>(operation: impl FnOnce() -> T) -> u64 {
    measure(|| {
        black_box(operation());
    })
    .count_total
}

fn dot(replica: u64, counter: u64) -> Dot<u64> {
    Dot::new(replica, counter).unwrap()
}

#[test]
fn version_vectors_inline() {
    type Version = VersionVector<u64, Inline<128>>;

    for case in CASES {
        let (own, other) = case.sides(64, &mut Random::new(7));
        let (own, other): (Version, Version) = (versions::synod(&own), versions::synod(&other));
        let count = allocations(|| {
            let mut merged = own.clone();
            merged.merge(&other).unwrap();
            let mut met = own.clone();
            met.meet(&other);
            merged.increment(1).unwrap();
            merged.observe(dot(2, 9)).unwrap();
            merged.remove(2);
            (merged.causality(&met), merged.get(1), merged == other, met)
        });
        assert_eq!(count, 0, "{}", case.name());
    }
}

#[test]
fn grow_only_counters() {
    let (own, other) = Case::SameReplicas.sides(64, &mut Random::new(7));
    let (mut inline, peer) = (counters::synod::<Inline<64>>(&own), counters::synod(&other));
    let mut heap = counters::synod::<Heap>(&own);
    let count = allocations(|| {
        let peer: &Causal<_, _, Inline<64>, _> = &peer;
        let news = (inline.merge(peer).unwrap(), heap.merge(peer).unwrap());
        inline.write(1).add(5).unwrap_err();
        (news, inline.read().value(), heap.merge(&inline).unwrap())
    });
    assert_eq!(count, 0);
    let (mut crdts, peer) = (counters::crdts(&own), counters::crdts(&other));
    let mut kit = (counters::crdt_kit(&own), counters::crdt_kit(&other));
    println!(
        "a merge of counters of 64 replicas: crdts {}, crdt-kit {}",
        allocations(|| crdts.merge(peer)),
        allocations(|| crdt_kit::Crdt::merge(&mut kit.0, &kit.1)),
    );
}

#[test]
fn causal_states_inline() {
    type Tags = Causal<u16, AwSet<u16>, Inline<8>, Inline<32>>;
    type Stock = Causal<u16, PnCounter, Inline<8>, Inline<32>>;

    let count = allocations(|| {
        let (mut left, mut right) = (Tags::new(), Tags::new());
        for element in 0..16 {
            right.merge(&left.write(1).insert(element).unwrap()).unwrap();
            left.merge(&right.write(2).insert(element + 8).unwrap()).unwrap();
        }
        left.write(1).remove(&3).unwrap();
        right.merge(&left).unwrap();
        right.write(2).reset().unwrap();

        let (mut north, mut south) = (Stock::new(), Stock::new());
        south.merge(&north.write(1).add(5).unwrap()).unwrap();
        south.write(2).reset().unwrap();
        north.merge(&south).unwrap();
        (left == right, north.read().value())
    });
    assert_eq!(count, 0);
}

/// How often merging allocates for each of a hundred deltas of one element, in a set of `size`.
fn per_delta<S: Set>(size: usize) -> f64 {
    let mut random = Random::new(1);
    let mut own: S = sets::of_size(0, size, &mut random);
    let mut writer = S::new(2);
    writer.merge(&mut own.clone());
    let delta = |_| Some(writer.insert_delta(random.number()));
    let mut deltas: Vec<_> = (0..100).map(delta).collect();
    allocations(|| deltas.iter_mut().for_each(|delta| own.merge_delta(delta))) as f64 / 100.0
}

#[test]
fn add_wins_sets_on_the_heap() {
    let (own, other) = sets::that_differ::<sets::Synod>(10_000, &mut Random::new(1));
    let mut merged = own.clone();
    merged.merge(&mut other.clone());
    let mut again = other.clone();
    assert_eq!(allocations(|| merged.merge(&mut again)), 0, "no news");
    // Rows come in blocks, of which some are split.
    assert!(per_delta::<sets::Synod>(10_000) <= 0.05);
    println!(
        "a delta of one element into 500: crdts {:.2}, dson {:.2}, minerva {:.2}, crdt-kit {:.2}",
        per_delta::<Crdts>(500),
        per_delta::<Dson>(500),
        per_delta::<Minerva>(500),
        per_delta::<CrdtKit>(500),
    );
}

/// Bytes that claim four billion entries, and hold one.
#[test]
fn a_claimed_length_is_not_allocated_for() {
    let bytes = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 7, 1];
    let used = measure(|| {
        assert!(postcard::from_bytes::<VersionVector<u8, Heap>>(&bytes).is_err());
    });
    assert!(used.bytes_max < 1024, "{} bytes", used.bytes_max);
}

#[test]
fn version_vectors_on_the_heap_that_add_no_replica() {
    for case in CASES {
        let (own, other) = case.sides(64, &mut Random::new(7));
        let mut union = own.clone();
        union.extend(other.keys().map(|id| (*id, 1)));
        let mut vector = versions::synod::<Heap>(&union);
        let other = versions::synod::<Heap>(&other);
        let replica = vector.as_slice()[9].replica;
        let count = allocations(|| {
            vector.merge(&other).unwrap();
            vector.increment(replica).unwrap();
            vector.meet(&other);
            vector.causality(&other)
        });
        assert_eq!(count, 0, "{}", case.name());
    }
}

#[test]
fn a_heap_merge_that_grows_allocates_once() {
    let (own, other) = Case::HalfShared.sides(64, &mut Random::new(7));
    let mut vector = versions::synod::<Heap>(&own).clone();
    let other = versions::synod::<Heap>(&other);
    assert_eq!(allocations(|| vector.merge(&other).unwrap()), 1);
}

#[test]
fn clocks_of_fixed_size() {
    let mut lamport = LamportClock::new(1);
    let mut hybrid = HybridClock::new(500_000);
    let mut vector = VectorClock::<64>::new();
    let count = allocations(|| {
        let sent = lamport.tick().unwrap();
        lamport.receive(sent).unwrap();
        let stamp = hybrid.tick(1_000_000).unwrap();
        hybrid.receive(1_000_000, stamp).unwrap();
        vector.increment(3).unwrap();
        let other = VectorClock::from([2; 64]);
        (vector.merge(&other), vector.meet(&other), vector.causality(&other))
    });
    assert_eq!(count, 0);
}

/// Both contexts have a run of every replica from 0 to 8 and two events ahead of a gap, which are
/// others for each `gap`.
fn context<C: Capacity>(gap: u64) -> CausalContext<u64, C> {
    let mut context = CausalContext::new();
    for replica in 0..8 {
        for counter in [1, 2, gap, gap + 1] {
            context.insert(dot(replica, counter)).unwrap();
        }
    }
    context
}

#[test]
fn causal_contexts() {
    let mut own = context::<Inline<32>>(10);
    let other = context::<Inline<32>>(20);
    let count = allocations(|| {
        own.merge(&other).unwrap();
        own.insert(dot(3, 3)).unwrap();
        own.insert(own.next_dot(9).unwrap()).unwrap();
        let mut met = own.clone();
        met.meet(&other).unwrap();
        (own.contains(dot(1, 20)), own.causality(&other), own.beyond(&met).count())
    });
    assert_eq!(count, 0, "inline");

    let mut own = context::<Heap>(10);
    let other = context::<Heap>(20);
    let count = allocations(|| own.reserve_merge(&other).unwrap());
    assert_eq!(count, 1, "heap, making room");
    let count = allocations(|| {
        own.merge(&other).unwrap();
        own.insert(dot(3, 3)).unwrap();
        own.merge(&other).unwrap();
        (own.contains(dot(1, 20)), own.causality(&other), own.beyond(&other).count())
    });
    assert_eq!(count, 0, "heap, with room");
    assert_eq!(allocations(|| own.meet(&other).unwrap()), 0, "heap, a meet that adds no range");
}

/// Bytes that claim four billion ranges, and hold one.
#[test]
fn a_claimed_number_of_ranges_is_not_allocated_for() {
    let bytes = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 7, 1, 1];
    let used = measure(|| {
        assert!(postcard::from_bytes::<CausalContext<u8, Heap>>(&bytes).is_err());
    });
    assert!(used.bytes_max < 1024, "{} bytes", used.bytes_max);
}

#[test]
fn siblings_and_dotted_versions() {
    let unread = VersionVector::<u64, Inline<4>>::new();
    let mut cart = Siblings::<u64, u64, Inline<4>, Inline<4>>::new();
    let mut elsewhere = cart.clone();
    let count = allocations(|| {
        cart.put(&unread, 1, 10).unwrap();
        cart.put(&unread, 2, 20).unwrap();
        elsewhere.put(&unread, 3, 30).unwrap();
        cart.merge(&elsewhere).unwrap();
        let read = cart.context().clone();
        let written = cart.put(&read, 1, 40).unwrap();
        let version = DottedVersionVector::new(written, read).unwrap();
        (version.causality(&version), version.to_context().unwrap(), cart.delete(&unread))
    });
    assert_eq!(count, 0);
}

/// Every decision of a family, and every analysis.
fn decide<Q: Quorums<WORDS>, const WORDS: usize>(family: &Q) {
    let members = family.members();
    let half = NodeSet::from_words(members.to_words().map(|word| word & 0x5555_5555_5555_5555));
    for (have, silent) in [(NodeSet::new(), half), (half, NodeSet::new()), (members, half)] {
        black_box((family.is_quorum(have), family.is_blocked_by(silent)));
        black_box((family.shortfall(have, silent), family.critical(silent), family.shape()));
        let scattered = |node: usize| have.contains(node).then_some(node as u64 * 7 % 10);
        black_box((family.committed(scattered), family.committed(|node| Some(node as u64))));

        let mut votes = Votes::new(members);
        for node in have | silent {
            let _ = black_box(votes.record(node, have.contains(node)));
            black_box((votes.outcome(family), votes.pending()));
        }
    }
    let _ = black_box((intersection(family, family), family.resilience(), LiveSets::of(family)));
    let _ = black_box(Profile::of(family, &family, Hints::Uncounted));
}

/// Systems of `count` nodes, made and asked.
fn systems<const WORDS: usize>(count: usize) {
    let nodes = NodeSet::<WORDS>::first(count).unwrap();
    let majority = Majority::new(nodes).unwrap();
    decide(&majority);
    decide(&Opaque(majority));
    decide(&Coterie::new(Threshold::new(nodes, count).unwrap()).unwrap());
    decide(&Joint::new(majority, Dissemination::new(nodes, 1).unwrap()));
    decide(&Masking::new(nodes, 1).unwrap());
    decide(&Weighted::<7, WORDS>::majority([3, 1, 4, 1, 5, 9, 2]).unwrap());

    let (one, all) = (Threshold::new(nodes, 1).unwrap(), Threshold::new(nodes, count).unwrap());
    let flexible = Flexible::new(one, all).unwrap();
    decide(&flexible.phase1());
    decide(ReadWrite::new(one, all).unwrap().write());

    let grid = Grid::<WORDS>::new(2, count / 2).unwrap();
    for rule in [GridRule::EveryColumn, GridRule::WholeColumn, GridRule::Both] {
        decide(&grid.quorums(rule));
    }
    let most = NodeSet::first(count - 1).unwrap();
    decide(&Coterie::new(Explicit::<3, WORDS>::new(&[nodes, most]).unwrap()).unwrap());
}

#[test]
fn quorums_of_one_word() {
    assert_eq!(allocations(|| systems::<1>(5)), 0);
    assert_eq!(allocations(|| systems::<1>(9)), 0);
    assert_eq!(allocations(|| systems::<1>(64)), 0);
}

#[test]
fn quorums_of_two_words() {
    assert_eq!(allocations(|| systems::<2>(8)), 0);
    assert_eq!(allocations(|| systems::<2>(128)), 0);
}

#[test]
fn refusals_and_profiles() {
    let count = allocations(|| {
        let nodes = NodeSet::<1>::first(64).unwrap();
        let half = Threshold::new(nodes, 32).unwrap();
        assert!(Coterie::new(half).is_err());
        assert!(Coterie::new(Opaque(half)).is_err());
        assert!(Flexible::new(half, half).is_err());
        assert!(ReadWrite::new(half, half).is_err());
        assert!(Masking::new(nodes, 16).is_err());
        assert!(Weighted::<2>::majority([0, 0]).is_err());
        assert!(Explicit::<1>::new(&[nodes, nodes]).is_err());
        assert!(NodeSet::<1>::from_nodes(&[64]).is_err());
        let profile = classify(3, 2, 2, Hints::Counted).unwrap();
        (profile.consistency(), profile.pacelc(), profile.hints())
    });
    assert_eq!(count, 0);
}

#[test]
fn the_peers_of_quorums() {
    for count in [5, 9, 64] {
        let nodes = quorums::first(count);
        let reports: Vec<_> = (0..count as u64).map(Some).collect();
        let progress = quorums::raft_progress(&reports);
        let majority = quorums::raft_majority(&nodes);
        let raft = allocations(|| majority.committed_index(false, &progress));
        let mut tracker = quorums::raft_tracker(&nodes, None);
        let voting = allocations(|| {
            tracker.record_vote(1, true);
            tracker.tally_votes()
        });
        let deciding = allocations(|| nodes.is_quorum([0, 1, 2].iter()));
        let mut progress: VecProgress<(usize, u64), _> =
            VecProgress::new(nodes.clone(), [], |node| (node, 0));
        let updating = allocations(|| progress.update_progress(&0, 5).copied());
        println!(
            "{count} nodes: raft committed_index: {raft}, record_vote and tally_votes: {voting}; \
             quorum-set is_quorum: {deciding}, update_progress: {updating}"
        );
    }
}

#[test]
fn the_peers_of_clocks() {
    for case in CASES {
        let (own, other) = case.sides(64, &mut Random::new(7));
        let (mut own, other) = (versions::crdts(&own), versions::crdts(&other));
        let cloning = allocations(|| other.clone());
        let merging = allocations(|| own.merge(other));
        println!(
            "crdts VClock merge, 64 entries, {}: {merging}, and {cloning} to keep the other side",
            case.name()
        );
    }
    let clock = HLCBuilder::new().with_clock(|| NTP64(1 << 40)).build();
    println!("uhlc new_timestamp: {}", allocations(|| clock.new_timestamp()));
    let clock = HlcGenerator::manual(0);
    println!("hlc-gen next_timestamp: {}", allocations(|| clock.next_timestamp()));
}

/// The allocations of a commit, over some compactions, when all logs have grown to their size.
fn per_commit(mut cluster: impl Cluster, batch: usize) -> f64 {
    let commands = clusters::commands(0, batch);
    let rounds = 4 * COMPACT_EACH / batch as u64;
    let mut run = || (0..rounds).for_each(|_| cluster.commit(&commands));
    run();
    let count = allocations(run);
    if count == 0 { 0.0 } else { count as f64 / (rounds * batch as u64) as f64 }
}

#[test]
fn commits() {
    for batch in [1, 256] {
        assert_eq!(per_commit(Synod::ring(), batch), 0.0);
        assert_eq!(per_commit(Synod::heap(), batch), 0.0);
        assert_eq!(per_commit(Synod::multi_paxos(), batch), 0.0);
        println!(
            "a commit, batches of {batch}: raft {:.2}, omnipaxos {:.2}, noraft {:.2}, raft-io {:.2}",
            per_commit(RaftRs::new(), batch),
            per_commit(Omnipaxos::new(batch), batch),
            per_commit(Noraft::new(), batch),
            per_commit(RaftIo::new(), batch),
        );
    }
}

#[test]
fn changes_and_reads_of_registers() {
    let mut registers = Registers::default();
    let commands = clusters::commands(0, 300);
    let count = allocations(|| {
        for (&command, node) in commands.iter().zip([0, 0, 1, 2].into_iter().cycle()) {
            registers.change(node, command);
            registers.read(node);
        }
    });
    assert_eq!((count, registers.counts()), (0, (300, 300)));
    assert_eq!(registers.values(), [commands.last().copied(); 3]);
}

/// A message that claims a thousand blanks, which take no bytes to speak of, and is refused: the
/// log does not grow for it.
#[test]
fn a_refused_message_takes_no_room() {
    let voters = [0, 1, 2].map(NodeId);
    let config = Config::new(7, NodeId(1), 42);
    let log = HeapLog::<[u8; 16]>::new();
    let mut node = Replica::<_, 3, 4>::bootstrap(config, &voters, 0, log).unwrap();
    let prev = LogId::START;
    let body = Body::Append { prev, entries_term: 5, count: 1000, commit: 0, round: 0 };
    let legal = Message { cluster: 7, to: NodeId(1), term: 5, body };
    let refused = [
        (0, Message { cluster: 8, ..legal }, MessageError::WrongCluster),
        (0, Message { to: NodeId(2), ..legal }, MessageError::WrongReceiver),
        (9, legal, MessageError::Stranger),
        (1, legal, MessageError::Stranger),
        (0, Message { term: 4, ..legal }, MessageError::Malformed),
        (0, Message { term: 0, ..legal }, MessageError::Malformed),
    ];
    for (from, message, error) in refused {
        let count = allocations(|| {
            let blanks = [None; 1000];
            let taken = node.handle_message(9, NodeId(from), &message, blanks);
            assert_eq!(taken, Err(FrameError::Message(error)));
        });
        assert_eq!(count, 0, "{error}");
    }
    let count = allocations(|| {
        let refused = node.propose_batch(9, [[7; 16]; 1000]);
        assert_eq!(refused, Err(ProposeError::NotLeader { leader: None }));
    });
    assert_eq!(count, 0, "proposals to a follower");
    let count = allocations(|| node.handle_message(9, NodeId(0), &legal, [None; 1000]));
    assert_eq!((count, node.log().last_index()), (1, 1000), "what is taken takes room");
}

/// The allocations of a thousand probes, each with its answer, and of as many of others; without
/// news, and while news are told.
fn per_round(mut member: impl Rounds) -> [f64; 2] {
    [false, true].map(|is_news| {
        let rounds = 1_000;
        let mut count = 0;
        for round in 0..rounds {
            if is_news && round % 8 == 0 {
                member.learn();
            }
            count += allocations(|| {
                member.probe();
                member.be_probed();
            });
        }
        assert!(member.is_well());
        count as f64 / f64::from(rounds)
    })
}

#[test]
fn probes_among_a_thousand_members() {
    assert_eq!(per_round(rounds::Synod::<Inline<32>>::new()), [0.0; 2]);
    let [quiet, news] = per_round(rounds::Foca::new());
    println!("a probe and being probed: foca {quiet:.2}, while news are told {news:.2}");
}

/// No question to a placement allocates, nor does a change of a ring that has room, nor a plan.
#[test]
fn placements() {
    let hash = KeyHash::v1(0);
    let nodes: Vec<(u64, u32)> = (0..100).map(|node| (node, 100)).collect();
    let mut ring: Ring<u64, Heap, Heap> = Ring::from_nodes(hash, &nodes).unwrap();
    ring.insert(100, 100).unwrap();
    let (numbered, mut room) = (JumpBack::new(hash, 100), [0; 100]);
    let count = allocations(|| {
        for key in 0..100_u64 {
            black_box(ring.owner(key));
            let _ = black_box(ring.replicas::<3>(key));
            let _ = black_box(numbered.replicas::<3>(key));
            black_box(ring.successors(key, &mut room).len());
        }
        ring.remove(&7);
        ring.insert(7, 100)
    });
    assert_eq!(count, 0);

    let names: Vec<u64> = (0..100).collect();
    let equal = Rendezvous::<u64, Heap>::from_nodes(hash, &names).unwrap();
    let weighted = WeightedRendezvous::<u64, Heap>::from_nodes(hash, &nodes).unwrap();
    let table = Maglev::<u64, Heap, Heap>::from_nodes(hash, 10_007, &nodes).unwrap();
    let mut loads = BoundedLoads::<u64, Heap>::from_nodes(250, &nodes).unwrap();
    let mut after = ring.clone();
    after.remove(&7);
    let count = allocations(|| {
        for key in 0..100_u64 {
            let _ = black_box((equal.replicas::<3>(key), weighted.replicas::<3>(key)));
            let _ = black_box((table.replicas::<3>(key), loads.place(&ring, key)));
            let _ = black_box(Zoned::new(&equal, |node| node % 5).replicas::<3>(key));
        }
        Plan::<_, _, 3>::new(&ring, &after).unwrap().count()
    });
    assert_eq!(count, 0);
}

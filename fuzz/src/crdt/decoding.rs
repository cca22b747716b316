//! Any bytes into every decoder: what decodes is legal, and can be worked with.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use synod_crdt::{
    AntiEntropy, AntiEntropyConfig, AwSet, Capacity, CatchUp, Causal, CausalContext, CausalMap,
    DwFlag, EwFlag, GCounter, GSet, Heap, HybridStamp, Inline, Kind, LwwRegister, LwwSet, Merge,
    Message, MvRegister, Output, PnCounter, RwSet,
};

use super::legality::{Raw, Written, is_legal};

/// More bytes than this say nothing new.
const LONGEST: usize = 96;

type Growable<T> = Causal<u8, T, Heap, Heap>;

/// Feeds the bytes to each decoder.
pub fn check(bytes: &[u8]) {
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    check_kind::<AwSet<u8>>(bytes, |state, me| {
        state.write(me).insert(7).is_ok() && state.write(me).remove(&8).is_ok()
    });
    check_kind::<GSet<u8>>(bytes, |state, me| state.write(me).insert(7).is_ok());
    check_kind::<RwSet<u8>>(bytes, |state, me| {
        state.write(me).insert(7).is_ok() && state.write(me).remove(8).is_ok()
    });
    check_kind::<LwwSet<u8>>(bytes, |state, me| {
        state.write(me).insert(noon(), 7).is_ok() && state.write(me).remove(noon(), 8).is_ok()
    });
    check_kind::<MvRegister<u8>>(bytes, |state, me| state.write(me).set(7).is_ok());
    check_kind::<LwwRegister<u8>>(bytes, |state, me| state.write(me).set(noon(), 7).is_ok());
    check_kind::<EwFlag>(bytes, |state, me| state.write(me).enable().is_ok());
    check_kind::<DwFlag>(bytes, |state, me| state.write(me).disable().is_ok());
    check_kind::<GCounter>(bytes, |state, me| {
        state.write(me).add(3).is_ok() && state.read().value() >= 3
    });
    check_kind::<PnCounter>(bytes, |state, me| {
        let _ = state.read().value();
        state.write(me).add(3).is_ok() && state.write(me).reset().is_ok()
    });
    check_kind::<CausalMap<u8, CausalMap<u8, PnCounter>>>(bytes, |state, me| {
        let _ = (state.read().len(), state.read().at(&1).at(&2).value());
        state.write(me).at(&1).at(&2).add(3).is_ok() && state.write(me).remove(&1).is_ok()
    });
    check_message(bytes);
}

fn noon() -> HybridStamp {
    HybridStamp::from_bits(7 << 12)
}

/// A change to a state: whether nothing was refused.
type Change<T> = fn(&mut Growable<T>, u8) -> bool;

/// Asserts that exactly the legal is accepted, that it is encoded as it was read, and that it can
/// be merged, caught up with, collected and written to.
fn check_kind<T>(bytes: &[u8], change: Change<T>)
where
    T: Written + Kinded,
{
    decode::<T, Inline<0>, Inline<0>>(bytes);
    let small = decode::<T, Inline<2>, Inline<3>>(bytes);
    let Some((state, rest)) = decode::<T, Heap, Heap>(bytes) else {
        return;
    };
    if let Some((small, _)) = small {
        assert_eq!(small, state);
    }
    let mut good = Growable::<T>::new();
    assert!(change(&mut good, 3) && change(&mut good, 4), "nothing stands in the way");
    work_with(&state, &good);
    if let Some((other, _)) = decode::<T, Heap, Heap>(rest) {
        work_with(&state, &other);
        work_with(&other, &state);
    }

    let mut changed = state.clone();
    change(&mut changed, 3);
    assert!(changed.context().dominates(state.context()));
    let _ = changed.collect(state.context());
    recode(&changed);
}

/// What the checks need of a kind.
trait Kinded: Kind<u8, Row: Serialize + DeserializeOwned + Debug> {}
impl<T: Kind<u8, Row: Serialize + DeserializeOwned + Debug>> Kinded for T {}

/// A state, and the bytes behind it.
type Decoded<'a, T, R, N> = (Causal<u8, T, R, N>, &'a [u8]);

fn decode<T: Written + Kinded, R: Capacity, N: Capacity>(
    bytes: &[u8],
) -> Option<Decoded<'_, T, R, N>> {
    let raw = postcard::take_from_bytes::<Raw<T::Raw>>(bytes).ok();
    let legal = raw.filter(|(raw, _)| is_legal::<T>(raw, R::LIMIT, N::LIMIT));
    let decoded = postcard::take_from_bytes::<Causal<u8, T, R, N>>(bytes).ok();
    assert_eq!(decoded.is_some(), legal.is_some());
    let ((state, rest), (raw, raw_rest)) = decoded.zip(legal)?;
    assert_eq!(rest, raw_rest);
    assert_eq!(state.row_count(), raw.1.len());
    assert_eq!(encode(&state), encode(&raw));
    recode(&state);
    Some((state, rest))
}

/// Encoding and decoding gives the same.
fn recode<T: Kinded, R: Capacity, N: Capacity>(state: &Causal<u8, T, R, N>) {
    let again = postcard::from_bytes::<Causal<u8, T, R, N>>(&encode(state));
    assert_eq!(again.as_ref(), Ok(state), "its own encoding");
}

/// Merges, and catches up.
fn work_with<T: Kinded>(state: &Growable<T>, other: &Growable<T>) {
    let mut merged = state.clone();
    let valid = merged.validate(other);
    let outcome = merged.merge(other);
    assert_eq!(outcome.err(), valid.err());
    if outcome.is_err() {
        assert_eq!(&merged, state, "a refused merge changes nothing");
        return;
    }
    assert_eq!(outcome, Ok(&merged != state));
    assert_eq!(merged.merge(other), Ok(false), "idempotent");
    let mut reverse = other.clone();
    reverse.merge(state).expect("as the other way round");
    assert_eq!(reverse, merged, "commutative");
    recode(&merged);

    let mut caught_up = state.clone();
    let mut progress = CatchUp::new();
    while let Some(part) = other.delta_since(state.context(), &mut progress, 2) {
        caught_up.merge(&part).expect("it is a part of what merged");
    }
    assert!(progress.is_done());
    assert_eq!(caught_up, merged, "in parts as at once");
}

/// Any message into a machine, which goes on within its size.
fn check_message(bytes: &[u8]) {
    type Set = Growable<AwSet<u8>>;
    type Received = Message<u8, CausalContext<u8, Heap>, Set>;
    const MAX_MESSAGE: usize = 64;
    let Ok((message, _)) = postcard::take_from_bytes::<Received>(bytes) else {
        return;
    };
    let again: Received = postcard::from_bytes(&encode(&message)).expect("its own encoding");
    assert_eq!(again, message);

    let config = AntiEntropyConfig {
        cluster: 5,
        me: 1,
        boot: 1,
        max_message: MAX_MESSAGE,
        max_id: 1,
        max_row: 1,
        resend_us: 10,
    };
    let mut machine = AntiEntropy::<u8, Heap, Heap, 3>::new(config, &[2, 3]).expect("legal");
    let mut set = Set::new();
    let delta = set.write(1).insert(7).expect("it fits");
    machine.record(&delta);
    for now_us in 0..40 {
        let _refused = machine.handle_message(now_us, 2, &message, &mut set);
        let addressed = Message { cluster: 5, to: 1, ..message.clone() };
        let _ = machine.handle_message(now_us, 2, &addressed, &mut set);
        machine.handle_timeout(now_us);
        // At most an answer and a message to each peer, and a remark.
        for _ in 0..6 {
            match machine.poll_output(&set) {
                Some(Output::Send { message, .. }) => {
                    assert!(encode(&message).len() <= MAX_MESSAGE);
                }
                Some(Output::Outdated { .. } | Output::Superseded { .. }) => {}
                None => break,
            }
        }
        assert!(machine.poll_output(&set).is_none(), "it can be drained");
    }
}

fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("a legal value can be encoded")
}

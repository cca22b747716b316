//! The laws of merges and deltas, on histories in which messages are lost, come twice, in any order
//! and without what they rest on.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
};

use proptest::{collection, prelude::*, sample::Index};
use synod_crdt::{Capacity, Heap, Inline, Merge, Source};

use crate::{
    history::{IDS, REPLICAS, Step, check, shuffle, steps},
    pointwise::Points,
    subject::{Roomy, StateOf, Subject, bytes, for_each_kind},
};

/// A state that is bounded, but has room for any history of these tests.
type Bounded<T> = StateOf<T, Inline<40>, Inline<120>>;

/// Replicas on `Heap` and the same on `Inline`, and all that was ever sent.
pub(crate) struct World<T: Subject> {
    pub(crate) replicas: Vec<Roomy<T>>,
    twins: Vec<Bounded<T>>,
    pub(crate) messages: Vec<Vec<u8>>,
}

impl<T: Subject> World<T> {
    /// Runs a history, and checks each step.
    pub(crate) fn run(steps: &[Step<T::Op>]) -> Self {
        let mut world = Self {
            replicas: vec![Roomy::<T>::new(); REPLICAS],
            twins: vec![Bounded::<T>::new(); REPLICAS],
            messages: Vec::new(),
        };
        for step in steps {
            match step {
                Step::Write { at, change } => world.write(*at, change),
                Step::Merge { from, to } => {
                    let (state, twin) = (world.replicas[*from].clone(), world.twins[*from].clone());
                    let news = merge::<T, _, _, _>(&mut world.replicas[*to], &twin);
                    assert_eq!(merge::<T, _, _, _>(&mut world.twins[*to], &state), news);
                    world.same(*to);
                }
                Step::Send { from } => world.messages.push(bytes(&world.twins[*from])),
                Step::Deliver { message, to } if !world.messages.is_empty() => {
                    let message = message.get(&world.messages);
                    let for_twin: Roomy<T> = postcard::from_bytes(message).unwrap();
                    let message: Bounded<T> = postcard::from_bytes(message).unwrap();
                    let news = merge::<T, _, _, _>(&mut world.replicas[*to], &message);
                    assert_eq!(merge::<T, _, _, _>(&mut world.twins[*to], &for_twin), news);
                    world.same(*to);
                }
                Step::Deliver { .. } => {}
            }
        }
        world
    }

    fn write(&mut self, at: usize, change: &crate::event::Change<T::Op>) {
        let (state, twin) = (&mut self.replicas[at], &mut self.twins[at]);
        let (mut before, me) = (state.clone(), IDS[at]);
        let delta = T::write(state, me, change).map(|delta| {
            let mut alone = Roomy::<T>::new();
            alone.merge(&delta).unwrap();
            assert_eq!(alone.context(), delta.context());
            assert_eq!(Points::of(&alone), Points::of(&delta));
            assert_eq!(bytes(&alone), bytes(&delta));
            assert_eq!(delta.is_empty(), alone.context().is_empty());
            bytes(&delta)
        });
        let twin_delta = T::write(twin, me, change).map(|delta| bytes(&delta));
        assert_eq!(delta, twin_delta);
        match delta {
            // The delta is the change, whole and nothing else: it makes of what was before what is now.
            Ok(delta) => {
                let sent: Roomy<T> = postcard::from_bytes(&delta).unwrap();
                let (old, new) = (Points::of(&before), Points::of(state));
                assert!(Points::of(&sent).dots().all(|dot| new.differs(&old, dot)));
                let is_news = merge::<T, _, _, _>(&mut before, &sent);
                assert_eq!(is_news, !sent.context().is_empty());
                self.messages.push(delta);
            }
            Err(_) => assert_eq!(Points::of(&before), Points::of(state)),
        }
        assert_eq!(&before, state);
        self.same(at);
    }

    /// `Heap` and `Inline` are one algorithm, and encodings decode to what was encoded.
    fn same(&self, at: usize) {
        let (state, twin) = (&self.replicas[at], &self.twins[at]);
        assert_eq!(state, twin);
        assert_eq!(T::read(state), T::read(twin));
        assert_eq!(bytes(state), bytes(twin));
        assert_eq!(hash(state), hash(twin));
        let decoded: Roomy<T> = postcard::from_bytes(&bytes(twin)).unwrap();
        assert_eq!(&decoded, state);
        assert_eq!(T::read(&decoded), T::read(state));
    }

    /// All states and deltas that there ever were, as far as they were kept.
    pub(crate) fn all(&self) -> Vec<Roomy<T>> {
        let sent = self.messages.iter().map(|message| postcard::from_bytes(message).unwrap());
        self.replicas.iter().cloned().chain(sent).collect()
    }
}

/// Merges, and holds that against the definition.
fn merge<T, R, N, O>(state: &mut StateOf<T, R, N>, other: &O) -> bool
where
    T: Subject,
    R: Capacity,
    N: Capacity,
    O: Source<Id = u8, Kind = T::Kind>,
{
    let before = Points::of(state);
    let after = before.join(&Points::of(other));
    let known = state.context().clone();
    assert_eq!(state.validate(other), Ok(()));
    assert_eq!(Points::of(state), before);
    let news = state.merge(other).unwrap();
    assert_eq!(Points::of(state), after);
    assert_eq!(news, after != before);
    assert!(state.context().dominates(&known) && state.context().dominates(other.context()));
    news
}

fn joined<T: Subject>(left: &Roomy<T>, right: &Roomy<T>) -> Roomy<T> {
    let mut joined = left.clone();
    merge::<T, _, _, _>(&mut joined, right);
    joined
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn merges_are_joins<T: Subject>() {
    check((steps::<T>(30), any::<[Index; 3]>()), |(steps, picks)| {
        let all = World::<T>::run(&steps).all();
        let [a, b, c] = picks.map(|pick| pick.get(&all));
        assert_eq!(&joined::<T>(a, a), a);
        assert_eq!(joined::<T>(a, b), joined::<T>(b, a));
        let left = joined::<T>(&joined::<T>(a, b), c);
        let right = joined::<T>(a, &joined::<T>(b, c));
        assert_eq!(left, right);
        assert_eq!(bytes(&left), bytes(&right));
        assert_eq!(&joined::<T>(&left, b), &left);
    });
}

/// Whatever the order in which all deltas come, and whatever else comes in between and twice: the
/// outcome is that of merging the states, and has the same bytes.
fn deltas_make_up_states<T: Subject>() {
    let picks = || collection::vec(any::<Index>(), 8..40);
    check((steps::<T>(30), picks(), picks()), |(steps, picks, again)| {
        let mut world = World::<T>::run(&steps);
        let mut states = world.replicas.clone();
        shuffle(&mut states, &again);
        let whole =
            states.iter().fold(Roomy::<T>::new(), |whole, state| joined::<T>(&whole, state));

        let extra: Vec<_> = again.iter().filter(|_| !world.messages.is_empty()).collect();
        let extra: Vec<_> = extra.iter().map(|pick| pick.get(&world.messages).clone()).collect();
        world.messages.extend(extra);
        shuffle(&mut world.messages, &picks);
        let mut bounded = Bounded::<T>::new();
        for message in &world.messages {
            let message: Roomy<T> = postcard::from_bytes(message).unwrap();
            merge::<T, _, _, _>(&mut bounded, &message);
        }
        assert_eq!(whole, bounded);
        assert_eq!(bytes(&whole), bytes(&bounded));
        assert_eq!(hash(&whole), hash(&bounded));
        assert_eq!(T::read(&whole), T::read(&bounded));
    });
}

mod joins {
    use super::{for_each_kind, merges_are_joins};

    for_each_kind!(merges_are_joins);
}

mod deltas {
    use super::{deltas_make_up_states, for_each_kind};

    for_each_kind!(deltas_make_up_states);
}

#[test]
fn heap_and_inline_share_contexts() {
    use synod_crdt::{AwSet, Causal};

    let mut left = Causal::<u8, AwSet<u8>, Heap, Inline<1>>::new();
    let mut right = Causal::<u8, AwSet<u8>, Inline<1>, Heap>::new();
    left.write(1).insert(1).unwrap();
    assert_eq!(right.merge(&left), Ok(true));
    assert_eq!(left, right);
    assert_eq!(right, left);
}

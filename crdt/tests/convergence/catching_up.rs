//! Bringing a replica up to date in parts: together they are what it lacks and what of what it has
//! is dead, whatever it knows, however large they may be, and whatever happens to them on their way.

use proptest::{collection, prelude::*, sample::Index};
use synod_crdt::{
    Capacity, CatchUp, CausalContext, Delta, Dot, DotRange, Heap, Inline, Kind, Merge, Source,
};

use crate::{
    counters::{GCounters, PnCounters},
    event::Change,
    history::{IDS, Step, check, shuffle, steps},
    laws::World,
    maps::Maps,
    pointwise::Points,
    registers::MvRegisters,
    sets::{AwSets, RwSets},
    subject::{Roomy, StateOf, Subject},
};

/// A state of few ranges, so that parts must be cut for their sake.
type Tight<T, R> = StateOf<T, R, Heap>;

type Events = CausalContext<u8, Heap>;

type RowOf<T> = <<T as Subject>::Kind as Kind<u8>>::Row;

/// A number of a replica, where a range of its events begins, and how many follow the first.
type Span = (usize, u64, u64);

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let of_any = collection::vec((0..=IDS.len(), 1..9_u64, 0..4_u64), 0..6);
    // So many, and apart, that not all can be named without what is in between.
    let of_one = collection::vec((Just(0_usize), 1..20_u64, 0..2_u64), 0..10);
    prop_oneof![of_any, of_one]
}

/// The events of `spans`: also such as nobody has issued, and of a replica that nobody knows.
fn events(spans: &[Span]) -> Events {
    let mut events = Events::new();
    for (at, first, others) in spans {
        let ends = [*first, first + others].map(|counter| counter.try_into().unwrap());
        let id = IDS.get(*at).copied().unwrap_or(50);
        events.insert_range(DotRange::new(id, ends[0], ends[1]).unwrap()).unwrap();
    }
    events
}

fn without<R: Capacity>(known: &CausalContext<u8, R>, unknown: &Events) -> Events {
    let mut left = Events::new();
    for range in known.beyond(unknown) {
        left.insert_range(range).unwrap();
    }
    left
}

fn owned<T: Subject, R: Capacity>(delta: &Delta<'_, Tight<T, R>>) -> Roomy<T> {
    let mut owned = Roomy::<T>::new();
    owned.merge(delta).unwrap();
    assert_eq!(owned.context(), delta.context());
    owned
}

/// What replicas of one history have, or have sent.
struct History<T: Subject, R: Capacity> {
    state: Tight<T, R>,
    others: Vec<Roomy<T>>,
}

impl<T: Subject, R: Capacity> History<T, R> {
    /// A state that `ids` wrote without knowing of others: one range each.
    fn written(steps: &[Step<T::Op>], ids: &[u8]) -> Self {
        let (mut state, mut others) = (Tight::<T, R>::new(), vec![Roomy::<T>::new()]);
        for step in steps {
            if let Step::Write { at, change } = step {
                if let Ok(delta) = T::write(&mut state, ids[at % ids.len()], change) {
                    others.push(owned::<T, R>(&delta));
                }
            }
        }
        Self { state, others }
    }

    /// A state of all that one has written but some changes: with gaps.
    fn missed(steps: &[Step<T::Op>], order: &[Index]) -> Self {
        let Self { others, .. } = Self::written(steps, &IDS[..1]);
        let mut state = Tight::<T, R>::new();
        let missed: Vec<usize> =
            order.iter().take(3).map(|index| index.index(others.len())).collect();
        for (at, change) in others.iter().enumerate() {
            // So is what has no room.
            if !missed.contains(&at) {
                let _refused = state.merge(change);
            }
        }
        Self { state, others }
    }

    /// A state of what fits of that which comes in any order: with gaps.
    fn heard(steps: &[Step<T::Op>], order: &[Index]) -> Self {
        let others = World::<T>::run(steps).all();
        let mut heard = others.clone();
        shuffle(&mut heard, order);
        let mut state = Tight::<T, R>::new();
        for other in &heard {
            // What does not fit is not heard.
            let _refused = state.merge(other);
        }
        Self { state, others }
    }
}

/// Runs `law` on states with room for one range, for two and three, with gaps too, and for all.
macro_rules! check_each_room {
    ($law:ident::<$T:ty>, $more:expr) => {
        check((steps::<$T>(40), collection::vec(any::<Index>(), 1..40), $more), |input| {
            let (steps, order, more) = input;
            $law::<$T, Inline<1>>(&History::written(&steps, &IDS[..1]), &order, &more);
            $law::<$T, Inline<2>>(&History::written(&steps, &IDS[..2]), &order, &more);
            $law::<$T, Inline<2>>(&History::missed(&steps, &order), &order, &more);
            $law::<$T, Inline<3>>(&History::missed(&steps, &order), &order, &more);
            $law::<$T, Inline<3>>(&History::heard(&steps, &order), &order, &more);
            $law::<$T, Heap>(&History::heard(&steps, &order), &order, &more);
        })
    };
}

/// Of any events: exactly what is not among them, and what is and is dead; news first; each part as
/// large as it may be, and what is lost can be had again.
fn is_what_lacks<T: Subject, R: Capacity>(
    History { state, others }: &History<T, R>,
    picks: &[Index],
    (known, unknown, budget): &(Vec<Span>, Vec<Span>, usize),
) {
    let mut since = events(known);
    since.merge(picks[0].get(others).context()).unwrap();
    let since = without(&since, &events(unknown));
    let whole = Points::of(state);
    let lacking = whole.part(|dot, lives| !since.contains(dot) || !lives);

    let mut progress = CatchUp::new();
    let mut given = Points::of(&Roomy::<T>::new());
    let (mut is_full, mut is_past_news) = (true, false);
    loop {
        let before = progress;
        let Some(delta) = state.delta_since(&since, &mut progress, *budget) else { break };
        let part = Points::of(&delta);
        assert!(!delta.is_empty() && !before.is_done());
        assert_eq!(part, whole.part(|dot, _| delta.context().contains(dot)), "of the state");

        assert!(is_full, "more could have been in the part before");
        assert!(part.rows() <= (*budget).max(1));
        is_full = part.rows() == (*budget).max(1) || part.ranges() == R::LIMIT;

        let is_news = part.dots().any(|dot| !since.contains(dot));
        assert!(!(is_news && is_past_news), "news after removals");
        is_past_news |= part.dots().any(|dot| since.contains(dot));

        assert!(given.dots().all(|dot| !delta.context().contains(dot)), "given once");
        given = given.join(&part);

        let mut again = before;
        let twin = state.delta_since(&since, &mut again, *budget).unwrap();
        assert_eq!((twin.context(), again), (delta.context(), progress));
    }
    assert_eq!(given, lacking);
    assert!(progress.is_done());
    assert!(state.delta_since(&since, &mut progress, *budget).is_none());
}

/// What a replica hears while it is brought up to date.
#[derive(Clone, Debug)]
struct Meanwhile {
    /// What is not told of what it knows.
    untold: Vec<Span>,
    /// From others, before each part.
    heard: Vec<Option<Index>>,
    /// Whether each part comes at once, and is told to be known.
    is_prompt: bool,
    budget: usize,
}

fn meanwhile() -> impl Strategy<Value = Meanwhile> {
    let heard = collection::vec(any::<Option<Index>>(), 0..8);
    let parts = (spans(), heard, any::<bool>(), 0..5_usize);
    parts.prop_map(|(untold, heard, is_prompt, budget)| Meanwhile {
        untold,
        heard,
        is_prompt,
        budget,
    })
}

/// Of what a replica knew at any time: with all parts, in any order and twice, it knows what it would
/// with the state.
fn makes_up_the_state<T: Subject, R: Capacity>(
    History { state, others }: &History<T, R>,
    picks: &[Index],
    meanwhile: &Meanwhile,
) {
    let mut receiver = Roomy::<T>::new();
    for pick in picks.iter().take(picks.len() / 2) {
        receiver.merge(pick.get(others)).unwrap();
    }
    let untold = events(&meanwhile.untold);
    let (mut progress, mut parts, mut next) = (CatchUp::new(), Vec::new(), 0);
    loop {
        if let Some(Some(heard)) = meanwhile.heard.get(next) {
            receiver.merge(heard.get(others)).unwrap();
        }
        next += 1;
        let since = without(receiver.context(), &untold);
        let Some(part) = state.delta_since(&since, &mut progress, meanwhile.budget) else { break };
        let whole = Points::of(&part);
        assert_eq!(whole.part(|dot, lives| lives && since.contains(dot)).rows(), 0);
        parts.push(owned::<T, R>(&part));
        if meanwhile.is_prompt {
            receiver.merge(&part).unwrap();
        }
        // Twice what there is: what came as news may be told once more as removed.
        assert!(parts.len() <= 2 * Points::of(state).dots().count());
    }
    let mut whole = receiver.clone();
    whole.merge(state).unwrap();
    if meanwhile.is_prompt {
        assert_eq!(receiver, whole);
    }
    let twice = picks.iter().filter(|_| !parts.is_empty()).map(|pick| pick.get(&parts).clone());
    let twice: Vec<Roomy<T>> = twice.collect();
    parts.extend(twice);
    shuffle(&mut parts, picks);
    for part in &parts {
        receiver.merge(part).unwrap();
    }
    assert_eq!(receiver, whole);
}

/// Any events that are asked for, and those of a reset: all of them, and, where there are not ranges
/// enough to leave that out, what the state knows in between; nothing that it does not know.
fn names_what_is_known<T: Subject, R: Capacity>(
    History { state, .. }: &History<T, R>,
    _: &[Index],
    named: &[Span],
) {
    let (whole, named) = (Points::of(state), events(named));
    let wanted = whole.part(|dot, _| named.contains(dot));
    names::<T, R>(&whole, &wanted, &state.delta(&named));

    let mut after = state.clone();
    let Ok(delta) = T::write(&mut after, IDS[0], &Change::Reset) else { return };
    let delta = owned::<T, R>(&delta);
    let changed = Points::of(&after).part(|dot, _| Points::of(&after).differs(&whole, dot));
    names::<T, R>(&Points::of(&after), &changed, &delta);
    let mut before = state.clone();
    assert_eq!(before.merge(&delta), Ok(!delta.context().is_empty()));
    assert_eq!(before, after);
}

fn names<T: Subject, R: Capacity>(
    whole: &Points<RowOf<T>>,
    wanted: &Points<RowOf<T>>,
    delta: &impl Source<Id = u8, Kind = T::Kind>,
) {
    let part = Points::of(delta);
    assert_eq!(part, whole.part(|dot, _| delta.context().contains(dot)), "of what is known");
    assert_eq!(part.join(wanted), part, "all of what was asked for");
    if wanted.ranges() <= R::LIMIT {
        assert_eq!(&part, wanted);
    } else {
        let is_end = |dot| wanted.part(|wanted, _| wanted == dot).dots().next().is_some();
        for range in delta.context().ranges() {
            let ends = [range.first(), range.last()];
            assert!(
                ends.iter()
                    .all(|counter| { is_end(Dot { replica: range.replica(), counter: *counter }) })
            );
        }
    }
}

/// An element that a replica has, and will have, is there in between: what it was written anew with
/// comes before what it was written with.
#[test]
fn nothing_is_absent_in_between() {
    let picks = any::<[Index; 3]>();
    check((steps::<AwSets>(30), picks, 0..4_usize), |(steps, picks, budget)| {
        let all = World::<AwSets>::run(&steps).all();
        let [state, one, other] = picks.map(|pick| pick.get(&all));
        let mut receiver = one.clone();
        receiver.merge(other).unwrap();
        let elements = <AwSets as Subject>::read;
        let (since, before) = (receiver.context().clone(), elements(&receiver));
        let mut whole = receiver.clone();
        whole.merge(state).unwrap();
        let after = elements(&whole);
        let mut progress = CatchUp::new();
        while let Some(part) = state.delta_since(&since, &mut progress, budget) {
            receiver.merge(&part).unwrap();
            let now = elements(&receiver);
            assert!(before.intersection(&after).all(|element| now.contains(element)));
        }
        assert_eq!(receiver, whole);
    });
}

/// With no range left for what lies apart, a delta names what the state knows in between, but never
/// across a gap: what came there from another would be gone with it.
#[test]
fn gaps_are_not_named() {
    let mut source = Roomy::<AwSets>::new();
    let mut state = Tight::<AwSets, Inline<2>>::new();
    for element in 1..=12 {
        let delta = source.write(7).insert(element).unwrap();
        if ![6, 7].contains(&element) {
            state.merge(&delta).unwrap();
        }
    }
    let range = |first: u64, last: u64| {
        DotRange::new(7, first.try_into().unwrap(), last.try_into().unwrap()).unwrap()
    };
    let mut named = Events::new();
    for counter in [1, 3, 9] {
        named.insert_range(range(counter, counter)).unwrap();
    }
    assert_eq!(state.delta(&named).context().ranges(), [range(1, 3), range(9, 9)]);

    for element in [1, 3, 8, 10, 12] {
        state.write(7).remove(&element).unwrap();
    }
    let reset = state.write(7).reset().unwrap();
    assert_eq!(reset.context().ranges(), [range(2, 5), range(9, 11)]);
    source.merge(&reset).unwrap();
    assert!(source.read().iter().eq(&[1, 6, 7, 8, 12]), "{source:?}");
}

fn lacking_parts<T: Subject>() {
    check_each_room!(is_what_lacks::<T>, (spans(), spans(), 0..5_usize));
}

fn states_from_parts<T: Subject>() {
    check_each_room!(makes_up_the_state::<T>, meanwhile());
}

fn named_parts<T: Subject>() {
    check_each_room!(names_what_is_known::<T>, spans());
}

/// Tests of each law for some kinds: parts do not depend on more than whether there are rows.
macro_rules! for_some_kinds {
    ($($law:ident)*) => {
        $(
            mod $law {
                #[test]
                fn aw_set() {
                    super::$law::<super::AwSets>();
                }

                #[test]
                fn rw_set() {
                    super::$law::<super::RwSets>();
                }

                #[test]
                fn mv_register() {
                    super::$law::<super::MvRegisters>();
                }

                #[test]
                fn map_of_counters() {
                    super::$law::<super::Maps<super::PnCounters>>();
                }

                #[test]
                fn g_counter() {
                    super::$law::<super::GCounters>();
                }
            }
        )*
    };
}

for_some_kinds! { lacking_parts states_from_parts named_parts }

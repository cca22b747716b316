//! The sets, and what they are by definition.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{prelude::*, strategy::BoxedStrategy};
use synod_crdt::{
    AwSet, Delta, GSet, HybridStamp, LwwSet, Path, Reader, RwSet, State, WriteError, Writer,
};

use crate::{
    event::{Event, not_reset},
    registers::stamp,
    subject::Nestable,
};

/// So few that changes meet.
const ELEMENTS: u8 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SetOp {
    Insert(u8),
    Remove(u8),
}

fn set_ops() -> BoxedStrategy<SetOp> {
    let insert = (0..ELEMENTS).prop_map(SetOp::Insert);
    let remove = (0..ELEMENTS).prop_map(SetOp::Remove);
    prop_oneof![3 => insert, 2 => remove].boxed()
}

/// The elements of which `is_in` holds.
fn elements(is_in: impl Fn(u8) -> bool) -> BTreeSet<u8> {
    (0..ELEMENTS).filter(|element| is_in(*element)).collect()
}

/// What a set says, which it must say in every way alike.
fn told<'a>(
    elements: impl Iterator<Item = &'a u8>,
    contains: impl Fn(u8) -> bool,
    len: usize,
) -> BTreeSet<u8> {
    let listed: Vec<u8> = elements.copied().collect();
    assert!(listed.is_sorted_by(|a, b| a < b), "{listed:?}");
    assert_eq!(len, listed.len());
    for element in 0..ELEMENTS {
        assert_eq!(contains(element), listed.contains(&element), "{element} of {listed:?}");
    }
    listed.into_iter().collect()
}

pub(crate) struct AwSets;

impl Nestable for AwSets {
    type Kind = AwSet<u8>;
    type Op = SetOp;
    type View = BTreeSet<u8>;

    fn ops() -> BoxedStrategy<SetOp> {
        set_ops()
    }

    fn write<'a, S, P>(
        at: Writer<'a, S, AwSet<u8>, P>,
        op: &SetOp,
    ) -> Result<Delta<'a, S>, WriteError>
    where
        S: State<Id = u8>,
        P: Path<S, AwSet<u8>>,
    {
        match *op {
            SetOp::Remove(element) => at.remove(&element),
            SetOp::Insert(element) => at.insert(element).map_err(|refused| {
                assert_eq!(refused.value, element);
                refused.reason
            }),
        }
    }

    fn read<S: State<Id = u8>, P: Path<S, AwSet<u8>>>(
        at: Reader<'_, S, AwSet<u8>, P>,
    ) -> BTreeSet<u8> {
        told(at.iter(), |element| at.contains(&element), at.len())
    }

    /// Bieniusa et al. 2012: there is an addition that no removal has seen.
    fn model(events: &[Event<SetOp>]) -> BTreeSet<u8> {
        elements(|element| {
            not_reset(events).any(|(added, op)| {
                let removed = not_reset(events)
                    .any(|(by, op)| *op == SetOp::Remove(element) && by.has_seen(added));
                *op == SetOp::Insert(element) && !removed
            })
        })
    }

    fn holds(view: &BTreeSet<u8>) -> bool {
        !view.is_empty()
    }
}

pub(crate) struct RwSets;

impl Nestable for RwSets {
    type Kind = RwSet<u8>;
    type Op = SetOp;
    type View = BTreeSet<u8>;

    fn ops() -> BoxedStrategy<SetOp> {
        set_ops()
    }

    fn write<'a, S, P>(
        at: Writer<'a, S, RwSet<u8>, P>,
        op: &SetOp,
    ) -> Result<Delta<'a, S>, WriteError>
    where
        S: State<Id = u8>,
        P: Path<S, RwSet<u8>>,
    {
        let (done, element) = match *op {
            SetOp::Insert(element) => (at.insert(element), element),
            SetOp::Remove(element) => (at.remove(element), element),
        };
        done.map_err(|refused| {
            assert_eq!(refused.value, element);
            refused.reason
        })
    }

    fn read<S: State<Id = u8>, P: Path<S, RwSet<u8>>>(
        at: Reader<'_, S, RwSet<u8>, P>,
    ) -> BTreeSet<u8> {
        told(at.iter(), |element| at.contains(&element), at.len())
    }

    /// Zeller, Bieniusa, Poetzsch-Heffter 2014: there is an addition, and for each removal an
    /// addition that has seen it.
    fn model(events: &[Event<SetOp>]) -> BTreeSet<u8> {
        elements(|element| {
            let done = |what: SetOp| not_reset(events).filter(move |(_, op)| **op == what);
            let additions = done(SetOp::Insert(element));
            let is_undone = |removed: &Event<SetOp>| {
                additions.clone().any(|(added, _)| added.has_seen(removed))
            };
            let mut removals = done(SetOp::Remove(element));
            additions.clone().next().is_some() && removals.all(|(removed, _)| is_undone(removed))
        })
    }

    fn holds(view: &BTreeSet<u8>) -> bool {
        !view.is_empty()
    }
}

pub(crate) struct GSets;

impl Nestable for GSets {
    type Kind = GSet<u8>;
    type Op = u8;
    type View = BTreeSet<u8>;

    fn ops() -> BoxedStrategy<u8> {
        (0..ELEMENTS).boxed()
    }

    fn write<'a, S, P>(at: Writer<'a, S, GSet<u8>, P>, op: &u8) -> Result<Delta<'a, S>, WriteError>
    where
        S: State<Id = u8>,
        P: Path<S, GSet<u8>>,
    {
        at.insert(*op).map_err(|refused| {
            assert_eq!(refused.value, *op);
            refused.reason
        })
    }

    fn read<S: State<Id = u8>, P: Path<S, GSet<u8>>>(
        at: Reader<'_, S, GSet<u8>, P>,
    ) -> BTreeSet<u8> {
        told(at.iter(), |element| at.contains(&element), at.len())
    }

    fn model(events: &[Event<u8>]) -> BTreeSet<u8> {
        not_reset(events).map(|(_, element)| *element).collect()
    }

    fn holds(view: &BTreeSet<u8>) -> bool {
        !view.is_empty()
    }

    fn is_news(view: &BTreeSet<u8>, op: &u8) -> bool {
        !view.contains(op)
    }
}

/// A change of a set at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StampedOp {
    pub(crate) at_us: u64,
    pub(crate) element: u8,
    pub(crate) adds: bool,
}

/// The last write of an element: when, by whom, and whether it was added.
type LastWrite = (HybridStamp, u8, bool);

pub(crate) struct LwwSets;

impl Nestable for LwwSets {
    type Kind = LwwSet<u8>;
    type Op = StampedOp;
    type View = BTreeMap<u8, LastWrite>;

    fn ops() -> BoxedStrategy<StampedOp> {
        // So few stamps that ties are common.
        let parts = (0..6_u64, 0..ELEMENTS, any::<bool>());
        parts.prop_map(|(at_us, element, adds)| StampedOp { at_us, element, adds }).boxed()
    }

    fn write<'a, S, P>(
        at: Writer<'a, S, LwwSet<u8>, P>,
        op: &StampedOp,
    ) -> Result<Delta<'a, S>, WriteError>
    where
        S: State<Id = u8>,
        P: Path<S, LwwSet<u8>>,
    {
        let when = stamp(op.at_us);
        let done = if op.adds { at.insert(when, op.element) } else { at.remove(when, op.element) };
        done.map_err(|refused| {
            assert_eq!(refused.value, op.element);
            refused.reason
        })
    }

    fn read<S: State<Id = u8>, P: Path<S, LwwSet<u8>>>(
        at: Reader<'_, S, LwwSet<u8>, P>,
    ) -> BTreeMap<u8, LastWrite> {
        told(at.iter(), |element| at.contains(&element), at.len());
        let write = |element| {
            let last = at.stamp(&element)?;
            Some((element, (last.stamp, last.node, at.contains(&element))))
        };
        (0..ELEMENTS).filter_map(write).collect()
    }

    /// Shapiro et al. 2011: the last write of an element decides; of two with one stamp, that of
    /// the larger id; of two by one replica, the later.
    fn model(events: &[Event<StampedOp>]) -> BTreeMap<u8, LastWrite> {
        let last = |element| {
            let writes = not_reset(events).filter(|(_, op)| op.element == element);
            let (event, op) =
                writes.max_by_key(|(event, op)| (op.at_us, event.replica, event.id))?;
            Some((element, (stamp(op.at_us), event.replica, op.adds)))
        };
        (0..ELEMENTS).filter_map(last).collect()
    }

    /// When an element was removed is forgotten.
    fn lasting(mut view: BTreeMap<u8, LastWrite>) -> BTreeMap<u8, LastWrite> {
        view.retain(|_, (_, _, added)| *added);
        view
    }

    fn holds(view: &BTreeMap<u8, LastWrite>) -> bool {
        view.values().any(|(_, _, added)| *added)
    }

    fn is_stale(view: &BTreeMap<u8, LastWrite>, me: u8, op: &StampedOp) -> bool {
        let last = view.get(&op.element);
        last.is_some_and(|(when, by, _)| (*when, *by) > (stamp(op.at_us), me))
    }
}

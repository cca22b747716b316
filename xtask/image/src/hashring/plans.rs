//! Operations of plans, and of the ranges that they come from.

use core::fmt::Write;

use synod_hashring::{
    DifferentPoints, Inline, Move, PartitionRanges, Placement, Plan, Points, Ranged, Ranges,
    RingRanges, Transfer,
};

use super::{Assigned, Boards};
use crate::text::Buffer;

type Moves<'a> = Plan<'a, Boards, Boards, 3>;
type Moved = Move<u16, 3>;
type Parts<'a> = PartitionRanges<'a, u16, Inline<8>, Inline<192>, 3>;

operations! {
    "Plan::new" => fn(before: &Boards, after: &Boards) -> Result<Option<Moved>, DifferentPoints> {
        Moves::new(before, after).map(|mut plan| plan.next())
    }
    "Plan::below" => fn(
        before: &Boards, after: &Boards, first: u64
    ) -> Result<Option<Moved>, DifferentPoints> {
        Moves::below(before, after, first).map(|mut plan| plan.next())
    }
    "Plan as Iterator (next)" => fn(plan: &mut Moves<'static>) -> Option<Moved> { plan.next() }
    "Move::contains" => fn(range: &Moved, point: u64) -> bool { range.contains(point) }
    "Move::transfers" => fn(range: &Moved) -> Option<Transfer<u16>> { range.transfers().last() }
    "Move::given_up" => fn(range: &Moved) -> Option<u16> { range.given_up().last() }
    "DifferentPoints as Display" => fn(error: &DifferentPoints, text: &mut Buffer) -> bool {
        write!(text, "{error}").is_ok()
    }
    "Ring as Ranged (points)" => fn(ring: &Boards) -> Points { ring.points() }
    "Ring as Ranged (ranges_down)" => fn(ring: &Boards, last: u64) -> u64 {
        ring.ranges_down::<3>(last).first()
    }
    "RingRanges as Ranges (first)" => fn(ranges: &RingRanges<'static, u16, 3>) -> u64 {
        ranges.first()
    }
    "RingRanges as Ranges (nodes)" => fn(ranges: &RingRanges<'static, u16, 3>) -> Option<u16> {
        ranges.nodes().first().copied()
    }
    "RingRanges as Ranges (descend)" => fn(ranges: &mut RingRanges<'static, u16, 3>) {
        ranges.descend();
    }
    "Ranges::steps (of a ring)" => fn(ranges: &RingRanges<'static, u16, 3>) -> Option<(u64, Option<u16>)> {
        ranges.steps().next()
    }
    "Ranges::take_steps (of a ring)" => fn(ranges: &mut RingRanges<'static, u16, 3>, count: usize) {
        ranges.take_steps(count);
    }
    "Points::last" => fn(points: &Points) -> u64 { points.last() }
    "Partitions as Ranged (points)" => fn(table: &Assigned) -> Points { table.points() }
    "Partitions as Ranged (ranges_down)" => fn(table: &Assigned, last: u64) -> u64 {
        table.ranges_down::<3>(last).first()
    }
    "PartitionRanges as Ranges (first)" => fn(ranges: &Parts<'static>) -> u64 { ranges.first() }
    "PartitionRanges as Ranges (nodes)" => fn(ranges: &Parts<'static>) -> Option<u16> {
        ranges.nodes().first().copied()
    }
    "PartitionRanges as Ranges (descend)" => fn(ranges: &mut Parts<'static>) { ranges.descend(); }
    "Plan as Iterator (from a table to a ring)" => fn(
        before: &Assigned, after: &Boards
    ) -> Option<Moved> {
        Plan::<_, _, 3>::new(before, after).ok()?.next()
    }
    "Placement::owner (asked by reference)" => fn(ring: &Boards, key: &[u8]) -> Option<u16> {
        let ring = &ring;
        let is_any = ring.first_where_of_point(ring.point(key), |_| ring.node_count() > 0).is_some();
        ring.owner(key).filter(|_| is_any)
    }
}

//! Exchanges along shortest paths.
//!
//! A node with an entry too many makes place in one row for a node that makes place in another row,
//! and so on, to a node with an entry too few. If each path that is taken is one of least cost, all
//! of them together cost as little as can be: each is a shortest path in the residual graph of a
//! flow of least cost, which it leaves one of least cost.

use crate::partitions::table::NOBODY;

/// What nodes may exchange in the rows of a table.
pub(crate) trait Exchange {
    /// How many rows there are.
    fn rows(&self) -> u16;

    /// Offers every exchange in a row that might shorten a path.
    fn offer(&self, row: u16, paths: &mut Paths<'_>);

    /// The first node that may make place for another one in a row at a cost (−1, 0 or 1) that
    /// `accepts` says yes to.
    fn giver(&self, row: u16, to: u16, accepts: impl Fn(u16, i64) -> bool) -> Option<u16>;

    /// Puts one where another one is.
    fn exchange(&mut self, row: u16, from: u16, to: u16);
}

/// How many entries a node has, and is to have.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    pub(crate) has: u32,
    pub(crate) least: u32,
    pub(crate) most: u32,
}

impl Count {
    /// How many it has too few.
    pub(crate) const fn lacks(&self) -> u32 {
        self.least.saturating_sub(self.has)
    }

    /// One entry goes from one place to another; either may be nobody's.
    pub(crate) fn pass(counts: &mut [Self], from: u16, to: u16) {
        if let Some(count) = counts.get_mut(usize::from(from)) {
            count.has = count.has.saturating_sub(1);
        }
        if let Some(count) = counts.get_mut(usize::from(to)) {
            count.has = count.has.saturating_add(1);
        }
    }
}

/// What is known of the paths to a node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// Of the shortest one.
    length: i64,
    /// The first row that may still have one who makes place for the node.
    row: u16,
    /// For whom it makes place on the path that is being taken; itself at the end of it; nobody
    /// where it is not on it.
    next: u16,
}

impl Step {
    pub(crate) const NONE: Self = Self { length: i64::MAX, row: 0, next: NOBODY };
    const START: Self = Self { length: 0, ..Self::NONE };
}

/// What a cost of 1 adds to the length of a path. Each step adds 1 besides, so that of the paths of
/// one cost those of the fewest steps are the shortest.
const COST: i64 = 1 << 32;

const fn after(length: i64, cost: i64) -> i64 {
    length.saturating_add(cost.saturating_mul(COST)).saturating_add(1)
}

/// How long the path to a node is; `None` where none is known. An entry of nobody's is a start.
fn length(steps: &[Step], node: u16) -> Option<i64> {
    if node == NOBODY {
        return Some(0);
    }
    let length = steps.get(usize::from(node))?.length;
    (length < i64::MAX).then_some(length)
}

/// The shortest paths to all nodes that are known.
pub(crate) struct Paths<'a> {
    steps: &'a mut [Step],
    /// The length of the longest one.
    longest: i64,
    has_improved: bool,
}

impl Paths<'_> {
    /// How long the path to a node is; `None` where none is known.
    pub(crate) fn length(&self, node: u16) -> Option<i64> {
        length(self.steps, node)
    }

    /// Whether there is a node to which it would be shorter by one more step, at the end of such a
    /// path.
    pub(crate) const fn may_improve(&self, length: i64, cost: i64) -> bool {
        after(length, cost) < self.longest
    }

    /// Whether that is such a node.
    pub(crate) fn would_improve(&self, length: i64, cost: i64, to: u16) -> bool {
        let step = self.steps.get(usize::from(to));
        step.is_some_and(|step| after(length, cost) < step.length)
    }

    /// Notes it.
    pub(crate) fn improve(&mut self, length: i64, cost: i64, to: u16, row: u16) {
        if let Some(step) = self.steps.get_mut(usize::from(to)) {
            step.length = after(length, cost);
            step.row = row;
            self.has_improved = true;
        }
    }

    /// To be called after some that may have been the longest improved.
    pub(crate) fn find_longest(&mut self) {
        self.longest = self.steps.iter().fold(0, |longest, step| longest.max(step.length));
    }
}

/// Exchanges until no node has too many or too few, if that can be. `steps` are as many as the
/// nodes.
///
/// It finds the lengths of all shortest paths, takes all paths of the least cost that it comes
/// upon, and begins again while there are any. A search is a pass over the table for each step of
/// the longest path; all paths after it, a pass for each node.
pub(crate) fn settle(rules: &mut impl Exchange, counts: &mut [Count], steps: &mut [Step]) {
    while settle_once(rules, counts, steps, |c| c.has > c.most, |c| c.has < c.most) {}
    while settle_once(rules, counts, steps, |c| c.has > c.least, |c| c.has < c.least) {}
}

/// Whether there was a path to take.
fn settle_once(
    rules: &mut impl Exchange,
    counts: &mut [Count],
    steps: &mut [Step],
    is_start: impl Fn(&Count) -> bool,
    is_end: impl Fn(&Count) -> bool,
) -> bool {
    if !counts.iter().any(&is_end) {
        return false;
    }
    find_paths(rules, counts, steps, &is_start);
    let ends = counts.iter().zip(steps.iter()).filter(|(count, _)| is_end(count));
    let Some(least) = ends.map(|(_, step)| step.length).min() else { return false };
    // One step for each node is less than a cost of 1.
    let most = least.saturating_add(COST / 2);
    let mut taken = false;
    for end in 0..u16::try_from(steps.len()).unwrap_or(NOBODY) {
        while counts.get(usize::from(end)).is_some_and(&is_end)
            && length(steps, end).is_some_and(|length| length <= most)
        {
            let Some(start) = take_path(rules, counts, steps, end, &is_start) else { break };
            Count::pass(counts, start, end);
            taken = true;
        }
    }
    taken
}

/// Finds the lengths of the shortest paths from all starts (Bellman and Ford).
fn find_paths(
    rules: &impl Exchange,
    counts: &[Count],
    steps: &mut [Step],
    is_start: impl Fn(&Count) -> bool,
) {
    for (count, step) in counts.iter().zip(steps.iter_mut()) {
        *step = if is_start(count) { Step::START } else { Step::NONE };
    }
    let mut paths = Paths { steps, longest: i64::MAX, has_improved: false };
    for _ in counts {
        for row in 0..rules.rows() {
            rules.offer(row, &mut paths);
        }
        if !paths.has_improved {
            return;
        }
        paths.has_improved = false;
    }
}

/// Takes a shortest path to a node, from its end on: where it starts. Who cannot be reached any
/// more is left out from then on.
fn take_path(
    rules: &mut impl Exchange,
    counts: &[Count],
    steps: &mut [Step],
    end: u16,
    is_start: impl Fn(&Count) -> bool,
) -> Option<u16> {
    let mut at = end;
    steps.get_mut(usize::from(at))?.next = end;
    loop {
        let is_at_start = length(steps, at) == Some(0);
        if is_at_start && counts.get(usize::from(at)).is_some_and(&is_start) {
            leave(steps, at);
            return Some(at);
        }
        let from = if is_at_start { None } else { take_step(rules, steps, at) };
        match from {
            Some(NOBODY) => {
                leave(steps, at);
                return Some(NOBODY);
            }
            Some(from) => {
                steps.get_mut(usize::from(from))?.next = at;
                at = from;
            }
            None => {
                let step = steps.get_mut(usize::from(at))?;
                let next = step.next;
                *step = Step::NONE;
                if next == at {
                    return None;
                }
                rules.exchange(steps.get(usize::from(next))?.row, next, at);
                at = next;
            }
        }
    }
}

/// Makes place for a node: who does.
fn take_step(rules: &mut impl Exchange, steps: &mut [Step], to: u16) -> Option<u16> {
    let step = *steps.get(usize::from(to))?;
    let is_free = |from: u16| steps.get(usize::from(from)).is_none_or(|step| step.next == NOBODY);
    let is_shortest = |from: u16, cost: i64| {
        let length = length(steps, from).map(|length| after(length, cost));
        length.is_some_and(|length| length <= step.length) && is_free(from)
    };
    let mut rows = step.row..rules.rows();
    let found = rows.find_map(|row| Some((row, rules.giver(row, to, is_shortest)?)));
    let row = found.map_or(rules.rows(), |(row, _)| row);
    steps.get_mut(usize::from(to))?.row = row;
    let (_, from) = found?;
    rules.exchange(row, from, to);
    Some(from)
}

/// Ends a path.
fn leave(steps: &mut [Step], start: u16) {
    let mut at = start;
    while let Some(step) = steps.get_mut(usize::from(at)) {
        at = core::mem::replace(&mut step.next, NOBODY);
    }
}

//! Exchanges along shortest paths.
//!
//! A node with an entry too many makes place in one row for a node that makes place in another row, and so
//! on, to a node with an entry too few. If each path that is taken is the shortest there is, all of them
//! together cost as little as can be (successive shortest paths: Ahuja, Magnanti and Orlin, "Network Flows",
//! 1993, 9.7).

use crate::table::NOBODY;

/// What nodes may exchange in the rows of a table.
pub(crate) trait Exchange {
    /// How many rows there are.
    fn rows(&self) -> u16;

    /// What it costs that one node makes place for another one in a row: −1, 0 or 1; `None` where it may
    /// not.
    fn cost(&self, row: u16, from: u16, to: u16) -> Option<i64>;

    /// Does it.
    fn exchange(&mut self, row: u16, from: u16, to: u16);

    /// Offers every exchange in a row that might shorten a path.
    fn offer(&self, row: u16, paths: &mut Paths<'_>);
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

/// The end of the shortest path to a node: for whom it makes place, in which row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    length: i64,
    from: u16,
    row: u16,
}

impl Step {
    pub(crate) const NONE: Self = Self { length: i64::MAX, from: NOBODY, row: 0 };
    const START: Self = Self { length: 0, from: NOBODY, row: 0 };
}

/// What a cost of 1 adds to the length of a path. Each step adds 1 besides, so that of the paths of one
/// cost that of the fewest steps is the shortest.
const COST: i64 = 1 << 32;

/// The shortest paths to all nodes that are known.
pub(crate) struct Paths<'a> {
    steps: &'a mut [Step],
    /// The length of the longest one.
    longest: i64,
    has_improved: bool,
}

impl Paths<'_> {
    /// How long the path to a node is; `None` where none is known. An entry of nobody's is a start.
    pub(crate) fn length(&self, node: u16) -> Option<i64> {
        if node == NOBODY {
            return Some(0);
        }
        let length = self.steps.get(usize::from(node))?.length;
        (length < i64::MAX).then_some(length)
    }

    /// Whether there is a node to which it would be shorter by one more step, at the end of such a path.
    pub(crate) const fn may_improve(&self, length: i64, cost: i64) -> bool {
        after(length, cost) < self.longest
    }

    /// Whether that is such a node.
    pub(crate) fn would_improve(&self, length: i64, cost: i64, to: u16) -> bool {
        let step = self.steps.get(usize::from(to));
        step.is_some_and(|step| after(length, cost) < step.length)
    }

    /// Takes that step.
    pub(crate) fn improve(&mut self, length: i64, cost: i64, step: (u16, u16, u16)) {
        let (row, from, to) = step;
        if let Some(step) = self.steps.get_mut(usize::from(to)) {
            *step = Step { length: after(length, cost), from, row };
            self.has_improved = true;
        }
    }

    /// To be called after some that may have been the longest improved.
    pub(crate) fn find_longest(&mut self) {
        self.longest = self.steps.iter().fold(0, |longest, step| longest.max(step.length));
    }
}

const fn after(length: i64, cost: i64) -> i64 {
    length.saturating_add(cost.saturating_mul(COST)).saturating_add(1)
}

/// Exchanges until no node has too many or too few, if that can be.
///
/// Each search is a pass over the table for every step of the longest path. What it finds is used as often as it
/// can be. `steps` are as many as the nodes.
pub(crate) fn settle(rules: &mut impl Exchange, counts: &mut [Count], steps: &mut [Step]) {
    // A hole in the table is a start, too: hence there may be one while nobody has too many.
    let holes = |count: &Count| count.has > count.most;
    settle_between(rules, counts, steps, holes, |count| count.has < count.most);
    settle_between(
        rules,
        counts,
        steps,
        |count| count.has > count.least,
        |count| count.has < count.least,
    );
}

fn settle_between(
    rules: &mut impl Exchange,
    counts: &mut [Count],
    steps: &mut [Step],
    is_start: impl Fn(&Count) -> bool,
    is_end: impl Fn(&Count) -> bool,
) {
    while counts.iter().any(&is_end) {
        find_paths(rules, counts, steps, &is_start);
        let ends = (0..NOBODY).zip(counts.iter().zip(steps.iter()));
        let ends = ends.filter(|(_, (count, step))| is_end(count) && step.length < i64::MAX);
        let Some((end, _)) = ends.min_by_key(|(_, (_, step))| step.length) else { return };
        let mut taken = false;
        while counts.get(usize::from(end)).is_some_and(&is_end) {
            let Some(start) = take(rules, counts, steps, end, &is_start) else { break };
            Count::pass(counts, start, end);
            taken = true;
        }
        if !taken {
            return;
        }
    }
}

/// Finds the shortest paths from all starts (Bellman and Ford).
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

/// Takes the path to a node once, from its end on, if each of its steps is still possible: where it starts.
fn take(
    rules: &mut impl Exchange,
    counts: &[Count],
    steps: &mut [Step],
    end: u16,
    is_start: impl Fn(&Count) -> bool,
) -> Option<u16> {
    let mut to = end;
    for _ in 0..=counts.len() {
        let step = *steps.get(usize::from(to))?;
        if step.length == 0 {
            if counts.get(usize::from(to)).is_some_and(is_start) {
                return Some(to);
            }
            break;
        }
        let before = match step.from {
            NOBODY => 0,
            from => steps.get(usize::from(from))?.length,
        };
        let is_possible = |row: &u16| {
            let cost = rules.cost(*row, step.from, to);
            cost.is_some_and(|cost| after(before, cost) <= step.length)
        };
        let Some(row) = (step.row..rules.rows()).find(is_possible) else { break };
        rules.exchange(row, step.from, to);
        if let Some(step) = steps.get_mut(usize::from(to)) {
            step.row = row;
        }
        if step.from == NOBODY {
            return Some(NOBODY);
        }
        to = step.from;
    }
    undo(rules, steps, end, to);
    None
}

/// Takes the steps of a path back, from its end to a node.
fn undo(rules: &mut impl Exchange, steps: &[Step], end: u16, last: u16) {
    let mut to = end;
    for _ in steps {
        if to == last {
            return;
        }
        let Some(step) = steps.get(usize::from(to)) else { return };
        rules.exchange(step.row, to, step.from);
        to = step.from;
    }
}

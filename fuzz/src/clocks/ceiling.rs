//! A ceiling with a disk and crashes: nothing is ever issued twice.

use std::num::NonZeroU64;

use arbitrary::Arbitrary;
use synod_clocks::{Ceiling, IssueError, UnknownBound};

use crate::edge::Edge;

/// A node, and what happens to it.
#[derive(Arbitrary, Debug)]
pub struct Scenario {
    block: Edge,
    /// What the disk holds at the start.
    disk: Edge,
    steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
enum Step {
    /// The host asks what to write.
    Poll,
    /// What is being written reaches the disk.
    Write,
    /// The host reports the write that reached the disk.
    Report,
    /// The host reports something else.
    Misreport(Edge),
    /// The node issues numbers.
    Issue(u8),
    /// Another clock announces where it is going.
    Reserve(Edge),
    /// Another clock announces where it is going, relative to what is durable.
    ReserveAhead(Edge),
    /// Another clock asks whether it may use a number so far above what is durable, or below.
    Use { number: Edge, below: bool },
    /// The host writes all that is asked for, and reports it.
    Drain,
    /// The node loses all but the disk.
    Crash,
}

/// A node with its disk.
#[derive(Debug)]
struct Node {
    ceiling: Ceiling,
    block: NonZeroU64,
    disk: u64,
    /// The bound that the host was told to write.
    writing: Option<u64>,
    /// The bound on the disk that was not reported yet.
    unreported: Option<u64>,
    /// The largest number that this life, or one before, issued.
    issued: u64,
    /// The largest number that a life before this one issued, or let another clock use.
    used_before: u64,
    /// The largest number that this life issued, or let another clock use.
    used: u64,
    /// The largest number that this life issued or was asked for.
    demand: u64,
}

impl Scenario {
    /// Plays the steps.
    pub fn check(&self) {
        let block = NonZeroU64::new(self.block.0).unwrap_or(NonZeroU64::MIN);
        let mut node = Node {
            ceiling: Ceiling::recover(block, self.disk.0),
            block,
            disk: self.disk.0,
            writing: None,
            unreported: None,
            issued: self.disk.0,
            used_before: self.disk.0,
            used: self.disk.0,
            demand: self.disk.0,
        };
        for step in self.steps.iter().take(100) {
            node.apply(step);
        }
    }
}

impl Node {
    fn apply(&mut self, step: &Step) {
        match step {
            Step::Poll => self.poll(),
            Step::Write => self.write(),
            Step::Report => self.report(),
            Step::Misreport(bound) => self.misreport(bound.0),
            Step::Issue(times) => {
                for _ in 0..*times {
                    self.issue();
                }
            }
            Step::Reserve(number) => self.reserve(number.0),
            Step::ReserveAhead(ahead) => {
                self.reserve(self.ceiling.bound().saturating_add(ahead.0));
            }
            Step::Use { number, below } => {
                let bound = self.ceiling.bound();
                self.use_number(match below {
                    true => bound.saturating_sub(number.0),
                    false => bound.saturating_add(number.0),
                });
            }
            Step::Drain => self.drain(),
            Step::Crash => self.crash(),
        }
        assert!(self.ceiling.bound() <= self.disk, "only what is on the disk is durable");
        assert_eq!(self.ceiling.pending(), self.writing.or(self.unreported));
    }

    fn poll(&mut self) {
        let before = self.ceiling.clone();
        match self.ceiling.poll_output() {
            Some(bound) => {
                assert_eq!(self.writing.or(self.unreported), None, "one write at a time");
                assert!(bound > self.ceiling.bound());
                assert!(bound >= self.demand);
                self.writing = Some(bound);
            }
            None => assert_eq!(self.ceiling, before),
        }
    }

    fn write(&mut self) {
        if let Some(bound) = self.writing.take() {
            self.disk = bound;
            self.unreported = Some(bound);
        }
    }

    fn report(&mut self) {
        if let Some(bound) = self.unreported.take() {
            assert_eq!(self.ceiling.handle_persisted(bound), Ok(()));
            assert_eq!(self.ceiling.bound(), bound);
            assert_eq!(self.ceiling.handle_persisted(bound), Err(UnknownBound));
        }
    }

    fn misreport(&mut self, bound: u64) {
        if self.writing.or(self.unreported) != Some(bound) {
            let before = self.ceiling.clone();
            assert_eq!(self.ceiling.handle_persisted(bound), Err(UnknownBound));
            assert_eq!(self.ceiling, before);
        }
    }

    fn issue(&mut self) {
        let before = self.ceiling.clone();
        match self.ceiling.issue() {
            Ok(number) => {
                assert_eq!(self.issued.checked_add(1), Some(number), "each number once");
                assert!(number > self.used_before, "a life before may have used it");
                assert!(number <= self.disk, "a life after would issue it again");
                assert!(self.ceiling.covers(number));
                self.issued = number;
                self.used = self.used.max(number);
                self.demand = self.demand.max(number);
            }
            Err(error) => {
                let due = match self.issued {
                    u64::MAX => IssueError::Exhausted,
                    _ => IssueError::Unreserved,
                };
                assert_eq!(error, due);
                assert!(self.issued == self.ceiling.bound());
                assert_eq!(self.ceiling, before);
            }
        }
    }

    fn reserve(&mut self, number: u64) {
        self.demand = self.demand.max(number);
        self.ceiling.reserve(number);
    }

    fn use_number(&mut self, number: u64) {
        if self.ceiling.covers(number) {
            assert!(number > self.used_before, "a life before may have used it");
            assert!(number <= self.disk, "a life after would use it again");
            self.used = self.used.max(number);
        } else {
            let bound = self.ceiling.bound();
            assert!(number <= self.ceiling.floor() || number > bound);
        }
    }

    /// After all is written, half a block is free above what was asked for.
    fn drain(&mut self) {
        for _ in 0..4 {
            self.write();
            self.report();
            self.poll();
        }
        assert_eq!(self.writing, None, "the writes come to an end");
        let free = self.block.get().div_ceil(2);
        assert!(self.ceiling.bound() >= self.demand.saturating_add(free));
        assert!(self.issued == u64::MAX || self.ceiling.covers(self.issued + 1));
    }

    fn crash(&mut self) {
        self.ceiling = Ceiling::recover(self.block, self.disk);
        assert_eq!(self.ceiling.floor(), self.disk);
        self.used_before = self.used_before.max(self.used);
        (self.writing, self.unreported) = (None, None);
        (self.issued, self.demand) = (self.disk, self.disk);
    }
}

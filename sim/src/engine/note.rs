//! What is noted for people.

use alloc::{format, string::String};

use super::Engine;
use crate::{
    diary::{Moment, Mood},
    network::Payload,
    report::Report,
    violation::Verdict,
};

impl<M: Payload, R, T: Copy> Engine<M, R, T> {
    /// Something happens at a node.
    pub(crate) fn diarise(&mut self, node: usize, mood: Mood, text: impl FnOnce() -> String) {
        if let Some(diary) = &mut self.diary {
            diary.note(Moment::Note { at_us: self.now_us, node, mood, text: text() });
        }
    }

    /// A message leaves now.
    pub(crate) fn arrow(
        &mut self,
        (from, to): (usize, usize),
        arrives_us: Option<u64>,
        text: impl FnOnce() -> String,
    ) {
        if let Some(diary) = &mut self.diary {
            let sent_us = self.now_us;
            diary.note(Moment::Arrow { sent_us, arrives_us, from, to, text: text() });
        }
    }

    /// Something happens to the world.
    pub(super) fn note_world(&mut self, text: impl FnOnce() -> String) {
        if let Some(diary) = &mut self.diary {
            diary.note(Moment::World { at_us: self.now_us, text: text() });
        }
    }

    /// Notes which links are down, if they are not those any more.
    pub(super) fn note_links(&mut self) {
        let cuts = &self.network.cuts;
        if self.diary.is_some() && *cuts != self.noted {
            self.noted.clone_from(cuts);
            let text = cuts.describe();
            self.note_world(|| text);
        }
    }

    /// What a run has shown that ends with this verdict.
    pub(crate) fn report<K, C>(
        mut self,
        verdict: Verdict,
        calls: u64,
        marks: K,
        counts: C,
    ) -> Report<K, C> {
        let violation = verdict.err();
        if let Some(violation) = &violation {
            self.diarise(violation.node, Mood::Wrong, || format!("{violation}"));
        }
        let (simulated_us, hash) = (self.now_us, self.trace.hash());
        let Self { tally, diary, .. } = self;
        Report { violation, calls, counts, simulated_us, hash, tally, marks, diary }
    }
}

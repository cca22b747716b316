//! What chaos has come to.

use std::{collections::BTreeMap, fmt, time::Duration};

/// Fewer acknowledged operations than this prove nothing.
const ENOUGH: u64 = 200;
/// How many faults are shown.
const SHOWN: usize = 5;

/// What was counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// Operations that were acknowledged.
    pub acknowledged: u64,
    /// Operations of which nobody knows whether they were applied.
    pub unknown: u64,
    /// Operations that were refused, and not applied.
    pub refused: u64,
    /// Errors of any other kind, which are unknown too, and how often each came.
    pub errors: BTreeMap<String, u64>,
    /// How long it took from the kill of a leader to the first write that was begun and
    /// acknowledged after that, where nothing else was disturbed.
    pub fail_overs: Vec<Duration>,
    /// What was done to nodes, and how often.
    pub disturbances: BTreeMap<&'static str, u64>,
    /// How many leaders were killed.
    pub leaders_killed: u64,
    /// Histories that were checked.
    pub histories: u64,
    /// Appends that were acknowledged and are not there.
    pub lost: usize,
    /// What was wrong with the histories.
    pub faults: Vec<String>,
}

/// What chaos has come to.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// The chances that it took.
    pub seed: u64,
    /// What was counted.
    pub counts: Counts,
    /// Why it was not checked to the end, if so.
    pub failure: Option<String>,
}

impl Verdict {
    /// Whether nothing was lost, all was linearizable, and there was enough of it.
    pub(crate) fn is_good(&self) -> bool {
        self.failure.is_none()
            && self.counts.lost == 0
            && self.counts.faults.is_empty()
            && !self.is_vacuous()
    }

    fn is_vacuous(&self) -> bool {
        self.counts.acknowledged < ENOUGH || self.counts.leaders_killed == 0
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { acknowledged, unknown, refused, histories, lost, faults, .. } = &self.counts;
        writeln!(f, "seed          {}", self.seed)?;
        let done: Vec<String> = self
            .counts
            .disturbances
            .iter()
            .map(|(what, times)| format!("{what} {times}"))
            .collect();
        writeln!(f, "faults        {}", done.join(", "))?;
        writeln!(
            f,
            "operations    {acknowledged} acknowledged, {unknown} unknown, {refused} refused"
        )?;
        for (error, times) in &self.counts.errors {
            writeln!(f, "              {times} times: {error}")?;
        }
        let mut times = self.counts.fail_overs.clone();
        times.sort_unstable();
        if let (Some(median), Some(longest)) = (times.get(times.len() / 2), times.last()) {
            let (median, longest) = (median.as_millis(), longest.as_millis());
            let number = times.len();
            writeln!(f, "fail-over     {number} times, median {median} ms, longest {longest} ms")?;
        }
        writeln!(f, "lost          {lost}")?;
        let answer = match (&self.failure, faults.is_empty()) {
            (None, true) => "yes",
            (Some(_), true) => "undecided",
            (_, false) => "no",
        };
        writeln!(f, "linearizable  {answer}, of {histories} histories")?;
        faults.iter().take(SHOWN).try_for_each(|fault| writeln!(f, "              {fault}"))?;
        if let Some(failure) = &self.failure {
            writeln!(f, "failure       {failure}")?;
        }
        if self.is_vacuous() {
            writeln!(f, "              too little happened for that to mean anything")?;
        }
        write!(f, "verdict       {}", if self.is_good() { "good" } else { "BAD" })
    }
}

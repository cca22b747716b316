//! What an algorithm makes of a case.

use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use synod_hashring::Placement;

use crate::algorithms::Algorithm;
use crate::case::Case;
use crate::counting::{Counting, Loads, Replicas};
use crate::keys::{Keys, Lines};
use crate::progress::Progress;
use crate::shares::float;

pub(crate) struct Report {
    pub(crate) name: &'static str,
    /// Whether it takes the weights of nodes that take keys for equal.
    pub(crate) equal: bool,
    /// Or why there are no figures.
    pub(crate) figures: Result<Figures, String>,
}

pub(crate) struct Figures {
    pub(crate) owners: Loads,
    pub(crate) replicas: Option<Replicas>,
    pub(crate) owner_ns: f64,
    pub(crate) bytes: usize,
    pub(crate) build: Duration,
}

pub(crate) fn measure<A: Algorithm>(case: &Case, keys: &Keys, progress: &mut Progress) -> Report {
    progress.begin(A::NAME);
    Report { name: A::NAME, equal: A::EQUAL, figures: figures::<A>(case, keys, progress) }
}

/// Owners are those of a placement of one copy of each key: with more, partitions have other
/// owners.
fn figures<A: Algorithm>(
    case: &Case,
    keys: &Keys,
    progress: &mut Progress,
) -> Result<Figures, String> {
    let before = A::build(case, 1)?;
    let after = A::change(case, &before)?;
    let start = Instant::now();
    let many_before = A::build(case, case.replicas)?;
    let build = start.elapsed();
    let many_after = A::change(case, &many_before)?;

    let owner_ns = nanoseconds(&sample(keys), |sample| {
        for key in sample.iter() {
            black_box(before.owner(key));
        }
    });
    let mut owners = Loads::new(case, after.is_some());
    let mut counting = Counting::new(case, &many_before, many_after.as_ref());
    keys.for_each(|key| {
        let new = after.as_ref().and_then(|after| after.owner(key));
        owners.add(before.owner(key).as_slice(), new.as_slice());
        if case.replicas > 1 {
            counting.add(key);
        }
        progress.step();
    });
    let replicas = Some(counting.into_replicas());
    Ok(Figures { owners, replicas, owner_ns, bytes: A::bytes(&many_before), build })
}

/// Enough keys that a clock is exact, and no more than are done in an instant.
pub(crate) fn sample(keys: &Keys) -> Lines {
    keys.sample(usize::try_from(keys.count()).unwrap_or(usize::MAX).clamp(2_000, 100_000))
}

/// A key's part of the time of a pass: the median of five.
pub(crate) fn nanoseconds(sample: &Lines, pass: impl Fn(&Lines)) -> f64 {
    let mut times = [0; 5].map(|_: u8| {
        let start = Instant::now();
        pass(sample);
        start.elapsed()
    });
    times.sort_unstable();
    let [_, _, median, _, _] = times;
    median.as_secs_f64() * 1e9 / float(sample.count())
}

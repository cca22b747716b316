//! A smaller run that fails, too.

use synod_sim::{fault::Fault, settings::Settings};

/// Switches off what is not needed to fail, cuts the storm short, and takes nodes away, until
/// nothing helps any more. (What fails in the end may be another invariant, of the same cause.)
pub(crate) fn shrink(settings: &Settings, fails: impl Fn(&Settings) -> bool) -> Settings {
    let accept = |best: &mut Settings, change: &dyn Fn(&mut Settings)| {
        let mut candidate = *best;
        change(&mut candidate);
        let worse = fails(&candidate);
        if worse {
            *best = candidate;
        }
        worse
    };
    let mut best = *settings;
    loop {
        let before = best;
        for nodes in [3, 5].into_iter().filter(|&nodes| nodes < before.nodes) {
            if accept(&mut best, &|smaller| smaller.nodes = nodes) {
                break;
            }
        }
        for &fault in Fault::ALL.iter().filter(|&&fault| before.faults.has(fault)) {
            accept(&mut best, &|smaller| smaller.faults = smaller.faults.without(fault));
        }
        let mut cut = best.length_permille / 2;
        while cut > 0 {
            if !accept(&mut best, &|smaller| smaller.length_permille -= cut) {
                cut /= 2;
            }
            cut = cut.min(best.length_permille / 2);
        }
        if best == before {
            return best;
        }
    }
}

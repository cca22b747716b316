//! A cluster in its world, where the fuzzer makes some of the choices that are chance's otherwise:
//! which message is lost or late, what fails and when, who asks for what.
//!
//! The input is the seed of all other chance (two bytes), the number of nodes (one), how long the
//! storm is (one, in units of two thousandths of a whole one), which faults do not happen (four),
//! and then the choices, as pairs of bytes: how many are left to chance before, and what is chosen.
//! Where it ends, chance goes on.

use synod_sim::{
    fault::FaultSet,
    raft::{Settings, run_steered},
    random::Choices,
};

/// More choices than these say nothing new in so short a storm.
const LONGEST: usize = 512;

/// Runs the cluster of an input. Its checkers are the model.
pub fn check(bytes: &[u8]) {
    let Some((&[low, high, nodes, length, ref faults @ ..], choices)) =
        bytes.split_first_chunk::<8>()
    else {
        return;
    };
    let settings = Settings {
        faults: FaultSet(FaultSet::ALL.0 & !u64::from(u32::from_le_bytes(*faults))),
        length_permille: 10 + 2 * u64::from(length),
        ..Settings::new(u16::from_le_bytes([low, high]).into(), 2 + usize::from(nodes % 4))
    };
    let choices = Choices::new(choices.get(..LONGEST).unwrap_or(choices));
    let report = run_steered(&settings, choices);
    if let Some(violation) = report.violation {
        panic!("{violation}, in {settings:?}");
    }
}

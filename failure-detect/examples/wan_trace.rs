//! How soon does a detector notice a crash, and how often is it wrong? One trace of heartbeats over
//! a wide-area network, through every detector, with many thresholds: `cargo run --release -p
//! synod-failure-detect --example wan_trace [FILE.svg]`.
//!
//! The trace is made up, after what was measured of such networks: delays about 110 ms with a long
//! tail, and losses that come in bursts (Gilbert's model). One heartbeat is sent each 100 ms, for a
//! day. As in the papers, the time to detect a crash is that of one right after a heartbeat was
//! sent, in the mean over all heartbeats that arrived.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)] // An example may panic.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use core::fmt::Write;
use std::{env, fs};

use synod_failure_detect::{
    Detector, Exponential, FixedTimeout, Level, Logistic, Model, NfdE, NfdEConfig, Normal, Phi,
    PhiAccrual, PhiConfig, Policy,
};

const PERIOD_US: u64 = 100_000;
const HEARTBEATS: u64 = 864_000;

/// When a heartbeat arrives, when it was sent, and its number.
type Arrival = (u64, u64, u64);

/// The mean time to detect a crash, in seconds, and the mistakes an hour.
type Quality = (f64, f64);

fn main() {
    let trace = trace();
    println!("{} of {HEARTBEATS} heartbeats arrive", trace.len());
    let timeouts_us: Vec<u64> = (3..=40).map(|twentieths| twentieths * 50_000).collect();
    let phis: Vec<Phi> = (5..=160).step_by(5).map(|phi| Phi::from_tenths(phi).unwrap()).collect();
    let curves = [
        ("fixed timeout", curve(&timeouts_us, &trace, fixed)),
        ("NFD-E", curve(&timeouts_us, &trace, fresh)),
        ("φ, normal", curve(&phis, &trace, |phi| accrual::<Normal>(phi, 0))),
        (
            "φ, normal, a pause of 0.3 s",
            curve(&phis, &trace, |phi| accrual::<Normal>(phi, 300_000)),
        ),
        ("φ, logistic", curve(&phis, &trace, |phi| accrual::<Logistic>(phi, 0))),
        ("φ, exponential", curve(&phis, &trace, |phi| accrual::<Exponential>(phi, 0))),
    ];
    for (name, curve) in &curves {
        println!("{name}: seconds to detect a crash, mistakes an hour");
        curve.iter().for_each(|(seconds, mistakes)| println!("{seconds:10.3} {mistakes:10.2}"));
    }
    if let Some(file) = env::args().nth(1) {
        fs::write(&file, draw(&curves)).unwrap();
        println!("drawn into {file}");
    }
}

/// Chance, the same in each run: SplitMix64 (Steele, Lea, Flood 2014).
struct Chance(u64);

impl Chance {
    /// Between 0 and 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn trace() -> Vec<Arrival> {
    let (mut chance, mut is_bad, mut trace) = (Chance(1), false, Vec::new());
    for sequence in 1..=HEARTBEATS {
        // A burst of losses each five minutes, of a second in the mean.
        is_bad = chance.next() < if is_bad { 0.9 } else { 1.0 / 3_000.0 };
        if chance.next() < if is_bad { 0.7 } else { 0.002 } {
            continue;
        }
        let jitter_us = -(1.0 - chance.next()).ln() * if is_bad { 60_000.0 } else { 8_000.0 };
        let sent_us = sequence * PERIOD_US;
        trace.push((sent_us + 100_000 + jitter_us as u64, sent_us, sequence));
    }
    trace.sort_unstable();
    trace
}

fn fixed(timeout_us: u64) -> FixedTimeout<1> {
    FixedTimeout::new(0, Policy::new([timeout_us])).unwrap()
}

fn fresh(timeout_us: u64) -> NfdE<1000, 1> {
    // The same time from heartbeat to suspicion as a fixed timeout of this length, in the mean.
    let policy = Policy::new([timeout_us - PERIOD_US]);
    NfdE::new(0, NfdEConfig { policy, period_us: PERIOD_US }).unwrap()
}

fn accrual<M: Model>(threshold: Phi, acceptable_pause_us: u32) -> PhiAccrual<M, 1000, 1> {
    let config = PhiConfig {
        policy: Policy::new([threshold]),
        first_interval_us: PERIOD_US as u32,
        min_deviation_us: 1_000,
        acceptable_pause_us,
    };
    PhiAccrual::new(0, config).unwrap()
}

fn curve<T: Copy, D: Detector>(
    thresholds: &[T],
    trace: &[Arrival],
    new: impl Fn(T) -> D,
) -> Vec<Quality> {
    thresholds.iter().map(|threshold| quality(new(*threshold), trace)).collect()
}

fn quality(mut peer: impl Detector, trace: &[Arrival]) -> Quality {
    let (mut mistakes, mut arrived, mut detection_us) = (0_u64, 0_u64, 0);
    for (now_us, sent_us, sequence) in trace {
        if let Some(due_us) = peer.poll_timeout().filter(|due_us| due_us <= now_us) {
            peer.handle_timeout(due_us);
            mistakes += u64::from(peer.poll_output().is_some_and(|level| level != Level::TRUSTED));
        }
        if peer.heartbeat(*now_us, *sequence).is_ok() {
            arrived += 1;
            detection_us += peer.poll_timeout().unwrap_or(*now_us) - sent_us;
        }
        peer.poll_output();
    }
    let hours = (HEARTBEATS * PERIOD_US) as f64 / 3.6e9;
    (detection_us as f64 / arrived as f64 / 1e6, mistakes as f64 / hours)
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 480.0;
const MARGIN: f64 = 60.0;
/// What the picture reaches to.
const SECONDS: f64 = 2.0;
const MISTAKES: [f64; 2] = [0.1, 10_000.0];

fn x(seconds: f64) -> f64 {
    MARGIN + (WIDTH - 2.0 * MARGIN) * seconds / SECONDS
}

/// On a logarithmic scale.
fn y(mistakes: f64) -> f64 {
    let [least, most] = MISTAKES;
    let part = (mistakes.max(least) / least).ln() / (most / least).ln();
    HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * part
}

fn draw(curves: &[(&str, Vec<Quality>)]) -> String {
    let mut svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' \
         font-family='sans-serif' font-size='12'>\n<rect width='100%' height='100%' fill='white'/>\n"
    );
    let (left, right, bottom, top) = (x(0.0), x(SECONDS), y(MISTAKES[0]), y(MISTAKES[1]));
    for quarter in 0..=8_u32 {
        let seconds = f64::from(quarter) / 4.0;
        let at = x(seconds);
        writeln!(svg, "<path d='M{at:.1} {bottom:.1}V{top:.1}' stroke='#ddd'/>").unwrap();
        let below = bottom + 18.0;
        writeln!(svg, "<text x='{at:.1}' y='{below}' text-anchor='middle'>{seconds}</text>")
            .unwrap();
    }
    for power in -1..=4 {
        let mistakes = 10_f64.powi(power);
        let at = y(mistakes);
        writeln!(svg, "<path d='M{left:.1} {at:.1}H{right:.1}' stroke='#ddd'/>").unwrap();
        writeln!(svg, "<text x='{}' y='{at:.1}' text-anchor='end'>{mistakes}</text>", left - 6.0)
            .unwrap();
    }
    let (middle, below) = (WIDTH / 2.0, HEIGHT - 14.0);
    writeln!(
        svg,
        "<text x='{middle}' y='{below}' text-anchor='middle'>mean time to detect a crash, \
                   in seconds</text>"
    )
    .unwrap();
    writeln!(svg, "<text x='{left}' y='30'>mistakes an hour</text>").unwrap();
    let colours = ["#000", "#d62728", "#1f77b4", "#17becf", "#2ca02c", "#9467bd"];
    for ((row, (name, curve)), colour) in (0_u32..).zip(curves).zip(colours) {
        let shown = curve.iter().filter(|(seconds, _)| *seconds <= SECONDS);
        let points: Vec<String> = shown
            .map(|(seconds, mistakes)| format!("{:.1},{:.1}", x(*seconds), y(*mistakes)))
            .collect();
        let points = points.join(" ");
        writeln!(
            svg,
            "<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='2'/>"
        )
        .unwrap();
        let (at, height) = (right - 180.0, top + 20.0 + 18.0 * f64::from(row));
        writeln!(svg, "<text x='{at}' y='{height}' fill='{colour}'>{name}</text>").unwrap();
    }
    svg + "</svg>\n"
}

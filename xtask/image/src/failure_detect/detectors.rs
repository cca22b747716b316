//! Operations of the detectors of one peer.

use core::fmt::Write;

use synod_failure_detect::{
    Detector, Level, NfdEConfig, Phi, PhiConfig, Policy, PolicyError, StaleHeartbeat,
};

use super::{Fixed, Freshness, PhiExponential, PhiLogistic, PhiNormal};
use crate::text::Buffer;

operations! {
    "FixedTimeout::new" => fn(now_us: u64, policy: Policy<u64, 2>) -> Result<Fixed, PolicyError> {
        Fixed::new(now_us, policy)
    }
    "FixedTimeout as Detector (heartbeat)" => fn(
        peer: &mut Fixed, now_us: u64, sequence: u64
    ) -> Result<(), StaleHeartbeat> {
        peer.heartbeat(now_us, sequence)
    }
    "FixedTimeout as Detector (handle_timeout)" => fn(peer: &mut Fixed, now_us: u64) {
        peer.handle_timeout(now_us);
    }
    "FixedTimeout as Detector (handle_pause)" => fn(peer: &mut Fixed, now_us: u64) {
        peer.handle_pause(now_us);
    }
    "FixedTimeout as Detector (poll_timeout)" => fn(peer: &Fixed) -> Option<u64> {
        peer.poll_timeout()
    }
    "FixedTimeout as Detector (poll_output)" => fn(peer: &mut Fixed) -> Option<Level> {
        peer.poll_output()
    }
    "FixedTimeout as Detector (level)" => fn(peer: &Fixed) -> Level {
        peer.level()
    }
    "FixedTimeout as Detector (level_at)" => fn(peer: &Fixed, now_us: u64) -> Level {
        peer.level_at(now_us)
    }
    "NfdE::new" => fn(now_us: u64, config: NfdEConfig<2>) -> Result<Freshness, PolicyError> {
        Freshness::new(now_us, config)
    }
    "NfdE as Detector (heartbeat)" => fn(
        peer: &mut Freshness, now_us: u64, sequence: u64
    ) -> Result<(), StaleHeartbeat> {
        peer.heartbeat(now_us, sequence)
    }
    "NfdE as Detector (handle_timeout)" => fn(peer: &mut Freshness, now_us: u64) {
        peer.handle_timeout(now_us);
    }
    "NfdE as Detector (handle_pause)" => fn(peer: &mut Freshness, now_us: u64) {
        peer.handle_pause(now_us);
    }
    "NfdE as Detector (poll_timeout)" => fn(peer: &Freshness) -> Option<u64> {
        peer.poll_timeout()
    }
    "NfdE as Detector (poll_output)" => fn(peer: &mut Freshness) -> Option<Level> {
        peer.poll_output()
    }
    "NfdE as Detector (level)" => fn(peer: &Freshness) -> Level {
        peer.level()
    }
    "NfdE as Detector (level_at)" => fn(peer: &Freshness, now_us: u64) -> Level {
        peer.level_at(now_us)
    }
    "PhiAccrual::new (normal)" => fn(now_us: u64, config: PhiConfig<2>) -> Result<PhiNormal, PolicyError> {
        PhiNormal::new(now_us, config)
    }
    "PhiAccrual as Detector (normal, heartbeat)" => fn(
        peer: &mut PhiNormal, now_us: u64, sequence: u64
    ) -> Result<(), StaleHeartbeat> {
        peer.heartbeat(now_us, sequence)
    }
    "PhiAccrual as Detector (normal, handle_timeout)" => fn(peer: &mut PhiNormal, now_us: u64) {
        peer.handle_timeout(now_us);
    }
    "PhiAccrual as Detector (normal, handle_pause)" => fn(peer: &mut PhiNormal, now_us: u64) {
        peer.handle_pause(now_us);
    }
    "PhiAccrual as Detector (normal, poll_timeout)" => fn(peer: &PhiNormal) -> Option<u64> {
        peer.poll_timeout()
    }
    "PhiAccrual as Detector (normal, poll_output)" => fn(peer: &mut PhiNormal) -> Option<Level> {
        peer.poll_output()
    }
    "PhiAccrual as Detector (normal, level)" => fn(peer: &PhiNormal) -> Level {
        peer.level()
    }
    "PhiAccrual as Detector (normal, level_at)" => fn(peer: &PhiNormal, now_us: u64) -> Level {
        peer.level_at(now_us)
    }
    "PhiAccrual::phi (normal)" => fn(peer: &PhiNormal, now_us: u64) -> f64 {
        peer.phi(now_us)
    }
    "PhiAccrual::phi_millionths (normal)" => fn(peer: &PhiNormal, now_us: u64) -> u32 {
        peer.phi_millionths(now_us)
    }
    "PhiAccrual::new (logistic)" => fn(now_us: u64, config: PhiConfig<2>) -> Result<PhiLogistic, PolicyError> {
        PhiLogistic::new(now_us, config)
    }
    "PhiAccrual as Detector (logistic, heartbeat)" => fn(
        peer: &mut PhiLogistic, now_us: u64, sequence: u64
    ) -> Result<(), StaleHeartbeat> {
        peer.heartbeat(now_us, sequence)
    }
    "PhiAccrual as Detector (logistic, handle_timeout)" => fn(peer: &mut PhiLogistic, now_us: u64) {
        peer.handle_timeout(now_us);
    }
    "PhiAccrual as Detector (logistic, handle_pause)" => fn(peer: &mut PhiLogistic, now_us: u64) {
        peer.handle_pause(now_us);
    }
    "PhiAccrual as Detector (logistic, poll_timeout)" => fn(peer: &PhiLogistic) -> Option<u64> {
        peer.poll_timeout()
    }
    "PhiAccrual as Detector (logistic, poll_output)" => fn(peer: &mut PhiLogistic) -> Option<Level> {
        peer.poll_output()
    }
    "PhiAccrual as Detector (logistic, level)" => fn(peer: &PhiLogistic) -> Level {
        peer.level()
    }
    "PhiAccrual as Detector (logistic, level_at)" => fn(peer: &PhiLogistic, now_us: u64) -> Level {
        peer.level_at(now_us)
    }
    "PhiAccrual::phi (logistic)" => fn(peer: &PhiLogistic, now_us: u64) -> f64 {
        peer.phi(now_us)
    }
    "PhiAccrual::phi_millionths (logistic)" => fn(peer: &PhiLogistic, now_us: u64) -> u32 {
        peer.phi_millionths(now_us)
    }
    "PhiAccrual::new (exponential)" => fn(now_us: u64, config: PhiConfig<2>) -> Result<PhiExponential, PolicyError> {
        PhiExponential::new(now_us, config)
    }
    "PhiAccrual as Detector (exponential, heartbeat)" => fn(
        peer: &mut PhiExponential, now_us: u64, sequence: u64
    ) -> Result<(), StaleHeartbeat> {
        peer.heartbeat(now_us, sequence)
    }
    "PhiAccrual as Detector (exponential, handle_timeout)" => fn(peer: &mut PhiExponential, now_us: u64) {
        peer.handle_timeout(now_us);
    }
    "PhiAccrual as Detector (exponential, handle_pause)" => fn(peer: &mut PhiExponential, now_us: u64) {
        peer.handle_pause(now_us);
    }
    "PhiAccrual as Detector (exponential, poll_timeout)" => fn(peer: &PhiExponential) -> Option<u64> {
        peer.poll_timeout()
    }
    "PhiAccrual as Detector (exponential, poll_output)" => fn(peer: &mut PhiExponential) -> Option<Level> {
        peer.poll_output()
    }
    "PhiAccrual as Detector (exponential, level)" => fn(peer: &PhiExponential) -> Level {
        peer.level()
    }
    "PhiAccrual as Detector (exponential, level_at)" => fn(peer: &PhiExponential, now_us: u64) -> Level {
        peer.level_at(now_us)
    }
    "PhiAccrual::phi (exponential)" => fn(peer: &PhiExponential, now_us: u64) -> f64 {
        peer.phi(now_us)
    }
    "PhiAccrual::phi_millionths (exponential)" => fn(peer: &PhiExponential, now_us: u64) -> u32 {
        peer.phi_millionths(now_us)
    }
    "Phi::from_tenths" => fn(tenths: u8) -> Option<Phi> {
        Phi::from_tenths(tenths)
    }
    "Phi as Default" => fn() -> Phi {
        Phi::default()
    }
    "Phi::tenths" => fn(phi: Phi) -> u8 {
        phi.tenths()
    }
    "Policy::new" => fn(thresholds: [u64; 2]) -> Policy<u64, 2> {
        Policy::new(thresholds)
    }
    "Level::is_trusted" => fn(level: Level) -> bool {
        level.is_trusted()
    }
    "PolicyError as Display" => fn(error: PolicyError, buffer: &mut Buffer) -> core::fmt::Result {
        write!(buffer, "{error}")
    }
    "StaleHeartbeat as Display" => fn(
        error: StaleHeartbeat, buffer: &mut Buffer
    ) -> core::fmt::Result {
        write!(buffer, "{error}")
    }
}

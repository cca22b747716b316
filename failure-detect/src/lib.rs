#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod detector;
mod fixed_timeout;
mod lease;
pub mod membership;
mod model;
mod nfd_e;
mod phi;
mod phi_accrual;
mod policy;
mod random;
mod registry;
mod ring;
mod watch;
mod wide;
mod window;

pub use detector::{Detector, Level, StaleHeartbeat};
pub use fixed_timeout::FixedTimeout;
pub use lease::{
    FencedResource, FencingToken, Grantor, GrantorConfig, GrantorOutput, Lease, LeaseBody,
    LeaseConfig, LeaseConfigError, LeaseMessage, LeaseOutput, ReplyError, RequestError, StaleToken,
};
pub use model::{Exponential, Logistic, Model, Normal};
pub use nfd_e::{NfdE, NfdEConfig};
pub use phi::Phi;
pub use phi_accrual::{PhiAccrual, PhiConfig};
pub use policy::{Policy, PolicyError};
pub use registry::{HeartbeatError, Registry};
#[cfg(feature = "alloc")]
#[cfg_attr(docsrs, doc(cfg(feature = "alloc")))]
#[doc(no_inline)]
pub use synod_capacity::Heap;
#[doc(no_inline)]
pub use synod_capacity::{Capacity, Full, Inline, List};
#[doc(no_inline)]
pub use synod_clocks::{Ceiling, UnknownBound};
#[doc(no_inline)]
pub use synod_quorum::{Coterie, Majority, NodeSet, QuorumSystem};

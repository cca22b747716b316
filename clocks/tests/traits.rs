//! What every public type can be relied on to implement.
#![cfg(all(feature = "alloc", feature = "serde", feature = "defmt"))]

use core::{error::Error, fmt::Debug, hash::Hash, iter::FusedIterator};

use serde::{Serialize, de::DeserializeOwned};
use synod_clocks::{
    Beyond, CausalContext, Causality, Ceiling, Dot, DotInPast, DotRange, DottedVersionVector,
    Exhausted, ForwardJump, Full, Heap, HybridClock, HybridStamp, IncrementError, Inline,
    IssueError, JumpGuard, LamportClock, LamportStamp, PutError, ReceiveError, Shared, Siblings,
    SiblingsError, TickError, TickWidener, UnknownBound, VectorClock, VectorClockError,
    VersionVector, WideHybridStamp,
};

/// A plain value: copied about, compared, printed, logged, and sent between threads.
trait Value: Clone + Eq + Hash + Debug + defmt::Format + Send + Sync + Unpin + 'static {}
impl<T: Clone + Eq + Hash + Debug + defmt::Format + Send + Sync + Unpin + 'static> Value for T {}

fn value<T: Value>() {}

/// A value that travels between machines or is stored.
fn travels<T: Value + Serialize + DeserializeOwned>() {}

/// A small error that any host can pass on.
fn error<T: Value + Copy + Error>() {}

fn iterator<T: FusedIterator + Clone + Debug>() {}

/// Every line is a promise to the compiler; nothing can fail at run time.
#[test]
fn public_types_implement_the_usual_traits() {
    value::<Inline<4>>();
    value::<Heap>();
    value::<Causality>();
    value::<HybridClock>();
    value::<JumpGuard>();
    value::<Ceiling>();
    value::<TickWidener>();
    value::<DotRange<u16>>();
    travels::<VersionVector<u16, Inline<4>>>();
    travels::<VersionVector<u16, Heap>>();
    travels::<CausalContext<u16, Inline<4>>>();
    travels::<CausalContext<u16, Heap>>();
    travels::<DottedVersionVector<u16, Inline<4>>>();
    travels::<DottedVersionVector<u16, Heap>>();
    travels::<Siblings<u16, u8, Inline<4>, Inline<4>>>();
    travels::<Siblings<u16, u8, Heap, Heap>>();
    travels::<Dot<u16>>();
    travels::<LamportClock<u16>>();
    travels::<LamportStamp<u16>>();
    travels::<VectorClock<3>>();
    travels::<HybridStamp>();
    travels::<WideHybridStamp<u16>>();
    iterator::<Beyond<u16>>();
    iterator::<Shared<u16>>();

    error::<DotInPast>();
    error::<Exhausted>();
    error::<ForwardJump>();
    error::<Full>();
    error::<IncrementError>();
    error::<IssueError>();
    error::<PutError>();
    error::<ReceiveError>();
    error::<SiblingsError>();
    error::<TickError>();
    error::<UnknownBound>();
    error::<VectorClockError>();
}

/// Constructors that firmware uses in statics.
#[test]
fn empty_values_are_constants() {
    static VECTOR: VectorClock<3> = VectorClock::new();
    static VERSION: VersionVector<u16, Inline<4>> = VersionVector::new();
    static CONTEXT: CausalContext<u16, Inline<4>> = CausalContext::new();
    static SIBLINGS: Siblings<u16, u8, Heap, Inline<4>> = Siblings::new();
    static CLOCK: HybridClock = HybridClock::new(1);
    assert!(VERSION.is_empty() && CONTEXT.is_empty() && SIBLINGS.is_empty());
    assert_eq!(VECTOR, VectorClock::default());
    assert_eq!(CLOCK.last(), HybridStamp::MIN);
    assert_eq!(size_of::<Option<DotRange<u16>>>(), size_of::<DotRange<u16>>(), "as has a range");
    assert_eq!(size_of::<Option<Dot<u16>>>(), size_of::<Dot<u16>>(), "a dot has a niche");
}

//! What every public type can be relied on to implement.
#![cfg(all(feature = "alloc", feature = "serde", feature = "defmt"))]
#![allow(clippy::unwrap_used)] // A test may panic.

use core::{
    error::Error,
    fmt::Debug,
    hash::{BuildHasher, BuildHasherDefault, Hash},
};
use std::hash::DefaultHasher;

use serde::{Serialize, de::DeserializeOwned};
use synod_crdt::{
    AntiEntropy, AntiEntropyConfig, At, AwSet, Body, CatchUp, Causal, CausalContext, CausalMap,
    ConfigError, Delta, DwFlag, EwFlag, GCounter, GSet, Heap, Inline, Kind, Lexicographic,
    LwwRegister, LwwSet, Max, Merge, MergeError, Message, Min, MvRegister, Output, PnCounter,
    Reader, ReceiveError, Refused, RwSet, Top, WriteError, Writer,
};

/// A plain value: copied about, compared, printed, logged, and sent between threads.
trait Value: Clone + Eq + Hash + Debug + defmt::Format + Send + Sync + Unpin + 'static {}
impl<T: Clone + Eq + Hash + Debug + defmt::Format + Send + Sync + Unpin + 'static> Value for T {}

/// A value that travels between machines or is stored, and converges.
fn travels<T: Value + Default + Serialize + DeserializeOwned + Merge>() {}

/// A small error that any host can pass on.
fn error<T: Value + Copy + Error>() {}

type OnBoards<T> = Causal<u16, T, Inline<4>, Inline<4>>;
type OnServers<T> = Causal<u16, T, Heap, Heap>;

fn kind<T: Kind<u16> + Debug>()
where
    OnBoards<T>: Value + Serialize + DeserializeOwned,
    OnServers<T>: Value + Serialize + DeserializeOwned,
{
    travels::<OnBoards<T>>();
    travels::<OnServers<T>>();
}

fn borrowed<T: Debug + Send + Sync + Unpin>() {}

/// A view of a state.
fn copied<T: Copy + Debug + Send + Sync + Unpin>() {}

/// What a machine gives to its host.
fn cloned<T: Clone + Debug + Send + Sync + Unpin>() {}

/// What goes out: it borrows the state.
fn sent<T: Clone + Debug + Serialize + Send + Sync + Unpin>() {}

/// What came in: decoded, so owned.
fn received<T: Value + Serialize + DeserializeOwned>() {}

/// A small value that a host keeps beside its state.
fn plain<T: Value + Copy>() {}

type Sent<'a> = Message<u16, CausalContext<u16, Inline<4>>, Delta<'a, OnBoards<AwSet<u8>>>>;
type Received = Message<u16, CausalContext<u16, Heap>, OnServers<AwSet<u8>>>;

/// Every line is a promise to the compiler; nothing can fail at run time.
#[test]
fn public_types_implement_the_usual_traits() {
    kind::<AwSet<u8>>();
    kind::<RwSet<u8>>();
    kind::<LwwSet<u8>>();
    kind::<GSet<u8>>();
    kind::<MvRegister<u8>>();
    kind::<LwwRegister<u8>>();
    kind::<EwFlag>();
    kind::<DwFlag>();
    kind::<GCounter>();
    kind::<PnCounter>();
    kind::<CausalMap<u8, CausalMap<u8, AwSet<u8>>>>();
    travels::<Max<u8>>();
    travels::<Min<u8>>();
    travels::<Lexicographic<u8, Max<u8>>>();
    plain::<CatchUp<u16>>();
    plain::<AntiEntropyConfig<u16>>();
    plain::<Message<u16, u16, u8>>();
    plain::<Body<u16, u8>>();
    received::<Received>();
    error::<MergeError<u16>>();
    error::<WriteError>();
    error::<Refused<u8>>();
    error::<ConfigError>();
    error::<ReceiveError<u16>>();

    borrowed::<Delta<'_, OnBoards<AwSet<u8>>>>();
    borrowed::<Reader<'_, OnBoards<AwSet<u8>>, AwSet<u8>, Top>>();
    borrowed::<Writer<'_, OnBoards<AwSet<u8>>, AwSet<u8>, Top>>();
    borrowed::<AntiEntropy<u16, Inline<4>, Inline<2>, 8>>();
    borrowed::<AntiEntropy<u16, Heap, Heap, 8>>();
    copied::<Reader<'_, OnServers<AwSet<u8>>, AwSet<u8>, At<'_, u8, Top>>>();
    sent::<Sent<'_>>();
    sent::<Delta<'_, OnServers<AwSet<u8>>>>();
    cloned::<Output<'_, OnBoards<AwSet<u8>>>>();
}

/// A state on boards stands in a static, and costs what its documentation says.
#[test]
fn empty_states_are_constants_of_known_size() {
    static TAGS: OnBoards<AwSet<u16>> = Causal::new();
    static VISITORS: Causal<u16, GCounter, Inline<4>, Inline<0>> = Causal::new();
    assert!(TAGS.read().is_empty() && VISITORS.context().is_empty());
    assert_eq!(TAGS, OnBoards::default());

    let word = size_of::<usize>();
    assert!(size_of::<OnBoards<AwSet<u64>>>() <= 4 * 24 + 4 * (16 + 8) + 2 * word.max(8));
}

/// States of all capacities compare and merge with each other.
#[test]
fn capacities_compare_and_merge() {
    let mut board = OnBoards::<AwSet<u8>>::new();
    let mut server = OnServers::<AwSet<u8>>::new();
    board.write(1).insert(7).unwrap();
    assert!(server != board);
    server.merge(&board).unwrap();
    assert!(server == board && board.merge(&server) == Ok(false));
    let delta = server.write(2).insert(8).unwrap();
    assert_eq!(board.merge(&delta.clone()), Ok(true));
    assert!(server == board);
}

/// What is equal hashes alike, with every capacity; a context or a row more does not.
#[test]
fn hashes_are_of_events_and_rows() {
    fn hash(value: &impl Hash) -> u64 {
        BuildHasherDefault::<DefaultHasher>::default().hash_one(value)
    }
    let mut board = OnBoards::<AwSet<u8>>::new();
    let empty = hash(&board);
    board.write(1).insert(7).unwrap();
    let mut server = OnServers::<AwSet<u8>>::new();
    server.merge(&board).unwrap();
    assert_eq!(hash(&board), hash(&server));
    let mut other = OnBoards::<AwSet<u8>>::new();
    other.write(1).insert(8).unwrap();
    assert_eq!(other.context(), board.context());
    server.write(1).remove(&7).unwrap();
    assert_eq!(server.context(), board.context());
    let hashes = [empty, hash(&board), hash(&other), hash(&server)];
    for (at, hash) in hashes.iter().enumerate() {
        assert!(!hashes[..at].contains(hash), "{at}");
    }
}

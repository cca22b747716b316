//! A replica with its machine, and what it says, through its encoding.

use serde::{Serialize, de::DeserializeOwned};
use synod_crdt::{
    AntiEntropy, AntiEntropyConfig, AwSet, Body, Causal, CausalContext, Delta, Heap, Inline, Kind,
    Message, Output, ReceiveError,
};

pub(crate) type State<T, const N: usize = 96> = Causal<u16, T, Inline<16>, Inline<N>>;
pub(crate) type Machine<const J: usize = 4> = AntiEntropy<u16, Inline<16>, Inline<8>, J>;
pub(crate) type Received<T = AwSet<u16>> =
    Message<u16, CausalContext<u16, Heap>, Causal<u16, T, Heap, Heap>>;

/// With the capacities that `Message` says for 64 bytes, ids of 3 and rows of at least 3.
type Frugal<T> =
    Message<u16, CausalContext<u16, Inline<12>>, Causal<u16, T, Inline<12>, Inline<16>>>;
pub(crate) type Said = Body<CausalContext<u16, Heap>, Causal<u16, AwSet<u16>, Heap, Heap>>;

/// For rows of up to 4 bytes.
pub(crate) const fn config(me: u16, boot: u32) -> AntiEntropyConfig<u16> {
    AntiEntropyConfig {
        cluster: 5,
        me,
        boot,
        max_message: 64,
        max_id: 3,
        max_row: 4,
        resend_us: 100,
    }
}

pub(crate) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let mut buffer = [0; 4_096];
    postcard::to_slice(value, &mut buffer).unwrap().to_vec()
}

/// A replica with its machine.
pub(crate) struct Node<const J: usize = 4, const N: usize = 96, T: Kind<u16> = AwSet<u16>> {
    pub(crate) id: u16,
    pub(crate) machine: Machine<J>,
    pub(crate) state: State<T, N>,
    /// The latest event and the latest start of which it was told that it has forgotten them.
    pub(crate) told: (Option<u64>, Option<u32>),
}

impl<const J: usize, const N: usize, T> Node<J, N, T>
where
    T: Kind<u16, Row: Serialize + DeserializeOwned>,
{
    pub(crate) fn new(id: u16, peers: &[u16]) -> Self {
        Self::configured(config(id, 1), peers, State::new())
    }

    pub(crate) fn configured(
        config: AntiEntropyConfig<u16>,
        peers: &[u16],
        state: State<T, N>,
    ) -> Self {
        let machine = Machine::new(config, peers).unwrap();
        Self { id: config.me, machine, state, told: (None, None) }
    }

    /// A change of its own.
    pub(crate) fn change<E: core::fmt::Debug>(
        &mut self,
        change: impl FnOnce(u16, &mut State<T, N>) -> Result<Delta<'_, State<T, N>>, E>,
    ) {
        let delta = change(self.id, &mut self.state).unwrap();
        self.machine.record(&delta);
    }

    pub(crate) fn restart(&mut self, boot: u32, peers: &[u16], state: State<T, N>) {
        *self = Self { told: self.told, ..Self::configured(config(self.id, boot), peers, state) };
    }

    /// What it sends now, and to whom.
    pub(crate) fn poll(&mut self) -> Vec<(u16, Received<T>)> {
        let mut sent = Vec::new();
        while let Some(output) = self.machine.poll_output(&self.state) {
            match output {
                Output::Send { to, message } => {
                    let bytes = encode(&message);
                    assert!(bytes.len() <= 64, "{}", bytes.len());
                    let frugal: Result<Frugal<T>, _> = postcard::from_bytes(&bytes);
                    assert!(frugal.is_ok(), "it fits into what `Message` says");
                    sent.push((to, postcard::from_bytes(&bytes).unwrap()));
                }
                Output::Outdated { latest, .. } => self.told.0 = Some(latest),
                Output::Superseded { boot, .. } => self.told.1 = Some(boot),
            }
        }
        sent
    }

    pub(crate) fn hear(
        &mut self,
        from: u16,
        message: &Received<T>,
    ) -> Result<bool, ReceiveError<u16>> {
        let before = self.state.clone();
        let result = self.machine.handle_message(0, from, message, &mut self.state);
        if result != Ok(true) {
            assert_eq!(encode(&self.state), encode(&before));
        }
        result
    }
}

impl<const J: usize, const N: usize> Node<J, N> {
    pub(crate) fn insert(&mut self, element: u16) {
        self.change(|me, state| state.write(me).insert(element));
    }

    pub(crate) fn remove(&mut self, element: u16) {
        self.change(|me, state| state.write(me).remove(&element));
    }
}

/// What the second replica says to the first, both in their first start.
pub(crate) fn said(is_level: bool, body: Said) -> Received {
    Message { cluster: 5, to: 1, boot: 1, to_boot: 1, changes: 0, is_level, body }
}

/// Delivers what each of two sends until both are silent; what is refused is left to time. Gives
/// how many messages that took.
pub(crate) fn settle<const J: usize, const N: usize, const M: usize, T>(
    one: &mut Node<J, N, T>,
    other: &mut Node<J, M, T>,
) -> usize
where
    T: Kind<u16, Row: Serialize + DeserializeOwned>,
{
    let mut count = 0;
    for _ in 0..1_000 {
        let (left, right) = (one.poll(), other.poll());
        if left.is_empty() && right.is_empty() {
            return count;
        }
        count += left.len() + right.len();
        for (_, message) in left {
            let _refused = other.hear(one.id, &message);
        }
        for (_, message) in right {
            let _refused = one.hear(other.id, &message);
        }
    }
    panic!("no end");
}

/// The same, also what was refused at first.
pub(crate) fn settle_in_time<const J: usize, const N: usize, const M: usize, T>(
    one: &mut Node<J, N, T>,
    other: &mut Node<J, M, T>,
) -> usize
where
    T: Kind<u16, Row: Serialize + DeserializeOwned>,
{
    let mut count = 0;
    for now_us in (0..30).map(|round| round * 10_000) {
        one.machine.handle_timeout(now_us);
        other.machine.handle_timeout(now_us);
        count += settle(one, other);
    }
    count
}

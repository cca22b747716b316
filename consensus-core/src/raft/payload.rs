//! What an application puts into the log.

/// A payload of an entry: whatever the application replicates, as far as a log must know it.
///
/// Every type that lends bytes is one: `[u8; 16]`, `Vec<u8>`, `Arc<[u8]>`, `Bytes`, `String`. For a
/// type of your own, say how large it is:
///
/// ```
/// use synod_consensus_core::raft::Payload;
///
/// struct Setting {
///     key: u8,
///     value: u32,
/// }
///
/// impl Payload for Setting {
///     fn size(&self) -> usize {
///         1 + 5 // a `u32` takes up to 5 bytes in postcard
///     }
/// }
///
/// assert_eq!(Payload::size(&[0_u8; 16]), 16);
/// assert_eq!(Setting { key: 1, value: 2 }.size(), 6);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no payload: a log must know how large it is",
    note = "implement `Payload` for it, with the bytes that it takes on the wire"
)]
pub trait Payload {
    /// The most bytes that it takes on the wire, in postcard without a length before it. Messages
    /// and windows are limited by the sum of these, so what takes more makes larger messages.
    ///
    /// It should be O(1): it is asked for each follower that it is sent to.
    fn size(&self) -> usize;

    /// Whether it is a stop sign, the last payload of its log: behind it no proposals are taken, and
    /// there are blanks only. Whoever applies it goes on with the next configuration (see
    /// [`multi_paxos`](crate::multi_paxos#members-that-change-the-stop-sign)). O(1): it is asked at
    /// each proposal. Plain bytes are none: wrap them in a type of your own, which does not lend
    /// bytes itself (`AsRef<[u8]>` makes it a plain payload).
    ///
    /// ```
    /// # use synod_consensus_core::{NodeId, raft::Payload};
    /// enum Command {
    ///     Bytes([u8; 16]),
    ///     End { next: [NodeId; 3] },
    /// }
    ///
    /// impl Payload for Command {
    ///     fn size(&self) -> usize {
    ///         31 // at most: which of them, and three ids of ten bytes
    ///     }
    ///
    ///     fn is_stop_sign(&self) -> bool {
    ///         matches!(self, Self::End { .. })
    ///     }
    /// }
    /// # assert!(Command::End { next: [1, 2, 3].map(NodeId) }.is_stop_sign());
    /// # assert!(!Command::Bytes([0; 16]).is_stop_sign());
    /// ```
    #[inline]
    fn is_stop_sign(&self) -> bool {
        false
    }
}

/// As large as the bytes it lends.
#[diagnostic::do_not_recommend]
impl<T: AsRef<[u8]> + ?Sized> Payload for T {
    #[inline]
    fn size(&self) -> usize {
        self.as_ref().len()
    }
}

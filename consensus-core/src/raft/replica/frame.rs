//! Whole messages: as they leave, and as they arrive.

#[cfg(feature = "serde")]
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use synod_capacity::{Capacity, List};

#[cfg(feature = "serde")]
use crate::raft::Said;
use crate::raft::{Entries, Message, Never};

/// A message and its entries, borrowed from the replica that sends it.
///
/// On the wire (with the feature `serde`) it is the message, and then the payloads as a sequence,
/// each behind a mark that tells it from a blank. [`OwnedFrame`] decodes that.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Frame<'a, P, X = Never> {
    /// The message.
    pub message: &'a Message<X>,
    /// Its entries: as many as it says.
    pub entries: Entries<'a, P>,
}

#[cfg(feature = "serde")]
impl<P: Serialize, X: Serialize> Serialize for Frame<'_, P, X> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename = "Frame")]
        struct Parts<'a, T: Serialize, X: Serialize> {
            message: &'a Message<X>,
            payloads: T,
        }

        Parts { message: self.message, payloads: Payloads(self.entries) }.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
struct Payloads<'a, P>(Entries<'a, P>);

#[cfg(feature = "serde")]
impl<P: Serialize> Serialize for Payloads<'_, P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.payloads())
    }
}

/// A message and its payloads, as they were received: up to as many as the capacity `C` allows.
///
/// Payloads may borrow from the bytes that were received, as `&[u8]` do; then map them to what the
/// log has, on their way into it.
///
/// ```
/// use synod_consensus_core::{Inline, NodeId, raft::{
///     Body, Entry, Entries, LogId, Message, replica::{Frame, OwnedFrame},
/// }};
///
/// let entries = [Entry { term: 5, payload: None }, Entry { term: 5, payload: Some(*b"hi") }];
/// let body = Body::Append { prev: LogId::START, entries_term: 5, count: 2, commit: 0, round: 0 };
/// let message: Message = Message { cluster: 7, to: NodeId(2), term: 5, body };
/// let sent = Frame { message: &message, entries: Entries::new(1, &entries, &[]) };
///
/// # #[cfg(feature = "serde")] {
/// let mut buffer = [0; 64];
/// let bytes = postcard::to_slice(&sent, &mut buffer)?;
/// let received: OwnedFrame<[u8; 2], Inline<8>> = postcard::from_bytes(bytes)?;
/// assert_eq!(received.message(), &message);
/// assert_eq!(received.payloads(), [None, Some(*b"hi")]);
/// // What a node takes: `node.handle_message(now_us, from, &message, payloads)`.
/// let (message, payloads) = received.into_parts();
/// assert_eq!(payloads.len(), message.entry_count() as usize);
/// # }
/// # Ok::<(), postcard::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OwnedFrame<P, C: Capacity, X = Never> {
    message: Message<X>,
    payloads: List<Option<P>, C>,
}

impl<P, C: Capacity, X> OwnedFrame<P, C, X> {
    /// The message.
    #[must_use]
    pub const fn message(&self) -> &Message<X> {
        &self.message
    }

    /// Its payloads: as many as it says; a blank is `None`.
    #[must_use]
    pub fn payloads(&self) -> &[Option<P>] {
        self.payloads.as_slice()
    }

    /// Both, as [`handle_message`](super::Replica::handle_message) takes them.
    pub fn into_parts(self) -> (Message<X>, impl ExactSizeIterator<Item = Option<P>>) {
        (self.message, self.payloads.into_iter())
    }
}

/// Refuses more payloads than fit, and a number of them that is not what the message says.
#[cfg(feature = "serde")]
impl<'de, P: Deserialize<'de>, C: Capacity, X: Said + Deserialize<'de>> Deserialize<'de>
    for OwnedFrame<P, C, X>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "Frame", bound(deserialize = "P: Deserialize<'de>, X: Deserialize<'de>"))]
        struct Parts<P, C: Capacity, X> {
            message: Message<X>,
            payloads: List<Option<P>, C>,
        }

        let Parts { message, payloads } = Parts::<P, C, X>::deserialize(deserializer)?;
        if usize::try_from(message.entry_count()) != Ok(payloads.as_slice().len()) {
            return Err(D::Error::custom("the payloads are not as many as the message says"));
        }
        Ok(Self { message, payloads })
    }
}

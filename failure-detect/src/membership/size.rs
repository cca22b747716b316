//! How large a message is once it is encoded by postcard.

use super::{Body, Broadcast, Claim, Group, News, draft::Room};

/// The sizes that the host's types encode to, and the limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    max_message: usize,
    /// The cluster, the receiver, the number of news, and whether there is a broadcast.
    frame: usize,
    id: usize,
    metadata: usize,
    broadcast: usize,
}

/// A number of 32 bits, one of 16, and the tag of a choice, at most.
const U32: usize = 5;
const U16: usize = 3;
const TAG: usize = 1;

impl Sizes {
    pub(super) const fn of<G: Group>(cluster: u64, max_message: usize) -> Self {
        // There are fewer pieces of news than bytes. (`usize` has at most 64 bits.)
        let count = varint(max_message as u64);
        let numbers = varint(cluster).saturating_add(count);
        let frame = numbers.saturating_add(G::MAX_ID).saturating_add(TAG);
        Self {
            max_message,
            frame,
            id: G::MAX_ID,
            metadata: G::MAX_METADATA,
            broadcast: G::MAX_BROADCAST,
        }
    }

    /// What must fit: two pieces of news, and a broadcast. (The range of an exchange, beside which
    /// there is none, takes less.)
    pub(super) const fn needed(&self) -> usize {
        let broadcast = self.id.saturating_add(U32 + U32).saturating_add(self.broadcast);
        let body = self.id.saturating_add(TAG + U16).saturating_add(broadcast);
        let alive = self.metadata.saturating_add(U16);
        let claim = if alive > self.id { alive } else { self.id };
        let news = self.id.saturating_add(U32 + U16 + TAG).saturating_add(claim);
        self.frame.saturating_add(body).saturating_add(news.saturating_mul(2))
    }

    /// What is left for news and a broadcast beside a body.
    pub(super) fn beside<Id>(&self, body: &Body<Id>) -> Room {
        let end = |id: &Option<Id>| id.as_ref().map_or(TAG, |_| self.id.saturating_add(TAG));
        let fields = match body {
            Body::Gossip => 0,
            Body::Ping { probe } | Body::Ack { probe } => varint(u64::from(*probe)),
            Body::PingRequest { probe, .. }
            | Body::RelayedPing { probe, .. }
            | Body::RelayedAck { probe, .. }
            | Body::IndirectAck { probe, .. }
            | Body::Nack { probe, .. } => varint(u64::from(*probe)).saturating_add(self.id),
            // The range ends where the message is full.
            Body::Exchange { digest, after, .. } => {
                let upto = self.id.saturating_add(TAG);
                varint(u64::from(*digest)).saturating_add(end(after)).saturating_add(upto)
            }
            Body::ExchangeReply { after, .. } => {
                end(after).saturating_add(self.id).saturating_add(TAG)
            }
        };
        let taken = self.frame.saturating_add(TAG).saturating_add(fields);
        Room::new(*self, self.max_message.saturating_sub(taken))
    }

    pub(super) fn news<Id, M>(&self, news: &News<Id, M>) -> usize {
        let claim = match &news.claim {
            Claim::Alive { age, .. } => varint(u64::from(*age)).saturating_add(self.metadata),
            Claim::Suspect { .. } => self.id,
            Claim::Dead | Claim::Left => 0,
        };
        let numbers =
            varint(news.generation.into()).saturating_add(varint(news.incarnation.into()));
        self.id.saturating_add(TAG).saturating_add(numbers).saturating_add(claim)
    }

    pub(super) fn broadcast<Id, B>(&self, broadcast: &Broadcast<Id, B>) -> usize {
        let numbers =
            varint(broadcast.generation.into()).saturating_add(varint(broadcast.number.into()));
        self.id.saturating_add(self.broadcast).saturating_add(numbers)
    }
}

/// The bytes of a number, seven bits in each.
const fn varint(number: u64) -> usize {
    let bits = u64::BITS.wrapping_sub((number | 1).leading_zeros());
    // Rounded up, without a division, up to 64.
    (bits.wrapping_mul(9).wrapping_add(64) >> 6) as usize
}

#[cfg(test)]
mod tests {
    use super::varint;

    #[test]
    fn seven_bits_a_byte() {
        for bits in 0..64 {
            assert_eq!(varint(1 << bits), bits / 7 + 1);
            assert_eq!(varint((1 << bits) - 1), (bits.max(1)).div_ceil(7));
        }
        assert_eq!(varint(u64::MAX), 10);
    }
}

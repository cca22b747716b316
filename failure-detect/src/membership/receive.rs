//! Receiving.

use super::{Body, Group, Membership, MessageOf, ReceiveError, outgoing::Outgoing, relays::Relay};

impl<G: Group> Membership<G> {
    /// Takes in a message of another member. O(log n) for each of its pieces of news; O(n) for an
    /// exchange, and for a member that is new.
    ///
    /// Hand over all that has arrived before a call of [`handle_timeout`](Self::handle_timeout).
    ///
    /// # Errors
    ///
    /// [`ReceiveError`]; nothing was changed.
    pub fn handle_message(
        &mut self,
        now_us: u64,
        from: G::Id,
        message: &MessageOf<G>,
    ) -> Result<(), ReceiveError> {
        self.admit(from, message)?;
        self.pass_time(now_us);
        let is_exchange =
            matches!(message.body, Body::Exchange { .. } | Body::ExchangeReply { .. });
        for news in message.news.iter() {
            self.learn(from, news);
        }
        let is_known = self.table.hear(from, self.proof_us(from, from, 0));
        if let Some(broadcast) = &message.broadcast {
            self.take(broadcast);
        }
        self.react(from, message.body, message.news.is_empty());
        if !is_known && !is_exchange && self.exchange.is_none() && self.table.has_room() {
            self.begin_exchange(from);
        }
        Ok(())
    }

    fn admit(&self, from: G::Id, message: &MessageOf<G>) -> Result<(), ReceiveError> {
        if message.cluster != self.config.cluster {
            return Err(ReceiveError::Cluster);
        }
        if message.to != self.config.me {
            return Err(ReceiveError::Receiver);
        }
        if from == self.config.me {
            return Err(ReceiveError::Sender);
        }
        if self.has_left() {
            return Err(ReceiveError::Left);
        }
        Ok(())
    }

    /// Does what a message wants.
    fn react(&mut self, from: G::Id, body: Body<G::Id>, is_bare: bool) {
        match body {
            Body::Gossip => {}
            Body::Ping { probe } => self.reply(from, Body::Ack { probe }),
            Body::Ack { probe } => self.handle_ack(from, probe),
            Body::PingRequest { probe, target } => self.relay(from, probe, target),
            Body::RelayedPing { probe, asker } => {
                self.reply(from, Body::RelayedAck { probe, asker });
            }
            Body::RelayedAck { probe, asker } => {
                if self.relays.answer(asker, probe, from) {
                    self.reply(asker, Body::IndirectAck { probe, target: from });
                }
            }
            Body::IndirectAck { probe, target } => self.handle_ack(target, probe),
            Body::Nack { probe: number, target } => {
                if let Some(probe) = self.probe.as_mut().filter(|probe| probe.is_of(target, number))
                {
                    probe.handle_nack(from);
                }
            }
            Body::Exchange { digest, after, upto } => {
                let agrees = digest == self.digest();
                let upto = if agrees { None } else { upto };
                let body = Body::ExchangeReply { after, upto };
                self.reply = Some(Outgoing { to: from, body, agrees });
            }
            // Only who agrees has nothing to say, not even of itself.
            Body::ExchangeReply { after, upto } => self.handle_part(from, after, upto, is_bare),
        }
    }

    fn reply(&mut self, to: G::Id, body: Body<G::Id>) {
        self.reply = Some(Outgoing::new(to, body));
    }

    /// Asks one for another.
    fn relay(&mut self, asker: G::Id, probe: u16, target: G::Id) {
        if target == self.config.me {
            self.reply(asker, Body::IndirectAck { probe, target });
            return;
        }
        // About Lifeguard's 80 %, so that the asker hears of it before its period ends.
        let wait_us = u64::from(self.config.ack_timeout_us).wrapping_mul(13) / 16;
        let due_us = self.now_us.saturating_add(wait_us);
        let is_known = self.table.get(target).is_some();
        if is_known && self.relays.add(Relay { asker, probe, target, due_us }) {
            self.reply(target, Body::RelayedPing { probe, asker });
        } else {
            self.reply(asker, Body::Nack { probe, target });
        }
    }
}

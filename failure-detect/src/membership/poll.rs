//! What a member owes to others, and to its host.

use synod_capacity::List;

use super::{
    Body, Claim, Event, Group, Membership, MessageOf, News, Output, OutputOf, Standing,
    draft::Draft, member::Member, outgoing::Outgoing, probe::Probe,
};

impl<G: Group> Membership<G> {
    /// What is to be done next, until `None`: to be drained after every other call. What is left
    /// when the next call comes may be dropped, as if a message were lost. O(1), but O(n) for each
    /// message while there is news to spread, and for an exchange.
    pub fn poll_output(&mut self) -> Option<OutputOf<G>> {
        if let Some(event) = self.table.poll_event() {
            return Some(Output::Event(event));
        }
        if let Some(id) = self.refused.take() {
            return Some(Output::Event(Event::Refused(id)));
        }
        if let Some((from, payload)) = self.broadcasts.poll() {
            return Some(Output::Broadcast { from, payload });
        }
        let Outgoing { to, body, agrees } = self.next_send()?;
        let (cluster, news, broadcast) = (self.config.cluster, List::new(), None);
        let message = MessageOf::<G> { cluster, to, body, news, broadcast };
        // Filled in its place, as it is large.
        let mut output = Some(Output::Send { to, message });
        if let Some(Output::Send { message, .. }) = &mut output {
            if !agrees {
                self.fill(message);
            }
        }
        output
    }

    /// What is to be said next.
    fn next_send(&mut self) -> Option<Outgoing<G::Id>> {
        let said = |to, body| Some(Outgoing::new(to, body));
        if let Some(reply) = self.reply.take() {
            return Some(reply);
        }
        if let Some(left) = self.farewells.checked_sub(1) {
            self.farewells = left;
            let to = self.table.choose(&mut self.random, |member| member.is_member());
            return to.and_then(|to| said(to, Body::Gossip));
        }
        if let Some((to, body)) = self.next_ping() {
            return said(to, body);
        }
        if let Some(relay) = self.relays.overdue(self.now_us) {
            return said(relay.asker, Body::Nack { probe: relay.probe, target: relay.target });
        }
        if let Some(exchange) = self.exchange.as_mut().filter(|exchange| !exchange.is_sent) {
            exchange.is_sent = true;
            let (to, after) = (exchange.with, exchange.after);
            return said(to, Body::Exchange { digest: self.digest(), after, upto: None });
        }
        self.gossips = self.gossips.checked_sub(1)?;
        let (place, to) = self.table.member_from(self.gossip_place)?;
        self.gossip_place = place.saturating_add(1);
        said(to, Body::Gossip)
    }

    /// A ping of the probe that is under way, or a question to ping for this member.
    fn next_ping(&mut self) -> Option<(G::Id, Body<G::Id>)> {
        let probe = self.probe.as_mut()?;
        let (target, number) = (probe.target, probe.number);
        if !probe.is_sent {
            probe.is_sent = true;
            return Some((target, Body::Ping { probe: number }));
        }
        probe.to_ask = probe.to_ask.checked_sub(1)?;
        let asked = *probe;
        let is_wanted = |id| id != target && !asked.has_asked(id);
        let relay = self
            .table
            .choose(&mut self.random, |member| member.is_member() && is_wanted(member.id));
        let probe: &mut Probe<G::Id> = self.probe.as_mut()?;
        let Some(relay) = relay else {
            // There is nobody else.
            probe.to_ask = 0;
            return None;
        };
        probe.ask(relay);
        Some((relay, Body::PingRequest { probe: number, target }))
    }

    /// Adds to a message what it has room for: news and a broadcast, or a part of the table.
    fn fill(&mut self, message: &mut MessageOf<G>) {
        let room = self.sizes.beside(&message.body);
        let mut draft = Draft { news: &mut message.news, room };
        let to = message.to;
        let is_question = matches!(message.body, Body::Exchange { .. });
        match &mut message.body {
            Body::Exchange { after, upto, .. } | Body::ExchangeReply { after, upto } => {
                draft.add(self.news_of_me());
                // One that may not be there is asked in few bytes.
                if !is_question || self.table.get(to).is_some_and(Member::is_member) {
                    *upto = self.table.records(self.now_us, *after, *upto, &mut draft);
                }
            }
            _ => {
                message.broadcast = self.broadcasts.next(to, &mut draft.room);
                self.gossip(to, &mut draft);
            }
        }
    }

    /// Adds news: first what the receiver has to answer, so that it can, then what is sent least.
    fn gossip(&mut self, to: G::Id, draft: &mut Draft<'_, G::Id, G::Metadata, G::News>) {
        let told = self.table.get(to).filter(|member| member.standing() != Standing::Alive);
        if let Some(told) = told.map(|member| member.news(self.now_us)) {
            draft.add(told);
        }
        if let Some(left) = self.own_to_send.checked_sub(1) {
            if draft.add(self.news_of_me()) {
                self.own_to_send = left;
            }
        }
        self.table.pour(self.now_us, to, &mut self.random, draft);
    }

    fn news_of_me(&self) -> News<G::Id, G::Metadata> {
        let claim = if self.has_left() {
            Claim::Left
        } else {
            Claim::Alive { age: 0, metadata: self.metadata.clone() }
        };
        let (generation, incarnation) = (self.version.generation(), self.version.incarnation());
        News { id: self.config.me, generation, incarnation, claim }
    }
}

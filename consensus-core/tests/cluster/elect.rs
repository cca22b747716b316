//! A node that becomes leader without others: what they would say is handed in.

use synod_consensus_core::raft::{BallotBody, Body, ByBallots, ByVotes, LogId, MessageError, Role};

use super::node::Node;

impl Node<ByVotes> {
    /// Half of the others vote for this one, which is number 1.
    pub(crate) fn elect(&mut self) {
        let term = self.term();
        self.timeout();
        let granted = true;
        let half = self.raft.voters().len() as u64 / 2;
        for voter in 2..=half + 1 {
            self.receive(voter, term, Body::PreVoteReply { granted, asked: term }, &[]).unwrap();
        }
        for voter in 2..=half + 1 {
            self.receive(voter, term + 1, Body::VoteReply { granted }, &[]).unwrap();
        }
        assert_eq!(self.role(), Role::Leader);
        self.sent.clear();
    }
}

impl Node<ByBallots> {
    /// Half of the others promise, whose logs are empty.
    pub(crate) fn elect(&mut self) {
        self.stand();
        let half = self.raft.voters().len() as u64 / 2;
        let me = self.raft.status().id.0;
        for voter in (1..=half + 1).filter(|&voter| voter != me) {
            self.promise(voter, LogId::START);
        }
        assert_eq!(self.role(), Role::Leader);
        self.sent.clear();
    }

    /// It stands in its next ballot, as all others would let it.
    pub(crate) fn stand(&mut self) {
        self.timeout();
        let (asked, me) = (self.term(), self.raft.status().id.0);
        let count = self.raft.voters().len() as u64;
        for voter in (1..=count).filter(|&voter| voter != me) {
            let granted = Body::PreVoteReply { granted: true, asked };
            self.receive(voter, asked, granted, &[]).unwrap();
        }
        assert_eq!(self.role(), Role::Candidate);
    }

    /// A voter whose log ends here promises what was asked.
    pub(crate) fn promise(&mut self, voter: u64, last: LogId) {
        self.hear(voter, BallotBody::Promise { last }, &[]).unwrap();
    }

    /// Hands in what only nodes of this rule say, of the present term.
    pub(crate) fn hear(
        &mut self,
        from: u64,
        said: BallotBody,
        values: &[u32],
    ) -> Result<(), MessageError> {
        self.receive(from, self.term(), Body::Ballot(said), values)
    }
}

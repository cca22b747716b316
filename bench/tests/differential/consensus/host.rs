//! A node and its host: what the scripts ask of either implementation, and what is compared.

/// What is replicated. Blanks are empty; commands are not.
pub type Payload = Vec<u8>;

/// Of a node of either implementation, what must be the same in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub term: u64,
    pub vote: Option<u64>,
    /// Who leads, as far as the node knows.
    pub leader: Option<u64>,
    pub leads: bool,
    /// Up to where it knows the log to be committed: of a follower, no more than is durable on its
    /// disk, because what is behind that cannot be applied.
    pub commit: u64,
    /// Index and term of the last entry that a snapshot covers.
    pub snapshot: (u64, u64),
    /// Term and payload of each entry behind the snapshot.
    pub log: Vec<(u64, Payload)>,
    /// What is applied: the payload of every entry from index 1 on.
    pub state: Vec<Payload>,
    /// The reads that were answered, and how many entries were applied then.
    pub reads: Vec<(u8, usize)>,
}

impl View {
    /// Term and index of the last entry.
    pub fn last(&self) -> (u64, u64) {
        let term = self.log.last().map_or(self.snapshot.1, |(term, _)| *term);
        (term, self.snapshot.0 + self.log.len() as u64)
    }

    /// Whether it leads, and has committed an entry of its term.
    pub fn knows_commit(&self) -> bool {
        let committed = self.commit.checked_sub(self.snapshot.0 + 1);
        let entry = committed.and_then(|place| self.log.get(place as usize));
        self.leads && entry.map_or(self.snapshot.1, |(term, _)| *term) == self.term
    }

    /// The terms of the entries behind the snapshot.
    pub fn terms(&self) -> Vec<u64> {
        self.log.iter().map(|(term, _)| *term).collect()
    }
}

/// What a message is for, as far as scripts lose some kinds and not others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Vote,
    VoteReply,
    /// Entries, commits, heartbeats.
    Leader,
    Snapshot,
    /// The answers to those, and pre-votes.
    Other,
}

/// A node of one of the implementations, with its disk and its state.
///
/// The disk is quick unless it stalls. Then nothing is reported as durable, and a crash takes it
/// back to where it was when it stalled. The state lies on the same disk.
pub trait Host: Sized {
    type Message;

    /// The node `me` of the voters 1 to `voters`, that finds entries of these terms, and is in
    /// `term`.
    fn start(me: u64, voters: u64, term: u64, terms: &[u64]) -> Self;

    /// Loses what is not durable, and starts again.
    fn restart(&mut self);

    /// What it has sent since the last call, and to whom.
    fn post(&mut self) -> Vec<(u64, Self::Message)>;

    fn kind(message: &Self::Message) -> Kind;

    fn receive(&mut self, from: u64, message: Self::Message);

    /// What the transport notices of a snapshot that it was to bring somewhere.
    fn snapshot_sent(&mut self, to: u64, arrived: bool);

    /// A node that does not lead stands for election, as if it had waited for it.
    fn stand(&mut self);

    /// On a node that does not lead, the shortest election timeout passes, and no more.
    fn wait(&mut self);

    /// On a leader, the time between two heartbeats passes: a fifth of an election timeout.
    fn beat(&mut self);

    /// A leader takes a command.
    fn propose(&mut self, payload: Payload);

    /// A leader takes a read. Gives whether it did.
    fn read(&mut self, name: u8) -> bool;

    /// Drops entries that are applied from the log. The disk must not stall.
    fn compact(&mut self, upto: u64);

    fn stall(&mut self);

    /// The disk goes on.
    fn sync(&mut self);

    fn view(&self) -> View;
}

/// What an entry has that was there before the first start.
pub fn old_payload(index: u64, term: u64) -> Payload {
    vec![0, index as u8, term as u8]
}

//! What is seen of a register, and whether it is one.

use super::{
    client::{Answer, Client, Operation, Value, append, changes},
    node::{Ground, Note, Proposal},
};

/// How many clients there may be.
pub(crate) const CLIENTS: usize = 4;

/// What was seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct History {
    pub(crate) crashes: u8,
    pub(crate) seen: [Seen; CLIENTS],
    /// What was ever proposed to others.
    proposals: Vec<Proposal>,
    /// Who has proposed, by place, as a set of bits.
    pub(crate) asked: u8,
    /// One has proposed what it found with others.
    pub(crate) adopted: bool,
    /// One has proposed without asking for promises.
    pub(crate) went_on: bool,
    /// A read was answered by a question that writes nothing.
    pub(crate) queried: bool,
    pub(crate) wrong: Wrong,
}

/// What was seen of a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    /// It has asked.
    begun: bool,
    /// Who had been answered by then, as a set of bits.
    after: u8,
    /// What the register held when it asked, as far as its node knew.
    known: Value,
    /// What it was told.
    pub(crate) answer: Option<Answer>,
}

/// What was seen that must not be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Wrong {
    pub(crate) two_states: bool,
    pub(crate) invented: bool,
    pub(crate) disordered: bool,
    pub(crate) torn: bool,
    pub(crate) early: bool,
    pub(crate) refused: bool,
}

impl History {
    /// The latest version that any client was told.
    pub(crate) fn told(&self) -> u8 {
        let versions = self.seen.iter().map(|seen| match seen.answer {
            Some(Answer::Changed(version) | Answer::Holds(version, _)) => version,
            _ => 0,
        });
        versions.max().unwrap_or(0)
    }

    /// Whether one has proposed under two ballots.
    pub(crate) fn tried_again(&self) -> bool {
        let mut ballots = self.proposals.iter().map(|proposal| proposal.ballot);
        ballots.any(|a| self.proposals.iter().any(|b| b.ballot > a && b.ballot % 8 == a % 8))
    }

    pub(crate) fn note(&mut self, clients: &[Client], place: usize, note: &Note) {
        match *note {
            Note::Begun(client, known) => {
                let answered = (0..).zip(&self.seen).filter(|(_, seen)| seen.answer.is_some());
                let after = answered.fold(0, |all, (number, _)| all | 1_u8 << number);
                // Of others it does not matter.
                let is_if = clients[usize::from(client)].operation == Operation::AppendIf;
                let known = if is_if { known } else { 0 };
                self.seen[usize::from(client)] = Seen { begun: true, after, known, answer: None };
            }
            Note::Told(client, answer) => {
                self.seen[usize::from(client)].answer = Some(answer);
                self.wrong.torn |= !is_linear(clients, &self.seen);
                self.wrong.disordered |= !is_ordered(&self.seen);
            }
            Note::Queried => self.queried = true,
            Note::Asked(proposal, ground) => {
                self.asked |= 1 << place;
                self.adopted |= ground == Ground::Found;
                self.went_on |= ground == Ground::Next;
                self.propose(clients, proposal);
            }
            Note::Early => self.wrong.early = true,
            Note::Refused => self.wrong.refused = true,
        }
    }

    fn propose(&mut self, clients: &[Client], proposal: Proposal) {
        let Err(place) = self.proposals.binary_search(&proposal) else { return };
        self.wrong.two_states |= self.proposals.iter().any(|known| known.ballot == proposal.ballot);
        self.proposals.insert(place, proposal);
        let mut made = 0_u8;
        for digit in changes(proposal.value) {
            let client = usize::from(digit) - 1;
            let is_new = made >> client & 1 == 0;
            made |= 1 << client;
            let changes = matches!(
                clients.get(client).map(|client| client.operation),
                Some(Operation::Append | Operation::AppendIf)
            );
            self.wrong.invented |= !is_new || !changes || !self.seen[client].begun;
        }
    }
}

/// Whether later versions have the changes of earlier ones.
fn is_ordered(seen: &[Seen; CLIENTS]) -> bool {
    let held = seen.iter().filter_map(|seen| match seen.answer {
        Some(Answer::Holds(version, value)) => Some((version, value)),
        _ => None,
    });
    held.clone().all(|(version, value)| {
        let all = held.clone().all(|(other, earlier)| {
            other > version || (other == version) == (earlier == value) && begins(value, earlier)
        });
        all && (1..).zip(seen).all(|(digit, seen)| match seen.answer {
            Some(Answer::Changed(made)) => {
                (made <= version) == changes(value).any(|change| change == digit)
                    && (made == version) == (value & 7 == digit)
            }
            _ => true,
        })
    })
}

/// Whether a value has these changes first.
fn begins(mut value: Value, first: Value) -> bool {
    while value > first {
        value >>= 3;
    }
    value == first
}

/// Whether the clients may have come one after the other, each between its question and its answer.
fn is_linear(clients: &[Client], seen: &[Seen; CLIENTS]) -> bool {
    let order = Order { clients, seen };
    order.goes_on(0, At { value: 0, version: 0, is_exact: true })
}

/// Orders in which clients may have come.
struct Order<'a> {
    clients: &'a [Client],
    seen: &'a [Seen; CLIENTS],
}

/// A register between two clients.
#[derive(Clone, Copy)]
struct At {
    value: Value,
    /// Its version, or one before.
    version: u8,
    /// Whether it is that one. Nobody knows the version of a change that was not answered.
    is_exact: bool,
}

impl Order<'_> {
    /// Whether there is a way from here, where these have come, to where all have who must.
    fn goes_on(&self, come: u8, at: At) -> bool {
        let mut all = (0..).zip(self.seen);
        let is_over = all.clone().all(|(client, seen)| match seen.answer {
            None | Some(Answer::Unknown | Answer::Reconfigured) => true,
            Some(_) => come >> client & 1 == 1,
        });
        is_over
            || all.any(|(client, seen)| {
                let came_after = |other: &Seen| other.after >> client & 1 == 1;
                let is_late = (0..)
                    .zip(self.seen)
                    .any(|(other, seen): (u8, _)| come >> other & 1 == 1 && came_after(seen));
                let is_next = seen.begun && come >> client & 1 == 0 && !is_late;
                is_next
                    && self
                        .step(client, seen, at)
                        .is_some_and(|next| self.goes_on(come | 1 << client, next))
            })
    }

    /// What this client makes of the register, if it would be told what it was told.
    fn step(&self, client: u8, seen: &Seen, at: At) -> Option<At> {
        let changes = match self.clients[usize::from(client)].operation {
            Operation::Append => true,
            Operation::AppendIf => seen.known == at.value,
            Operation::Read => false,
            Operation::Members(_) => return None,
        };
        match (changes, seen.answer) {
            (true, None | Some(Answer::Unknown)) => Some(at.changed(client, None)),
            (true, Some(Answer::Changed(version))) if version > at.version => {
                Some(at.changed(client, Some(version)))
            }
            (false, Some(Answer::Holds(version, value))) => {
                let is_that =
                    if at.is_exact { version == at.version } else { version > at.version };
                (is_that && value == at.value).then_some(At { value, version, is_exact: true })
            }
            _ => None,
        }
    }
}

impl At {
    fn changed(self, client: u8, version: Option<u8>) -> Self {
        let value = append(self.value, Value::from(client) + 1);
        let is_exact = version.is_some();
        Self { value, version: version.unwrap_or(self.version), is_exact }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGE: Client = Client { place: 0, operation: Operation::Append };
    const PUT_IF: Client = Client { place: 1, operation: Operation::AppendIf };
    const READ: Client = Client { place: 2, operation: Operation::Read };

    /// Begins a client, or tells it something.
    fn history(clients: &[Client], notes: &[Note]) -> History {
        let mut history = History::default();
        notes.iter().for_each(|note| history.note(clients, 0, note));
        history
    }

    fn is_torn(notes: &[Note]) -> bool {
        history(&[CHANGE, PUT_IF, READ, READ], notes).wrong.torn
    }

    const fn begun(client: u8) -> Note {
        Note::Begun(client, 0)
    }

    const fn holds(client: u8, version: u8, value: Value) -> Note {
        Note::Told(client, Answer::Holds(version, value))
    }

    const fn changed(client: u8, version: u8) -> Note {
        Note::Told(client, Answer::Changed(version))
    }

    #[test]
    fn a_read_after_a_change_sees_it() {
        assert!(is_torn(&[begun(0), changed(0, 8), begun(2), holds(2, 0, 0)]));
        assert!(!is_torn(&[begun(0), changed(0, 8), begun(2), holds(2, 8, 1)]));
        assert!(!is_torn(&[begun(2), begun(0), changed(0, 8), holds(2, 0, 0)]), "at once");
        assert!(is_torn(&[begun(0), changed(0, 8), begun(2), holds(2, 16, 1)]), "of another");
    }

    #[test]
    fn reads_do_not_go_back() {
        let both = [begun(0), begun(2), holds(2, 8, 1), begun(3)];
        assert!(!is_torn(&[both[0], both[1], both[2], both[3], holds(3, 8, 1)]));
        assert!(is_torn(&[both[0], both[1], both[2], both[3], holds(3, 0, 0)]));
        assert!(is_torn(&[begun(2), holds(2, 8, 1)]), "nobody has changed it");
    }

    #[test]
    fn a_conditional_put_comes_first_or_not_at_all() {
        assert!(is_torn(&[begun(0), changed(0, 8), begun(1), changed(1, 17)]));
        assert!(!is_torn(&[begun(0), changed(0, 8), begun(1), holds(1, 8, 1)]));
        assert!(!is_torn(&[begun(1), changed(1, 9), begun(0), changed(0, 16)]));
        let known = Note::Begun(1, 1);
        assert!(!is_torn(&[begun(0), changed(0, 8), known, changed(1, 17)]));
        assert!(is_torn(&[begun(0), begun(1), changed(0, 8), changed(1, 8)]), "one version");
    }

    #[test]
    fn what_is_unknown_is_made_before_it_is_told_or_never() {
        let unknown = Note::Told(0, Answer::Unknown);
        assert!(!is_torn(&[begun(0), unknown, begun(2), holds(2, 8, 1)]));
        assert!(!is_torn(&[begun(0), unknown, begun(2), holds(2, 0, 0)]));
        let first = [begun(0), unknown, begun(2), holds(2, 0, 0), begun(3)];
        assert!(is_torn(&[first.as_slice(), &[holds(3, 8, 1)]].concat()), "too late");
    }

    #[test]
    fn versions_have_what_is_before_them() {
        let is_disordered =
            |notes: &[Note]| history(&[CHANGE, PUT_IF, READ, READ], notes).wrong.disordered;
        let reads = [begun(2), begun(3), begun(0), begun(1), holds(2, 8, 1)];
        let and = |note: Note| [reads.as_slice(), &[note]].concat();
        assert!(!is_disordered(&and(holds(3, 17, 0o12))));
        assert!(is_disordered(&and(holds(3, 17, 0o21))), "another one is first");
        assert!(is_disordered(&and(holds(3, 8, 2))), "two values");
        assert!(is_disordered(&and(changed(0, 16))), "of another version");
        assert!(!is_disordered(&and(changed(0, 8))));
    }

    #[test]
    fn what_is_proposed() {
        let proposal = |ballot, value| Proposal { ballot, version: ballot, value, members: 0 };
        let own = |ballot, value| Note::Asked(proposal(ballot, value), Ground::Own);
        let clients = [CHANGE, PUT_IF, READ];
        let wrong = |notes: &[Note]| history(&clients, notes).wrong;
        assert_eq!(wrong(&[begun(0), own(8, 1), own(8, 1)]), Wrong::default());
        assert!(wrong(&[begun(0), begun(1), own(8, 1), own(8, 0o12)]).two_states);
        assert!(wrong(&[begun(0), own(8, 2)]).invented, "it has not come");
        assert!(wrong(&[begun(0), own(8, 0o11)]).invented, "made twice");
        assert!(wrong(&[begun(2), own(8, 3)]).invented, "a read");
        let again = history(&clients, &[begun(0), own(8, 1), own(24, 1)]);
        assert!(again.tried_again() && !again.wrong.two_states);
    }
}

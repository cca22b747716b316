//! What is searched: each scope with its bounds, and a smaller one for a hurry.

use std::marker::PhantomData;

use synod_consensus_core::raft::{ByBallots, ByVotes};

use crate::{
    cluster::Cluster,
    decree::Decree,
    places::Places,
    register::{Client, Operation, Registers},
    search::{Found, search},
};

/// A small system, and how far it is searched.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// Its name.
    pub name: &'static str,
    /// Its bounds, in words.
    pub bounds: &'static str,
    system: System,
}

#[derive(Clone, Copy, Debug)]
enum System {
    Decree(Decree),
    Votes(Cluster<ByVotes>),
    Ballots(Cluster<ByBallots>),
    Registers(Registers),
}

/// What is published.
pub const FULL: &[Scope] = &[
    Scope {
        name: "decree-crashes",
        bounds: "3 acceptors, 2 proposers; 2 ballots and 1; a crash of an acceptor, a crash of a proposer",
        system: System::Decree(Decree {
            ballots: [2, 1],
            acceptor_crashes: 1,
            proposer_crashes: 1,
            learner: false,
        }),
    },
    Scope {
        name: "decree-learner",
        bounds: "3 acceptors, 2 proposers, a learner; 1 ballot each; a crash of an acceptor",
        system: System::Decree(Decree {
            ballots: [1, 1],
            acceptor_crashes: 1,
            proposer_crashes: 0,
            learner: true,
        }),
    },
    Scope {
        name: "raft-elections",
        bounds: "3 voters, 2 of which stand; terms up to 2; a crash",
        system: System::Votes(Cluster { terms: 2, ..ELECTIONS }),
    },
    Scope {
        name: "raft-votes",
        bounds: "3 voters; 1 term; a crash of the last, which hears that a term is over",
        system: System::Votes(VOTES),
    },
    Scope {
        name: "raft-replication",
        bounds: "3 voters, a leader of term 1, another one stands; terms up to 2; 2 proposals at the former; a crash",
        system: System::Votes(Cluster { proposals: 2, ..REPLICATION }),
    },
    Scope {
        name: "raft-reads",
        bounds: "3 voters, a leader of term 1, another one stands; terms up to 2; a proposal and a read at either",
        system: System::Votes(Cluster {
            proposing: Places::of(&[0, 1]),
            reading: Places::of(&[0, 1]),
            ..READS
        }),
    },
    OLD_LEADER,
    Scope {
        name: "ballots-elections",
        bounds: "3 voters, 2 of which stand; a ballot each; a crash",
        system: System::Ballots(ELECTIONS.with_ballots(64)),
    },
    Scope {
        name: "ballots-recovery",
        bounds: "3 voters, a leader of ballot 64, another one stands; ballots up to 65; 2 proposals at the former; a crash",
        system: System::Ballots(Cluster { proposals: 2, ..REPLICATION }.with_ballots(65)),
    },
    Scope {
        name: "ballots-rivals",
        bounds: "3 voters, a leader of ballot 64, both others stand; ballots up to 66; a proposal at the former",
        system: System::Ballots(RIVALS.with_ballots(66)),
    },
    Scope {
        name: "ballots-reads",
        bounds: "3 voters, a leader of ballot 64, another one stands; ballots up to 65; a proposal at the former, a read at the third",
        system: System::Ballots(Cluster { reading: Places::of(&[2]), ..READS }.with_ballots(65)),
    },
    Scope {
        name: "register-crashes",
        bounds: "3 nodes, a client at each: a change, a conditional put, a read; a ballot a life; a crash",
        system: System::Registers(Registers { crashes: 1, ..REGISTERS }),
    },
    Scope {
        name: "register-restarts",
        bounds: "3 nodes, a change and a read at one, a conditional put at another; a ballot a life; a crash",
        system: System::Registers(RESTARTS),
    },
    Scope {
        name: "register-next",
        bounds: "3 nodes, 2 changes and a read at one, a conditional put at another; a ballot each",
        system: System::Registers(Registers {
            clients: &[CHANGE, NEXT_CHANGE, READ_AFTER, PUT_IF],
            ..REGISTERS
        }),
    },
    Scope {
        name: "register-retries",
        bounds: "3 nodes, a change at one, a conditional put at another; 2 ballots and 1, and rejections",
        system: System::Registers(RETRIES),
    },
    Scope {
        name: "register-joins",
        bounds: "2 members and 1 that joins, meanwhile a conditional put, a read at the new one; a ballot a life; a crash of who takes it in",
        system: System::Registers(Registers {
            clients: &[JOIN, PUT_IF, READ],
            crashing: Places::of(&[0]),
            ..JOINS
        }),
    },
    Scope {
        name: "register-leaves",
        bounds: "3 members, 1 leaves, meanwhile a conditional put and a read at the others; a ballot each",
        system: System::Registers(Registers { clients: &[LEAVE, PUT_IF, READ], ..REGISTERS }),
    },
];

/// The same in seconds.
pub const QUICK: &[Scope] = &[
    Scope {
        name: "decree-crashes",
        bounds: "3 acceptors, 2 proposers; 1 ballot and 2; a crash of an acceptor, a crash of a proposer",
        system: System::Decree(Decree {
            ballots: [1, 2],
            acceptor_crashes: 1,
            proposer_crashes: 1,
            learner: false,
        }),
    },
    Scope {
        name: "decree-learner",
        bounds: "3 acceptors, 2 proposers, a learner; 1 ballot each",
        system: System::Decree(Decree {
            ballots: [1, 1],
            acceptor_crashes: 0,
            proposer_crashes: 0,
            learner: true,
        }),
    },
    Scope {
        name: "raft-elections",
        bounds: "3 voters, 2 of which stand; 1 term; a crash",
        system: System::Votes(Cluster { terms: 1, ..ELECTIONS }),
    },
    Scope {
        name: "raft-votes",
        bounds: "3 voters; 1 term; the last hears that it is over",
        system: System::Votes(Cluster { crashes: 0, ..VOTES }),
    },
    Scope {
        name: "raft-replication",
        bounds: "3 voters, a leader of term 1, another one stands; terms up to 2; a proposal; a crash of the third",
        system: System::Votes(Cluster { crashing: Places::of(&[2]), ..REPLICATION }),
    },
    Scope {
        name: "raft-reads",
        bounds: "3 voters, a leader of term 1, another one stands; terms up to 2; a proposal at the former and a read at the latter",
        system: System::Votes(READS),
    },
    OLD_LEADER,
    Scope {
        name: "ballots-elections",
        bounds: "3 voters, 2 of which stand; a ballot each",
        system: System::Ballots(Cluster { crashes: 0, ..ELECTIONS }.with_ballots(64)),
    },
    Scope {
        name: "ballots-recovery",
        bounds: "3 voters, a leader of ballot 64, another one stands; ballots up to 65; a proposal; a crash of the third",
        system: System::Ballots(
            Cluster { crashing: Places::of(&[2]), ..REPLICATION }.with_ballots(65),
        ),
    },
    Scope {
        name: "ballots-rivals",
        bounds: "3 voters, a leader of ballot 64, both others stand; ballots up to 66",
        system: System::Ballots(Cluster { proposals: 0, ..RIVALS }.with_ballots(66)),
    },
    Scope {
        name: "ballots-reads",
        bounds: "3 voters, a leader of ballot 64; a proposal, and a read at the third",
        system: System::Ballots(
            Cluster { standing: Places::of(&[]), reading: Places::of(&[2]), ..READS }
                .with_ballots(64),
        ),
    },
    Scope {
        name: "register-crashes",
        bounds: "3 nodes, a change at one, a conditional put at another; a ballot a life; a crash",
        system: System::Registers(Registers {
            clients: &[CHANGE, PUT_IF],
            crashes: 1,
            ..REGISTERS
        }),
    },
    Scope {
        name: "register-restarts",
        bounds: "3 nodes, a change and a read at one, a conditional put at another; a ballot a life; a crash of the first",
        system: System::Registers(Registers { crashing: Places::of(&[0]), ..RESTARTS }),
    },
    Scope {
        name: "register-next",
        bounds: "3 nodes, 2 changes at one, a conditional put at another; a ballot each",
        system: System::Registers(Registers {
            clients: &[CHANGE, NEXT_CHANGE, PUT_IF],
            ..REGISTERS
        }),
    },
    Scope {
        name: "register-retries",
        bounds: "3 nodes, a change at one, a conditional put at another; 2 ballots each",
        system: System::Registers(Registers { ballots: [2, 2, 1], rejections: false, ..RETRIES }),
    },
    Scope {
        name: "register-joins",
        bounds: "2 members and 1 that joins, meanwhile a conditional put; a ballot a life; a crash",
        system: System::Registers(JOINS),
    },
    Scope {
        name: "register-leaves",
        bounds: "3 members, 1 leaves, meanwhile a conditional put at another; a ballot a life; a crash",
        system: System::Registers(Registers { clients: &[LEAVE, PUT_IF], crashes: 1, ..REGISTERS }),
    },
];

/// Small enough for both.
const OLD_LEADER: Scope = Scope {
    name: "raft-old-leader",
    bounds: "3 voters, a leader of term 1, another one stands; terms up to 2; 2 reads at the former",
    system: System::Votes(Cluster { proposals: 0, reads: 2, reading: Places::of(&[0]), ..READS }),
};

const ELECTIONS: Cluster<ByVotes> = Cluster {
    terms: 2,
    led: false,
    standing: Places::of(&[0, 1]),
    crashes: 1,
    crashing: Places::of(&[0, 1, 2]),
    proposals: 0,
    proposing: Places::of(&[]),
    reads: 0,
    reading: Places::of(&[]),
    leaders_wait: true,
    hearing: Places::of(&[]),
    elections_only: true,
    rule: PhantomData,
};

const VOTES: Cluster<ByVotes> = Cluster {
    terms: 1,
    standing: Places::of(&[0, 1, 2]),
    crashing: Places::of(&[2]),
    hearing: Places::of(&[2]),
    leaders_wait: false,
    ..ELECTIONS
};

const REPLICATION: Cluster<ByVotes> = Cluster {
    terms: 2,
    led: true,
    standing: Places::of(&[1]),
    proposals: 1,
    proposing: Places::of(&[0]),
    leaders_wait: false,
    elections_only: false,
    ..ELECTIONS
};

const RIVALS: Cluster<ByVotes> =
    Cluster { crashes: 0, standing: Places::of(&[1, 2]), ..REPLICATION };

const READS: Cluster<ByVotes> =
    Cluster { crashes: 0, reads: 1, reading: Places::of(&[1]), ..REPLICATION };

const CHANGE: Client = Client { place: 0, operation: Operation::Append };
const NEXT_CHANGE: Client = CHANGE;
const READ_AFTER: Client = Client { place: 0, operation: Operation::Read };
const PUT_IF: Client = Client { place: 1, operation: Operation::AppendIf };
const READ: Client = Client { place: 2, operation: Operation::Read };
const JOIN: Client = Client { place: 0, operation: Operation::Members(&[0, 1, 2]) };
const LEAVE: Client = Client { place: 0, operation: Operation::Members(&[1, 2]) };

const REGISTERS: Registers = Registers {
    members: &[0, 1, 2],
    clients: &[CHANGE, PUT_IF, READ],
    ballots: [1, 1, 1],
    rejections: false,
    crashes: 0,
    crashing: Places::of(&[0, 1, 2]),
};

const RESTARTS: Registers =
    Registers { clients: &[CHANGE, READ_AFTER, PUT_IF], crashes: 1, ..REGISTERS };

const RETRIES: Registers =
    Registers { clients: &[CHANGE, PUT_IF], ballots: [2, 1, 1], rejections: true, ..REGISTERS };

const JOINS: Registers =
    Registers { members: &[0, 1], clients: &[JOIN, PUT_IF], crashes: 1, ..REGISTERS };

impl Scope {
    /// Visits all its states, with so many threads.
    pub fn search(&self, threads: usize) -> Found {
        self.run(threads, None)
    }

    /// Looks for a state in which this property does not hold, and ends there.
    pub fn hunt(&self, threads: usize, property: &'static str) -> Found {
        self.run(threads, Some(property))
    }

    fn run(&self, threads: usize, until: Option<&'static str>) -> Found {
        match self.system {
            System::Decree(decree) => search(decree, threads, until),
            System::Votes(cluster) => search(cluster, threads, until),
            System::Ballots(cluster) => search(cluster, threads, until),
            System::Registers(registers) => search(registers, threads, until),
        }
    }
}

/// The scope of this name among these.
pub fn named<'a>(scopes: &'a [Scope], name: &str) -> Option<&'a Scope> {
    scopes.iter().find(|scope| scope.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use stateright::Model;

    use super::*;
    use crate::world::{self, World};

    /// How many states there are, and all that an observer may have seen in one of them.
    fn seen<S: world::System>(world: &World<S>) -> (usize, HashSet<S::History>) {
        let mut open = world.init_states();
        let mut states: HashSet<_> = open.iter().cloned().collect();
        let mut histories = HashSet::new();
        while let Some(state) = open.pop() {
            let next = world.next_states(&state).into_iter();
            open.extend(next.filter(|next| states.insert(next.clone())));
            histories.insert(state.history);
        }
        (states.len(), histories)
    }

    fn loses_nothing<S: world::System + Copy>(system: S) {
        let (few, reduced) = seen(&World::new(system));
        let (many, all) = seen(&World::unreduced(system));
        println!("{few} states in place of {many}, {} histories", all.len());
        assert!(few < many && reduced == all);
    }

    #[test]
    fn the_reduction_loses_nothing_of_paxos() {
        loses_nothing(Decree {
            ballots: [1, 1],
            acceptor_crashes: 0,
            proposer_crashes: 0,
            learner: false,
        });
    }

    #[test]
    fn the_reduction_loses_nothing_of_elections() {
        loses_nothing(Cluster { terms: 1, crashes: 0, ..ELECTIONS });
    }

    #[test]
    fn the_reduction_loses_nothing_of_replication() {
        loses_nothing(Cluster { crashing: Places::of(&[2]), ..REPLICATION });
    }

    #[test]
    fn the_reduction_loses_nothing_of_ballots() {
        loses_nothing(Cluster { crashing: Places::of(&[2]), ..REPLICATION }.with_ballots(65));
    }

    #[test]
    fn the_reduction_loses_nothing_of_registers() {
        let crashing = Places::of(&[0]);
        let clients: &[Client] = &[CHANGE, PUT_IF];
        loses_nothing(Registers { clients, crashes: 1, crashing, ..REGISTERS });
        loses_nothing(Registers { clients: &[CHANGE, NEXT_CHANGE, PUT_IF], ..REGISTERS });
    }

    #[test]
    fn the_reduction_loses_nothing_of_members() {
        loses_nothing(JOINS);
        loses_nothing(Registers { clients: &[LEAVE, PUT_IF], ..REGISTERS });
    }

    #[test]
    fn the_reduction_loses_nothing_of_reads() {
        loses_nothing(READS);
    }
}

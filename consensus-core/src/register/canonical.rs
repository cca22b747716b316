//! A state without what makes every run unlike every other.

use super::{Change, Register};
use crate::{Canonical, back_off::BackOff};

impl<C: Change + Clone, const N: usize> Register<C, N>
where
    C::Value: Clone,
{
    /// The state without time, the state of chance, and how many writes there were.
    #[must_use]
    pub fn canonical(&self) -> Canonical<Self> {
        let mut register = self.clone();
        register.now_us = 0;
        register.deadline_us = 0;
        register.write = self.write.canonical();
        register.back_off = BackOff::new(0, self.id);
        Canonical(register)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Body, Config, Membership, Message, Output, State, Update};
    use super::*;
    use crate::{Ballot, Instance, NodeId};

    const INSTANCE: Instance = Instance { cluster: 7, number: 1 };
    const ME: NodeId = NodeId(1);
    const OTHER: NodeId = NodeId(2);

    /// A member that has taken and written what another says, at this time, and begins a read.
    fn after(seed: u64, now_us: u64, bodies: &[Body<u8, 2>]) -> Register<Update<u8>, 2> {
        let config = Config::new(INSTANCE, ME, seed);
        let mut register = Register::bootstrap(config, members(), None, 0).unwrap();
        for &body in bodies {
            let message = Message { instance: INSTANCE, to: ME, body };
            register.handle_message(now_us, OTHER, message).unwrap();
            drain(&mut register);
        }
        register.read(now_us).unwrap();
        drain(&mut register);
        register
    }

    fn members() -> Membership<2> {
        Membership::new(&[ME, OTHER]).unwrap()
    }

    fn drain(register: &mut Register<Update<u8>, 2>) {
        while let Some(output) = register.poll_output() {
            if let Output::Write { id, .. } = output {
                register.handle_persisted(id).unwrap();
            }
        }
    }

    #[test]
    fn neither_time_nor_chance_nor_the_number_of_writes_matters() {
        let ballot = Ballot { round: 4.try_into().unwrap(), proposer: OTHER };
        let state = State { version: Some(ballot), value: Some(5), members: members() };
        let (prepare, accept) = (Body::Prepare { ballot }, Body::Accept { ballot, state });
        let early = after(1, 0, &[prepare, accept]);
        let others = [
            after(1, 900, &[prepare, accept]),
            after(2, 0, &[prepare, accept]),
            after(1, 0, &[accept]),
        ];
        for other in others {
            assert!(early != other && early.canonical() == other.canonical());
        }
        assert!(early.canonical() != after(1, 0, &[prepare]).canonical());
    }
}

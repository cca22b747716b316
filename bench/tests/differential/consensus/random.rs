//! Scripts drawn at random.

use proptest::{collection::vec, prelude::*};

use super::{cluster::Loss, host::Kind, pair::Pair};

#[derive(Clone, Copy, Debug)]
enum Step {
    Elect(u64),
    Stand(u64, Loss),
    LeadOn(u64),
    Propose(u64),
    Read(u64),
    /// With so many entries that stay, of those that are applied.
    Compact(u64, u64),
    Stall(u64),
    Sync(u64),
    Crash(u64),
    Restart(u64),
    /// From one node to the other, and back unless links may carry one way.
    Link(u64, u64, bool),
    /// These two from the others.
    Split(u64, u64),
    Heal,
}

fn step(count: u64) -> impl Strategy<Value = Step> {
    let node = 1..=count;
    let two = (node.clone(), node.clone());
    let loss = prop_oneof![
        2 => Just(Loss::Nothing),
        1 => Just(Loss::All(Kind::Vote)),
        1 => Just(Loss::All(Kind::VoteReply)),
        1 => Just(Loss::All(Kind::Leader)),
    ];
    prop_oneof![
        4 => node.clone().prop_map(Step::Elect),
        3 => (node.clone(), loss).prop_map(|(node, loss)| Step::Stand(node, loss)),
        8 => node.clone().prop_map(Step::Propose),
        3 => node.clone().prop_map(Step::LeadOn),
        2 => node.clone().prop_map(Step::Read),
        2 => (node.clone(), 0..3_u64).prop_map(|(node, stay)| Step::Compact(node, stay)),
        2 => node.clone().prop_map(Step::Stall),
        1 => node.clone().prop_map(Step::Sync),
        2 => node.clone().prop_map(Step::Crash),
        2 => node.clone().prop_map(Step::Restart),
        2 => (two.clone(), any::<bool>()).prop_map(|((a, b), open)| Step::Link(a, b, open)),
        2 => node.prop_map(|node| Step::Split(node, node)),
        2 => two.prop_map(|(a, b)| Step::Split(a, b)),
        2 => Just(Step::Heal),
    ]
}

fn run(count: u64, one_way: bool, steps: &[Step]) {
    let mut pair = Pair::new(count as usize);
    pair.lenient = one_way;
    for &step in steps {
        match step {
            Step::Elect(node) => pair.elect(node),
            Step::Stand(node, loss) => pair.stand_and_lose(node, loss),
            Step::LeadOn(node) => pair.lead_on(node),
            Step::Propose(node) => pair.propose(node),
            Step::Read(node) => {
                pair.read(node);
            }
            // In place of a snapshot that gets only halfway, `raft` sends heartbeats.
            Step::Compact(..) if one_way => {}
            Step::Compact(node, stay) => pair.compact(node, stay),
            Step::Stall(node) => pair.stall(node),
            Step::Sync(node) => pair.sync(node),
            Step::Crash(node) => {
                acknowledge(&mut pair, Some(node));
                pair.crash(node);
            }
            Step::Restart(node) => pair.restart(node),
            Step::Link(..) | Step::Split(..) | Step::Heal => {
                acknowledge(&mut pair, None);
                reconnect(&mut pair, one_way, step);
            }
        }
        if matches!(step, Step::Restart(_) | Step::Link(..) | Step::Split(..) | Step::Heal) {
            catch_up(&mut pair);
        }
    }
    pair.settle();
}

fn reconnect(pair: &mut Pair, one_way: bool, step: Step) {
    match step {
        Step::Link(from, to, open) => {
            pair.link(from, to, open);
            if !one_way {
                pair.link(to, from, open);
            }
        }
        Step::Split(a, b) => pair.split(&[a, b]),
        _ => pair.heal(),
    }
}

/// Followers write down what they have, and so learn what of it is committed. The disk of `but`
/// goes on as it does.
fn acknowledge(pair: &mut Pair, but: Option<u64>) {
    for node in pair.nodes() {
        if Some(node) != but && !pair.view(node).leads {
            pair.sync(node);
        }
    }
}

/// The latest leader finds out what was lost.
fn catch_up(pair: &mut Pair) {
    if let Some(latest) = pair.latest_leader() {
        pair.lead_on(latest);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn three_nodes(steps in vec(step(3), 1..40)) {
        run(3, false, &steps);
    }

    #[test]
    fn five_nodes(steps in vec(step(5), 1..40)) {
        run(5, false, &steps);
    }

    #[test]
    fn three_nodes_with_links_one_way(steps in vec(step(3), 1..40)) {
        run(3, true, &steps);
    }

    #[test]
    fn five_nodes_with_links_one_way(steps in vec(step(5), 1..40)) {
        run(5, true, &steps);
    }
}

//! Where the two do not agree. [The table](super) says why, and what the scripts do about it; if
//! one of these fails, its row is out of date.

use super::{
    cluster::{Cluster, Loss},
    host::{Host, Kind},
    raft_rs::RaftRs,
    synod::Synod,
};

/// What a script comes to with ours and with `raft`, which is left as it is.
macro_rules! outcomes {
    ($count:expr, $cluster:ident => $script:expr) => {{
        let ours = {
            let mut $cluster = Cluster::<Synod>::new(0, &[&[][..]; $count]);
            $script
        };
        let theirs = {
            let mut $cluster = Cluster::<RaftRs>::new(0, &[&[][..]; $count]);
            for node in 1..=$count {
                $cluster.host(node).plain = true;
            }
            $script
        };
        (ours, theirs)
    }};
}

impl<H: Host> Cluster<H> {
    fn act(&mut self, node: u64, act: impl FnOnce(&mut H)) {
        self.at(node, Loss::Nothing, act);
    }

    fn propose(&mut self, node: u64) {
        self.act(node, |host| host.propose(vec![7]));
    }

    fn cut(&mut self, node: u64, open: bool) {
        for other in [1, 2, 3] {
            self.link(node, other, open);
            self.link(other, node, open);
        }
    }

    fn beats(&mut self, node: u64, count: usize) {
        for _ in 0..count {
            self.act(node, Host::beat);
        }
    }
}

/// Node 3 has heard of a leader a moment ago, as far as it can know.
#[test]
fn patience_after_a_restart() {
    let leads = outcomes!(3, cluster => {
        cluster.act(1, Host::stand);
        cluster.crash(3);
        cluster.crash(1);
        cluster.restart(3);
        cluster.act(2, Host::stand);
        cluster.view(2).leads
    });
    assert_eq!(leads, (false, true));
}

#[test]
fn patience_with_the_leader_that_asks() {
    let leads = outcomes!(3, cluster => {
        cluster.act(1, Host::stand);
        cluster.cut(1, false);
        cluster.beats(1, 10);
        assert!(!cluster.view(1).leads);
        cluster.cut(1, true);
        cluster.act(1, Host::stand);
        cluster.view(1).leads
    });
    assert_eq!(leads, (true, false));
}

/// Nodes 1 and 2 are in term 1, in which node 2 has no vote and no leader; node 3 has missed it.
#[test]
fn a_pre_vote_for_a_term_that_has_begun() {
    let outcome = outcomes!(3, cluster => {
        cluster.cut(3, false);
        cluster.at(1, Loss::After(2), Host::stand);
        cluster.act(2, Host::stand);
        assert_eq!((cluster.view(2).term, cluster.view(2).vote), (1, None));
        cluster.crash(1);
        cluster.cut(3, true);
        cluster.act(3, Host::stand);
        (cluster.view(3).term, cluster.view(3).leads)
    });
    assert_eq!(outcome, ((1, false), (1, true)));
}

/// Node 1 knows that index 2 is committed, and refuses to vote for node 3.
#[test]
fn commits_in_votes() {
    let commit = outcomes!(3, cluster => {
        cluster.act(1, Host::stand);
        cluster.at(1, Loss::After(2), |host| host.propose(vec![7]));
        cluster.at(1, Loss::After(0), |host| host.propose(vec![8]));
        cluster.crash(2);
        cluster.crash(1);
        cluster.restart(1);
        cluster.act(3, Host::stand);
        (cluster.view(1).commit, cluster.view(3).commit)
    });
    assert_eq!(commit, ((2, 1), (2, 2)));
}

#[test]
fn a_snapshot_that_is_lost() {
    let commits = outcomes!(3, cluster => {
        cluster.act(1, Host::stand);
        cluster.cut(3, false);
        cluster.propose(1);
        cluster.act(1, |host| host.compact(2));
        cluster.cut(3, true);
        cluster.at(1, Loss::All(Kind::Snapshot), Host::beat);
        cluster.beats(1, 1);
        let soon = cluster.view(3).commit;
        cluster.beats(1, 4);
        (soon, cluster.view(3).commit)
    });
    assert_eq!(commits, ((1, 2), (2, 2)));
}

/// Node 3 is down when it would need one, and comes back.
#[test]
fn a_snapshot_for_who_is_silent() {
    let commits = outcomes!(3, cluster => {
        cluster.crash(3);
        cluster.act(1, Host::stand);
        cluster.act(1, |host| host.compact(1));
        cluster.beats(1, 1);
        cluster.restart(3);
        cluster.beats(1, 1);
        let soon = cluster.view(3).commit;
        cluster.beats(1, 4);
        (soon, cluster.view(3).commit)
    });
    assert_eq!(commits, ((0, 1), (1, 1)));
}

/// Node 3 was away when it needed one, and comes back before the beat with which it is sent again.
/// That one is lost, too.
#[test]
fn a_heartbeat_beside_a_snapshot() {
    let leaders = outcomes!(3, cluster => {
        cluster.crash(3);
        cluster.act(1, Host::stand);
        cluster.act(1, |host| host.compact(1));
        cluster.beats(1, 4);
        cluster.restart(3);
        cluster.at(1, Loss::All(Kind::Snapshot), Host::beat);
        let at_once = cluster.view(3).leader;
        cluster.at(1, Loss::All(Kind::Snapshot), Host::beat);
        (at_once, cluster.view(3).leader)
    });
    assert_eq!(leaders, ((None, Some(1)), (Some(1), Some(1))));
}

/// Node 3 has not written index 2 when it is committed, and hears of nobody then.
#[test]
fn commits_of_what_is_not_acknowledged() {
    let commit = outcomes!(3, cluster => {
        cluster.act(1, Host::stand);
        cluster.act(3, Host::stall);
        cluster.propose(1);
        cluster.cut(3, false);
        cluster.act(3, Host::sync);
        cluster.view(3).commit
    });
    assert_eq!(commit, (1, 2));
}

/// Node 3 hears its leader, which does not hear it.
#[test]
fn commits_in_heartbeats() {
    let commit = outcomes!(3, cluster => {
        cluster.link(3, 1, false);
        cluster.act(1, Host::stand);
        cluster.beats(1, 1);
        (cluster.view(3).last().1, cluster.view(3).commit)
    });
    assert_eq!(commit, ((1, 1), (1, 0)));
}

/// What node 3 was sent is lost, and then something is committed.
#[test]
fn when_a_loss_is_noticed() {
    let ends = outcomes!(3, cluster => {
        cluster.act(1, Host::stand);
        cluster.act(2, Host::stall);
        cluster.cut(3, false);
        cluster.propose(1);
        cluster.cut(3, true);
        cluster.act(2, Host::sync);
        let at_commit = cluster.view(3).commit;
        cluster.beats(1, 1);
        (at_commit, cluster.view(3).commit)
    });
    assert_eq!(ends, ((1, 2), (2, 2)));
}

#[test]
fn what_confirms_a_read() {
    let reads = outcomes!(3, cluster => {
        cluster.act(1, Host::stand);
        cluster.cut(1, false);
        cluster.act(1, |host| assert!(host.read(1)));
        cluster.cut(1, true);
        cluster.propose(1);
        let by_entries = cluster.view(1).reads.len();
        cluster.beats(1, 1);
        (by_entries, cluster.view(1).reads.len())
    });
    assert_eq!(reads, ((1, 1), (0, 1)));
}

/// One node answers before the second read, another one after it.
#[test]
fn what_confirms_an_earlier_read() {
    let reads = outcomes!(5, cluster => {
        cluster.act(1, Host::stand);
        for node in [3, 4, 5] {
            cluster.crash(node);
        }
        cluster.act(1, |host| assert!(host.read(1)));
        cluster.crash(2);
        cluster.act(1, |host| assert!(host.read(2)));
        cluster.restart(3);
        cluster.beats(1, 1);
        cluster.view(1).reads.len()
    });
    assert_eq!(reads, (1, 0));
}

#[test]
fn a_leader_whose_disk_stalls() {
    let leads = outcomes!(3, cluster => {
        cluster.act(1, Host::stand);
        cluster.act(1, Host::stall);
        cluster.propose(1);
        cluster.beats(1, 10);
        cluster.view(1).leads
    });
    assert_eq!(leads, (false, true));
}

/// Node 3's disk has to write an entry when a heartbeat comes.
#[test]
fn a_follower_whose_disk_stalls() {
    let reads = outcomes!(3, cluster => {
        cluster.act(1, Host::stand);
        cluster.crash(2);
        cluster.act(3, Host::stall);
        cluster.propose(1);
        cluster.act(1, |host| assert!(host.read(1)));
        cluster.view(1).reads.len()
    });
    assert_eq!(reads, (1, 0));
}

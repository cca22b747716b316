//! A client that works, whatever happens to nodes.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use synod_sim::random::Random;
use tokio::{sync::watch, time::sleep};

use super::{Plan, lock, record::Record};
use crate::cluster::remote::Remote;

/// How long a node has to take a connection, and to answer: longer than its own patience with a
/// command, so that what it says in the end is heard and counted.
const CONNECT: Duration = Duration::from_millis(500);
const ANSWER: Duration = Duration::from_secs(6);
/// How long a client waits when it was refused.
const PAUSE: Duration = Duration::from_millis(20);
/// How long it thinks at most: what is recorded is not to outgrow the memory in hours.
const THOUGHT_MS: u64 = 4;

/// A client.
#[derive(Debug)]
pub(super) struct Worker {
    random: Random,
    nodes: Vec<SocketAddr>,
    record: Arc<Mutex<Record>>,
    stopped: watch::Receiver<bool>,
}

impl Worker {
    /// The client of this number.
    pub(super) fn new(
        plan: &Plan,
        number: u64,
        nodes: Vec<SocketAddr>,
        record: Arc<Mutex<Record>>,
        stopped: watch::Receiver<bool>,
    ) -> Self {
        let random = Random::stream(plan.seed, number.saturating_add(1));
        Self { random, nodes, record, stopped }
    }

    /// Works until it is told to stop.
    pub(super) async fn run(mut self) {
        while !*self.stopped.borrow() {
            let node = self.random.index(self.nodes.len());
            let Some(address) = self.nodes.get(node) else { return };
            match Remote::connect(*address, CONNECT).await {
                Ok(remote) => self.work(remote).await,
                Err(_) => sleep(PAUSE).await,
            }
        }
    }

    /// Works until that node fails.
    async fn work(&mut self, mut remote: Remote) {
        while !*self.stopped.borrow() {
            let Some(task) = lock(&self.record).begin(&mut self.random) else { return };
            let answer = remote.call(&task.command, ANSWER).await.ok();
            if !lock(&self.record).finish(&task, answer.as_ref()) {
                return sleep(PAUSE).await;
            }
            sleep(Duration::from_millis(self.random.below(THOUGHT_MS))).await;
        }
    }
}

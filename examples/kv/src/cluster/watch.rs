//! Looks at each node, again and again.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    sync::mpsc::Sender,
    time::{MissedTickBehavior, interval},
};

use crate::{glance::Glance, remote::Remote};

/// How often a node is looked at, and how long it has to answer.
const PERIOD: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(1);

/// What a node said, or that it did not.
#[derive(Debug)]
pub(super) struct Sighting {
    /// Its number.
    pub(super) id: u64,
    /// What it said.
    pub(super) glance: Option<Glance>,
}

/// Looks at a node until nobody listens.
pub(super) async fn watch(id: u64, address: SocketAddr, sightings: Sender<Sighting>) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut connection = None;
    loop {
        ticks.tick().await;
        if connection.is_none() {
            connection = Remote::connect(address, PATIENCE).await.ok();
        }
        let mut glance = None;
        if let Some(mut remote) = connection.take() {
            glance = Glance::ask(&mut remote, PATIENCE).await.ok();
            // After a failure another answer may be on its way.
            connection = glance.is_some().then_some(remote);
        }
        if sightings.send(Sighting { id, glance }).await.is_err() {
            return;
        }
    }
}

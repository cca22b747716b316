//! How long a cluster takes no writes after its leader was killed.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use tokio::{
    task::JoinSet,
    time::{Instant, interval, timeout},
};

use crate::{
    client::{Client, VALUE_BYTES},
    cluster::Cluster,
};

/// How often a client tries. Each attempt has a connection of its own and waits as long as it takes.
pub const EVERY: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(30);

/// Kills the leader, tells when a surviving node first acknowledges a write that was sent after
/// that, and starts the killed node again.
pub async fn measure(cluster: &mut Cluster) -> Result<Duration> {
    cluster.settle().await?;
    let leader = cluster.leader().await?;
    let mut survivors = cluster.clients.to_vec();
    survivors.remove(leader);

    let start = Instant::now();
    cluster.kill(leader)?;
    let mut attempts = JoinSet::new();
    let mut ticks = interval(EVERY);
    let mut survivors = survivors.into_iter().cycle();
    let first_write = async {
        loop {
            tokio::select! {
                Some(Ok(Ok(()))) = attempts.join_next() => return start.elapsed(),
                _ = ticks.tick() => {
                    let (system, node) = (Arc::clone(&cluster.system), survivors.next());
                    attempts.spawn(async move {
                        let node = node.context("no survivor")?;
                        let mut client = Client::connect(&system, node).await?;
                        client.put(b"a key of no load", &[b'-'; VALUE_BYTES]).await
                    });
                }
            }
        }
    };
    let took = timeout(PATIENCE, first_write).await.context("there is no leader any more")?;
    cluster.restart(leader)?;
    Ok(took)
}

//! Loads: connections that each have one request on its way.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Result;
use hdrhistogram::Histogram;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::{
    client::{Client, Key, VALUE_BYTES},
    cluster::{Cluster, NODES},
    machine,
};

pub const CONNECTIONS: usize = 64;
pub const KEYS: u32 = 10_000;
pub const WARM_UP: Duration = Duration::from_secs(1);
pub const LENGTH: Duration = Duration::from_secs(8);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Load {
    Writes,
    Reads,
    /// One write for nine reads.
    Mixed,
}

impl Load {
    pub const ALL: [Self; 3] = [Self::Writes, Self::Reads, Self::Mixed];

    fn writes_in_ten(self) -> u32 {
        match self {
            Self::Writes => 10,
            Self::Reads => 0,
            Self::Mixed => 1,
        }
    }
}

impl fmt::Display for Load {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Writes => "writes",
            Self::Reads => "reads",
            Self::Mixed => "9 reads to 1 write",
        })
    }
}

/// One round of a load.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub per_s: f64,
    pub p50_us: f64,
    pub p99_us: f64,
    pub max_us: f64,
    /// What an operation costs of the processors, at all nodes and here.
    pub nodes_cpu_us: f64,
    pub driver_cpu_us: f64,
}

impl fmt::Display for Measured {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { per_s, p50_us, p99_us, max_us, nodes_cpu_us, driver_cpu_us } = self;
        write!(to, "{per_s:>7.0}/s, p50 {p50_us} us, p99 {p99_us} us, max {max_us} us, ")?;
        write!(to, "cpu {nodes_cpu_us:.1} + {driver_cpu_us:.1} us")
    }
}

/// Gives all keys a value.
pub async fn fill(cluster: &Cluster) -> Result<()> {
    let mut tasks = JoinSet::new();
    for (at, node) in (0..CONNECTIONS).zip(cluster.clients.into_iter().cycle()) {
        let mut client = Client::connect(&cluster.system, node).await?;
        tasks.spawn(async move {
            for number in (0..KEYS).skip(at).step_by(CONNECTIONS) {
                client.put(&key(number), &[b'v'; VALUE_BYTES]).await?;
            }
            anyhow::Ok(())
        });
    }
    tasks.join_all().await.into_iter().collect()
}

/// Puts a load on a cluster, its connections spread evenly over the nodes.
pub async fn measure(cluster: &Cluster, load: Load) -> Result<Measured> {
    let mut clients = Vec::new();
    for at in 0..CONNECTIONS {
        clients.push(Client::connect(&cluster.system, cluster.clients[at % NODES]).await?);
    }
    let latencies = Arc::new(Mutex::new(Histogram::<u64>::new(3)?));
    let begin = Instant::now() + WARM_UP;
    let end = begin + LENGTH;
    let mut tasks = JoinSet::new();
    for (client, seed) in clients.into_iter().zip(1..) {
        tasks.spawn(ask(client, load, seed, begin, end, Arc::clone(&latencies)));
    }
    let cpu = || anyhow::Ok((cluster.cpu()?, machine::cpu("self")?));
    sleep_until(begin).await;
    let before = cpu()?;
    sleep_until(end).await;
    let after = cpu()?;
    tasks.join_all().await.into_iter().collect::<Result<()>>()?;

    let latencies = latencies.lock().unwrap_or_else(PoisonError::into_inner);
    let count = latencies.len() as f64;
    let quantile = |part| latencies.value_at_quantile(part) as f64;
    Ok(Measured {
        per_s: count / LENGTH.as_secs_f64(),
        p50_us: quantile(0.5),
        p99_us: quantile(0.99),
        max_us: latencies.max() as f64,
        nodes_cpu_us: (after.0 - before.0).as_secs_f64() * 1e6 / count,
        driver_cpu_us: (after.1 - before.1).as_secs_f64() * 1e6 / count,
    })
}

/// One connection's requests until `end`; those answered from `begin` on count.
async fn ask(
    mut client: Client,
    load: Load,
    seed: u64,
    begin: Instant,
    end: Instant,
    latencies: Arc<Mutex<Histogram<u64>>>,
) -> Result<()> {
    let mut random = fastrand::Rng::with_seed(seed);
    loop {
        let key = key(random.u32(..KEYS));
        let is_write = random.u32(..10) < load.writes_in_ten();
        let value = [random.alphanumeric() as u8; VALUE_BYTES];
        let start = Instant::now();
        if start >= end {
            return Ok(());
        }
        if is_write {
            client.put(&key, &value).await?;
        } else {
            client.get(&key).await?;
        }
        let now = Instant::now();
        if now >= begin && now < end {
            let us = u64::try_from((now - start).as_micros())?;
            latencies.lock().unwrap_or_else(PoisonError::into_inner).record(us)?;
        }
    }
}

fn key(number: u32) -> Key {
    let mut key = *b"key:000000000000";
    let mut rest = number;
    for digit in key.iter_mut().rev() {
        if rest == 0 {
            break;
        }
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    key
}

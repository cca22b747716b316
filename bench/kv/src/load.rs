//! Loads: connections that each have one request on its way.

use std::{
    fmt,
    net::SocketAddr,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Result;
use fastrand::Rng;
use hdrhistogram::Histogram;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::{
    client::{Client, Key, System, VALUE_BYTES},
    cluster::Cluster,
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
    /// What all else on the machine took of the processors.
    pub others_percent: f64,
    /// Requests that failed.
    pub failed: f64,
}

#[derive(Debug)]
struct Tally {
    latencies: Histogram<u64>,
    failed: u32,
}

impl fmt::Display for Measured {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { per_s, p50_us, p99_us, max_us, nodes_cpu_us, driver_cpu_us, .. } = self;
        write!(to, "{per_s:>7.0}/s, p50 {p50_us} us, p99 {p99_us} us, max {max_us} us, ")?;
        write!(to, "cpu {nodes_cpu_us:.1} + {driver_cpu_us:.1} us, ")?;
        write!(to, "others {:.0} %, failed {}", self.others_percent, self.failed)
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
    let tally = Tally { latencies: Histogram::new(3)?, failed: 0 };
    let tally = Arc::new(Mutex::new(tally));
    let begin = Instant::now() + WARM_UP;
    let end = begin + LENGTH;
    let mut tasks = JoinSet::new();
    for (seed, node) in (0..CONNECTIONS).zip(cluster.clients.into_iter().cycle()) {
        let random = Rng::with_seed(seed as u64);
        let (system, tally) = (Arc::clone(&cluster.system), Arc::clone(&tally));
        tasks.spawn(async move { ask(&system, node, load, random, begin..end, &tally).await });
    }
    let cpu = || anyhow::Ok((cluster.cpu()?, machine::cpu("self")?, machine::all_cpus()?));
    sleep_until(begin).await;
    let (nodes, driver, (used, all)) = cpu()?;
    sleep_until(end).await;
    let after = cpu()?;
    tasks.join_all().await.into_iter().collect::<Result<()>>()?;

    let (nodes, driver) = (after.0 - nodes, after.1 - driver);
    let others = (after.2.0 - used).saturating_sub(nodes + driver);
    let Tally { latencies, failed } = &*tally.lock().unwrap_or_else(PoisonError::into_inner);
    let count = latencies.len() as f64;
    let quantile = |part| latencies.value_at_quantile(part) as f64;
    Ok(Measured {
        per_s: count / LENGTH.as_secs_f64(),
        p50_us: quantile(0.5),
        p99_us: quantile(0.99),
        max_us: latencies.max() as f64,
        nodes_cpu_us: nodes.as_secs_f64() * 1e6 / count,
        driver_cpu_us: driver.as_secs_f64() * 1e6 / count,
        others_percent: others.as_secs_f64() * 100.0 / (after.2.1 - all).as_secs_f64(),
        failed: f64::from(*failed),
    })
}

/// One connection's requests until the end; those answered within the time count.
async fn ask(
    system: &System,
    node: SocketAddr,
    load: Load,
    mut random: Rng,
    time: Range<Instant>,
    tally: &Mutex<Tally>,
) -> Result<()> {
    let mut client = Client::connect(system, node).await?;
    loop {
        let key = key(random.u32(..KEYS));
        let is_write = random.u32(..10) < load.writes_in_ten();
        let value = [random.alphanumeric() as u8; VALUE_BYTES];
        let start = Instant::now();
        if start >= time.end {
            return Ok(());
        }
        let done = if is_write { client.put(&key, &value).await } else { client.get(&key).await };
        let us = u64::try_from(start.elapsed().as_micros())?;
        let is_timely = time.contains(&Instant::now());
        if done.is_err() {
            // What else arrives there would be taken for the answer to something else.
            client = Client::connect(system, node).await?;
        }
        let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
        match done {
            Ok(()) if is_timely => tally.latencies.record(us)?,
            Ok(()) => {}
            Err(_) => tally.failed += 1,
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

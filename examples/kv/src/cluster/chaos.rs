//! `--chaos`: clients work while nodes are killed and paused, and all that they saw is checked.

mod faults;
mod record;
mod verdict;
mod workload;

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    process,
    sync::{Arc, Mutex as Lock, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    sync::{Mutex, mpsc::UnboundedSender, watch},
    task::JoinSet,
    time::{Instant, sleep},
};

pub(super) use self::verdict::Verdict;
use self::{record::Record, workload::Worker};
use crate::cluster::{
    fleet::Fleet,
    remote::{self, Answer, Remote},
};

/// How many clients there are.
const CLIENTS: u64 = 16;
/// How long a cluster has to recover when nobody disturbs it any more.
const RECOVERY: Duration = Duration::from_secs(60);
/// How long an answer may take when nobody disturbs.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long it takes until a node is asked again.
const PAUSE: Duration = Duration::from_millis(100);
/// How many keys are read at once.
const BATCH: usize = 64;

/// What is to be done.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// What decides the faults, and what clients do.
    pub seed: u64,
    /// How long it takes.
    pub length: Duration,
}

impl Plan {
    /// A plan; any seed, and half a minute, if nobody says otherwise.
    pub(super) fn new(seed: Option<u64>, length: Option<Duration>) -> Self {
        Self {
            // Short, as people are to type it again.
            seed: seed.unwrap_or_else(|| nonce() % 1_000_000),
            length: length.unwrap_or(Duration::from_secs(30)),
        }
    }
}

/// Disturbs a cluster of which all nodes run, and says what came of it. In the end all run again.
pub(super) async fn run(
    fleet: Arc<Mutex<Fleet>>,
    plan: Plan,
    events: UnboundedSender<String>,
) -> Verdict {
    // A folder may have had chaos before.
    let prefix = format!("chaos:{:x}", nonce());
    let record = Arc::new(Lock::new(Record::new(prefix.clone())));
    let done = disturb_and_check(&fleet, &plan, &prefix, &record, &events).await;
    let counts = lock(&record).counts.clone();
    Verdict { seed: plan.seed, counts, failure: done.err() }
}

async fn disturb_and_check(
    fleet: &Mutex<Fleet>,
    plan: &Plan,
    prefix: &str,
    record: &Arc<Lock<Record>>,
    events: &UnboundedSender<String>,
) -> Result<(), String> {
    let nodes: BTreeMap<u64, SocketAddr> = fleet.lock().await.addresses().into_iter().collect();
    let (stop, stopped) = watch::channel(false);
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let addresses = nodes.values().copied().collect();
        let record = Arc::clone(record);
        clients.spawn(Worker::new(plan, number, addresses, record, stopped.clone()).run());
    }
    faults::disturb(fleet, plan, record, events).await.map_err(|error| error.to_string())?;
    // If nobody listens, nobody wants to know.
    let _ = events.send("all nodes are back; clients go on until each serves".to_owned());
    recovered(&nodes, prefix).await?;
    let _ = stop.send(true);
    while clients.join_next().await.is_some() {}
    let _ = events.send("what each node has is read and checked".to_owned());
    let mut last = Vec::new();
    for (id, address) in &nodes {
        let read = read_all(*address, record).await;
        last = read.map_err(|error| format!("node {id}: the last reads: {error}"))?;
    }
    let mut record = lock(record);
    for (key, last) in last.iter().enumerate() {
        record.check(key, last).ok_or("a key was not checked")?;
    }
    Ok(())
}

/// Waits until each node serves.
async fn recovered(nodes: &BTreeMap<u64, SocketAddr>, prefix: &str) -> Result<(), String> {
    let start = Instant::now();
    for (id, address) in nodes {
        while let Err(error) = serves(*address, prefix).await {
            if start.elapsed() > RECOVERY {
                return Err(format!("node {id} does not serve: {error}"));
            }
            sleep(PAUSE).await;
        }
    }
    Ok(())
}

/// Whether a node serves a write and a read.
async fn serves(address: SocketAddr, prefix: &str) -> io::Result<()> {
    let key = format!("{prefix}:probe");
    let mut remote = Remote::connect(address, PATIENCE).await?;
    for command in [&["SET", &key, "1"][..], &["GET", &key]] {
        if let Answer::Error(error) = remote.call(command, PATIENCE).await? {
            return Err(io::Error::other(error.to_string()));
        }
    }
    Ok(())
}

/// Reads all keys at a node, and notes what they have.
async fn read_all(address: SocketAddr, record: &Lock<Record>) -> io::Result<Vec<Answer>> {
    let names = lock(record).names();
    let mut remote = Remote::connect(address, PATIENCE).await?;
    let mut values = Vec::new();
    for batch in names.chunks(BATCH) {
        let mut command = vec!["MGET"];
        command.extend(batch.iter().map(String::as_str));
        let called = lock(record).moment();
        let answer = remote.call(&command, PATIENCE).await?;
        let mut record = lock(record);
        let returned = record.moment();
        let Answer::Array(answers) = answer else {
            return Err(io::Error::other(remote::show(&answer)));
        };
        if answers.len() != batch.len() {
            return Err(io::Error::other("another number of values than of keys"));
        }
        for answer in answers {
            record.read(values.len(), called, returned, &answer);
            values.push(answer);
        }
    }
    Ok(values)
}

/// Nobody panics while holding it, so what is in it is whole.
fn lock<T>(lock: &Lock<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number that nobody else has.
fn nonce() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::from(process::id()).rotate_left(40) ^ u64::from(since.subsec_nanos()) ^ since.as_secs()
}

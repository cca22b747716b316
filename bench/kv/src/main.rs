//! `synod-kv` beside etcd: three nodes of each on this machine, the same loads, in one run.
//!
//! `cargo xtask bench-kv` runs it with `SYNOD DATA ROUNDS RESULTS`: the program `synod-kv`, a folder
//! on a real disk, how often everything is measured, and the file of the results.

mod client;
mod cluster;
mod etcd;
mod fail_over;
mod load;
mod machine;
mod report;
mod resp;

use std::{env, fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail};
use tokio::{
    signal,
    time::{sleep, timeout},
};

use crate::{
    client::System,
    cluster::Cluster,
    load::Load,
    machine::Machine,
    report::{Report, Side},
};

/// A run that takes longer than this, and this for each round, hangs.
const LIMIT: Duration = Duration::from_secs(180);
const LIMIT_OF_ROUND: Duration = Duration::from_secs(120);
/// What a node does at its start is over by then.
const IDLE: Duration = Duration::from_secs(4);
const FAIL_OVERS: usize = 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [synod, data, rounds, results] = arguments.as_slice() else {
        bail!("arguments: SYNOD DATA ROUNDS RESULTS");
    };
    let rounds: u32 = rounds.parse().ok().filter(|rounds| *rounds > 0).context("ROUNDS")?;
    let systems = [System::Synod(PathBuf::from(synod)), System::Etcd];
    // Whatever ends the run first, all nodes are dropped with it, and so stopped.
    let report = tokio::select! {
        report = timeout(LIMIT + LIMIT_OF_ROUND * rounds, run(systems, PathBuf::from(data), rounds)) => {
            report.context("it takes too long")??
        }
        _ = signal::ctrl_c() => bail!("interrupted"),
    };
    fs::write(results, report.to_string()).with_context(|| results.clone())
}

async fn run(systems: [System; 2], data: PathBuf, rounds: u32) -> Result<Report> {
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    fs::create_dir_all(&data)?;
    let machine = Machine::look(&data)?;
    let mut sides = Vec::new();
    for system in systems {
        println!("starting {}", system.name());
        let version = system.version()?;
        let cluster = Cluster::start(system, &data)?;
        cluster.settle().await?;
        sleep(IDLE).await;
        let fresh_kib = cluster.resident_kib()?;
        load::fill(&cluster).await?;
        cluster.pause()?;
        sides.push((cluster, Side { version, fresh_kib, ..Side::default() }));
    }
    for load in Load::ALL {
        for round in 1..=rounds {
            for (cluster, side) in &mut sides {
                cluster.resume()?;
                cluster.settle().await?;
                let measured = load::measure(cluster, load).await?;
                cluster.pause()?;
                println!("{load} {round}: {:<8} {measured}", cluster.system.name());
                side.loads.entry(load).or_default().push(measured);
            }
        }
    }
    for (cluster, side) in &mut sides {
        cluster.resume()?;
        cluster.settle().await?;
        sleep(IDLE).await;
        side.loaded_kib = cluster.resident_kib()?;
        for _ in 0..FAIL_OVERS {
            let took = fail_over::measure(cluster).await?;
            println!("fail-over: {:<8} {} ms", cluster.system.name(), took.as_millis());
            side.fail_overs.push(took);
        }
        cluster.pause()?;
    }
    let sides: Vec<Side> = sides.into_iter().map(|(_, side)| side).collect();
    fs::remove_dir_all(&data)?;
    let Ok([synod, etcd]) = <[Side; 2]>::try_from(sides) else { bail!("two systems") };
    Ok(Report { machine, rounds, synod, etcd })
}

//! What the machine is, and what it counts.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use rustix::param::clock_ticks_per_second;

const SYNCS: usize = 300;

/// The machine that is measured on.
#[derive(Debug)]
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub file_system: String,
    pub kernel: String,
    /// The day of the measurement.
    pub date: String,
    /// The median of a sync after a small append.
    pub sync: Duration,
}

impl Machine {
    /// Looks at the machine, and at the disk of a folder.
    pub fn look(folder: &Path) -> Result<Self> {
        let information = fs::read_to_string("/proc/cpuinfo")?;
        let models: Vec<&str> = information
            .lines()
            .filter_map(|line| Some(line.strip_prefix("model name")?.split_once(": ")?.1))
            .collect();
        Ok(Self {
            processor: (*models.first().unwrap_or(&"unknown processor")).to_owned(),
            cores: models.len(),
            file_system: file_system(&folder.canonicalize()?)?,
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            date: date()?,
            sync: sync(&folder.join("sync"))?,
        })
    }
}

/// The kind of file system that a folder is on.
fn file_system(folder: &Path) -> Result<String> {
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((words.next()?, words.next()?))
    });
    let mount = mounts.filter(|(at, _)| folder.starts_with(at)).max_by_key(|(at, _)| at.len());
    Ok(mount.context("no file system")?.1.to_owned())
}

fn date() -> Result<String> {
    let output = Command::new("date").args(["--utc", "+%F"]).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn sync(path: &Path) -> Result<Duration> {
    let mut file = File::create(path)?;
    let mut times = Vec::new();
    for _ in 0..SYNCS {
        let start = Instant::now();
        file.write_all(&[0; 256])?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    fs::remove_file(path)?;
    times.sort();
    Ok(times[SYNCS / 2])
}

/// The processors' time since the machine has started: what was used, by whomever, and all.
pub fn all_cpus() -> Result<(Duration, Duration)> {
    let text = fs::read_to_string("/proc/stat")?;
    let ticks = text.lines().next().unwrap_or_default().split_whitespace().skip(1).take(8);
    let ticks = ticks.map(str::parse::<u64>).collect::<Result<Vec<_>, _>>()?;
    // The fourth and the fifth are idle.
    let all = ticks.iter().sum();
    Ok((of_ticks(all - ticks[3] - ticks[4]), of_ticks(all)))
}

/// The processors' time that a process has used: its id, or `self`.
pub fn cpu(process: &str) -> Result<Duration> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name before may have blanks in it.
    let (_, numbers) = text.rsplit_once(") ").context("stat")?;
    let ticks = numbers.split(' ').skip(11).take(2).map(str::parse::<u64>);
    Ok(of_ticks(ticks.sum::<Result<u64, _>>()?))
}

fn of_ticks(ticks: u64) -> Duration {
    Duration::from_secs_f64(ticks as f64 / clock_ticks_per_second() as f64)
}

/// The resident memory of a process.
pub fn resident_kib(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    Ok(line.trim_end_matches("kB").trim().parse()?)
}

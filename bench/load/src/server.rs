//! What the server process holds and has used, as Linux tells it.

use crate::Outcome;
use std::fs::read_to_string;

/// Clock ticks a second, the same on every Linux this runs on.
const TICKS: f64 = 100.0;

/// A look at the process.
#[derive(Debug)]
pub struct Seen {
    /// The most memory it has held since it started.
    pub peak_rss_kib: u64,
    /// What it holds now.
    pub rss_kib: u64,
    /// Of that, what is not a mapped file.
    pub anon_kib: u64,
    /// Processor time since it started.
    pub cpu_seconds: f64,
}

/// Looks at the process with this id.
pub fn look(pid: u32) -> Outcome<Seen> {
    let read = |name: &str| {
        read_to_string(format!("/proc/{pid}/{name}"))
            .map_err(|error| format!("server {pid}: {error}"))
    };
    let status = read("status")?;
    let line = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':')
            .split_whitespace()
            .next()?
            .parse::<u64>()
            .ok()
    };
    let stat = read("stat")?;
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|n| n.parse::<f64>().ok())
        .sum();
    Ok(Seen {
        peak_rss_kib: line("VmHWM").unwrap_or(0),
        rss_kib: line("VmRSS").unwrap_or(0),
        anon_kib: line("RssAnon").unwrap_or(0),
        cpu_seconds: ticks / TICKS,
    })
}

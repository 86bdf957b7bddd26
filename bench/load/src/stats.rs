//! Latencies and failures of one kind of request.

use serde_json::{Value, json};
use std::time::Duration;

/// Failures that are told in words.
const EXAMPLES: usize = 5;

/// How long requests took and which failed; a failed one counts with the time until it failed.
#[derive(Debug, Default)]
pub struct Times {
    took: Vec<Duration>,
    failed: usize,
    examples: Vec<String>,
}

impl Times {
    /// One request more.
    pub fn add(&mut self, took: Duration, answer: Result<(), String>) {
        self.took.push(took);
        if let Err(error) = answer {
            self.failed += 1;
            if self.examples.len() < EXAMPLES {
                self.examples.push(error);
            }
        }
    }

    /// Count, failures and percentiles (nearest rank) in milliseconds.
    pub fn told(&self) -> Value {
        let mut sorted = self.took.clone();
        sorted.sort_unstable();
        let rank = |share: f64| {
            let at = (sorted.len() as f64 * share).ceil() as usize;
            sorted
                .get(at.saturating_sub(1))
                .map(|took| (took.as_secs_f64() * 1e5).round() / 100.0)
        };
        json!({
            "count": sorted.len(), "failed": self.failed, "failures": self.examples,
            "p50": rank(0.5), "p95": rank(0.95), "p99": rank(0.99), "max": rank(1.0),
        })
    }
}

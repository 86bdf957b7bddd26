//! Counters for `/metrics`, in the text form monitoring systems read; served on loopback only.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the server counts.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
    micros: AtomicU64,
}

impl Metrics {
    /// Counts an answered request.
    pub fn count(&self, status: u16, micros: u64) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        match status {
            500.. => self.failed.fetch_add(1, Ordering::Relaxed),
            401 | 403 => self.refused.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
    }

    /// The text of `/metrics`.
    pub fn text(&self) -> String {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let seconds = read(&self.micros) / 1_000_000;
        format!(
            "# TYPE laoyou_requests_total counter\nlaoyou_requests_total {}\n# TYPE laoyou_refused_total counter\nlaoyou_refused_total {}\n\
             # TYPE laoyou_failed_total counter\nlaoyou_failed_total {}\n# TYPE laoyou_request_seconds_total counter\nlaoyou_request_seconds_total {seconds}.{:06}\n",
            read(&self.requests),
            read(&self.refused),
            read(&self.failed),
            read(&self.micros) % 1_000_000
        )
    }
}

//! Ids are UUIDv7 texts, made by an [`IdSource`] that is handed in (invariant 12).

use crate::Instant;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where new ids come from.
pub trait IdSource: Send + Sync {
    /// A new UUIDv7 text (36 characters, lower case) that sorts by `at`.
    fn new_id(&self, at: Instant) -> String;
}

/// Ids with random bits of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    fn new_id(&self, at: Instant) -> String {
        let random = uuid::Uuid::new_v4().into_bytes();
        let mut tail = [0_u8; 10];
        for (slot, byte) in tail
            .iter_mut()
            .zip(random.iter().skip(6).copied().chain([random[0], random[1]]))
        {
            *slot = byte;
        }
        // Bytes 6 and 8 of a v4 UUID hold version and variant bits: mix others in.
        tail[0] ^= random[2];
        tail[2] ^= random[3];
        build(at, tail)
    }
}

/// Ids from a counter and a seed: the same calls give the same ids.
#[derive(Debug, Default)]
pub struct SeededIds {
    seed: u64,
    next: AtomicU64,
}

impl SeededIds {
    /// A source that starts over for this seed.
    pub const fn new(seed: u64) -> Self {
        Self {
            seed,
            next: AtomicU64::new(0),
        }
    }
}

impl IdSource for SeededIds {
    fn new_id(&self, at: Instant) -> String {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let mut tail = [0_u8; 10];
        let mixed = mix(self.seed ^ mix(n)).to_be_bytes();
        let low = mix(n.wrapping_add(self.seed)).to_be_bytes();
        for (slot, byte) in tail.iter_mut().zip(mixed.into_iter().chain(low)) {
            *slot = byte;
        }
        build(at, tail)
    }
}

const fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn build(at: Instant, tail: [u8; 10]) -> String {
    let millis = u64::try_from(at.micros() / 1000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &tail)
        .into_uuid()
        .hyphenated()
        .to_string()
}

/// Declares a text newtype for ids of one kind.
#[macro_export]
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub String);
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_ids_repeat_and_all_ids_sort_by_time() {
        let early = Instant::from_micros(1_700_000_000_000_000);
        let late = early.plus_seconds(1);
        let (a, b) = (SeededIds::new(7), SeededIds::new(7));
        let from_a: Vec<String> = (0..50).map(|_| a.new_id(early)).collect();
        let from_b: Vec<String> = (0..50).map(|_| b.new_id(early)).collect();
        assert_eq!(from_a, from_b);
        let distinct: std::collections::BTreeSet<&String> = from_a.iter().collect();
        assert_eq!(distinct.len(), 50);
        assert!(SystemIds.new_id(early) < SystemIds.new_id(late));
        assert_eq!(SystemIds.new_id(early).len(), 36);
    }
}

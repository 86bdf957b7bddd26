//! Ids are UUIDv7 numbers as texts, made by an [`IdSource`] that is handed in (invariant 12).
//!
//! The text is the number in base 32 (Crockford's digits in lower case, 26 characters): ten characters shorter
//! than with hyphens, in every row and index that names a person, and it sorts as the number does, whatever
//! the database's collation. Ids of the first versions are hyphenated and stay as they are.

use crate::Instant;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where new ids come from.
pub trait IdSource: Send + Sync {
    /// A new UUIDv7 text (26 characters, lower case) that sorts by `at`.
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
        // The counter stands first (RFC 9562, 6.2): ids of one moment rise, so that rows of a bulk load are
        // appended. Version and variant take the upper half of byte 0 and two bits of byte 2.
        let mixed = mix(self.seed ^ mix(n)).to_be_bytes();
        let mut tail = [0_u8; 10];
        tail[0] = (n >> 36) as u8 & 0x0f;
        tail[1] = (n >> 28) as u8;
        tail[2] = (n >> 22) as u8 & 0x3f;
        tail[3] = (n >> 14) as u8;
        tail[4] = (n >> 6) as u8;
        tail[5] = ((n << 2) as u8) | (mixed[7] & 3);
        for (slot, byte) in tail.iter_mut().skip(6).zip(mixed) {
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
    let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid();
    short_text(uuid.as_u128())
}

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The 26 characters of an id's number.
pub fn short_text(number: u128) -> String {
    let mut out = String::with_capacity(26);
    for place in (0..26).rev() {
        let digit = (number >> (5 * place)) as usize & 31;
        out.push(char::from(DIGITS[digit]));
    }
    out
}

/// The number of a text that [`short_text`] gives; `None` for any other.
pub fn short_number(text: &str) -> Option<u128> {
    if text.len() != 26 || text.as_bytes().first()? > &b'7' {
        return None;
    }
    text.bytes().try_fold(0_u128, |number, byte| {
        let digit = DIGITS.iter().position(|known| *known == byte)?;
        Some((number << 5) | digit as u128)
    })
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
        assert_eq!(SystemIds.new_id(early).len(), 26);
        assert!(from_a.is_sorted(), "ids of one moment rise");
        for id in from_a.iter().chain([&SystemIds.new_id(late)]) {
            assert_eq!(short_text(short_number(id).unwrap()), **id);
        }
        assert_eq!(short_number("0197be22-2c00-717a-bcac-db"), None);
        assert_eq!(short_number(&"8".repeat(26)), None, "more than 128 bits");
        let uuid = uuid::Uuid::from_u128(short_number(&from_a[7]).unwrap());
        assert_eq!(uuid.get_version_num(), 7);
    }
}

//! Ids are UUIDv7 numbers as texts, made by an [`IdSource`] that is handed in (invariant 12).
//!
//! The text is the number in base 32 (Crockford's digits in lower case, 26 characters): ten characters shorter
//! than with hyphens, in every row and index that names a person, and it sorts as the number does, whatever
//! the database's collation. Ids of the first versions are hyphenated and stay as they are. Where ids stand in memory by
//! the million they are kept as one number ([`uuid_of_text`]) that also remembers which text it was ([`text_of_uuid`]).

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
    base32_of(uuid.as_u128())
}

/// Crockford's base32 in lower case: sorts like the number.
const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The version nibble of a UUID, its place, and what stands there in memory for an id of base32.
const VERSION_AT: u32 = 76;
const VERSION: u128 = 0xf << VERSION_AT;
const SEVEN: u128 = 7 << VERSION_AT;
const EIGHT: u128 = 8 << VERSION_AT;

/// The 26 characters of a number in Crockford's base32, lower case.
pub fn base32_of(number: u128) -> String {
    (0..26_u32)
        .rev()
        .filter_map(|place| {
            let digit = (number >> (5 * place)) & 31;
            BASE32.get(digit as usize).map(|byte| char::from(*byte))
        })
        .collect()
}

/// The number that [`base32_of`] wrote; `None` for any other text.
pub fn number_of_base32(text: &str) -> Option<u128> {
    let (first, len) = (text.as_bytes().first()?, text.len());
    if len != 26 || *first > b'7' {
        return None;
    }
    text.bytes().try_fold(0_u128, |number, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'h' => byte - b'a' + 10,
            b'j' | b'k' => byte - b'j' + 18,
            b'm' | b'n' => byte - b'm' + 20,
            b'p'..=b't' => byte - b'p' + 22,
            b'v'..=b'z' => byte - b'v' + 27,
            _ => return None,
        };
        Some((number << 5) | u128::from(digit))
    })
}

/// An id as one number that [`text_of_uuid`] turns into the same text again: hyphenated lower case as it
/// is, base32 of a UUIDv7 with version nibble 8 in place of 7. `None` for any other text.
pub fn uuid_of_text(id: &str) -> Option<u128> {
    match id.len() {
        26 => {
            let number = number_of_base32(id)?;
            (number & VERSION == SEVEN).then_some((number & !VERSION) | EIGHT)
        }
        36 => {
            let uuid = uuid::Uuid::try_parse(id).ok()?;
            let mut buffer = uuid::Uuid::encode_buffer();
            let same = uuid.as_hyphenated().encode_lower(&mut buffer) == id;
            let number = uuid.as_u128();
            (same && number & VERSION != EIGHT).then_some(number)
        }
        _ => None,
    }
}

/// The text of an id that [`uuid_of_text`] read.
pub fn text_of_uuid(number: u128) -> String {
    if number & VERSION == EIGHT {
        base32_of((number & !VERSION) | SEVEN)
    } else {
        uuid::Uuid::from_u128(number).as_hyphenated().to_string()
    }
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

    /// Both forms of an id come back as they were and sort like their numbers; nothing else is taken.
    #[test]
    fn ids_of_both_forms_come_back_from_their_number() {
        let ids = SeededIds::new(3);
        let mut before: Option<(String, String)> = None;
        for n in 0..500 {
            let at = Instant::from_micros(1_700_000_000_000_000).plus_seconds(n);
            let short = ids.new_id(at);
            let number = number_of_base32(&short).unwrap();
            let hyphens = text_of_uuid(number);
            assert_eq!(base32_of(number), short);
            assert_eq!(uuid_of_text(&hyphens), Some(number));
            assert_eq!((short.len(), number_of_base32(&short)), (26, Some(number)));
            assert_eq!(text_of_uuid(number), hyphens);
            let kept = uuid_of_text(&short).unwrap();
            assert_ne!(kept, number);
            assert_eq!(text_of_uuid(kept), short);
            if let Some((long, brief)) = before.replace((hyphens.clone(), short.clone())) {
                assert!(long < hyphens && brief < short);
            }
        }
        assert_eq!(base32_of(0), "0".repeat(26));
        assert_eq!(base32_of(u128::MAX), format!("7{}", "z".repeat(25)));
        assert_eq!(number_of_base32(&base32_of(u128::MAX)), Some(u128::MAX));
        for digit in 0..32 {
            assert_eq!(number_of_base32(&base32_of(digit << 7)), Some(digit << 7));
        }
        let no = [
            "",
            "person-00001",
            "8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "0il0uuuuuuuuuuuuuuuuuuuuuu",
            "0189F7EA-ACE0-7000-8000-000000000000",
            "0189f7eaace070008000000000000000",
            "0189f7ea-ace0-8000-8000-000000000000",
        ];
        assert!(no.iter().all(|text| uuid_of_text(text).is_none()));
    }

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
            assert_eq!(base32_of(number_of_base32(id).unwrap()), **id);
        }
        assert_eq!(number_of_base32("0197be22-2c00-717a-bcac-db"), None);
        assert_eq!(
            number_of_base32(&"8".repeat(26)),
            None,
            "more than 128 bits"
        );
        let uuid = uuid::Uuid::from_u128(number_of_base32(&from_a[7]).unwrap());
        assert_eq!(uuid.get_version_num(), 7);
    }
}

//! What a snapshot says of itself, as key-value metadata of the file.

use kernel::{Day, Instant};
use parquet::file::metadata::KeyValue;

/// The version of the file format this program writes and reads.
pub const SCHEMA_VERSION: u32 = 1;

const SCHEMA: &str = "laoyou.schema";
const TABLE: &str = "laoyou.table";
const AS_OF: &str = "laoyou.as_of";
const KNOWN_AT: &str = "laoyou.known_at";
pub(super) const REGISTER: &str = "laoyou.register_digest";
const PLACE: &str = "laoyou.place";
const PEOPLE: &str = "people";

/// What a snapshot says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotMeta {
    /// The version of the file format.
    pub version: u32,
    /// The day the facts are of (统计截止日).
    pub as_of: Day,
    /// The moment up to which recordings count (engineering 5: as known then).
    pub known_at: Instant,
    /// The digest of the register it was taken from.
    pub register_digest: String,
    /// The place, by the slug of its plan.
    pub place: String,
}

impl SnapshotMeta {
    pub(super) fn key_values(&self) -> Vec<KeyValue> {
        let pairs = [
            (SCHEMA, self.version.to_string()),
            (TABLE, PEOPLE.to_owned()),
            (AS_OF, self.as_of.to_string()),
            (KNOWN_AT, self.known_at.to_string()),
            (REGISTER, self.register_digest.clone()),
            (PLACE, self.place.clone()),
        ];
        pairs
            .into_iter()
            // Said at the end, where it is worked out while the people are written.
            .filter(|(key, value)| *key != REGISTER || !value.is_empty())
            .map(|(key, value)| KeyValue::new(key.to_owned(), value))
            .collect()
    }

    /// The version a file names; `None` where it names none.
    pub(super) fn version_of(pairs: &[KeyValue]) -> Option<&str> {
        value(pairs, SCHEMA)
    }

    /// Reads the metadata of a file of a known version; the error is the key that is not right.
    pub(super) fn read(version: u32, pairs: &[KeyValue]) -> Result<Self, &'static str> {
        let text = |key: &'static str| value(pairs, key).ok_or(key);
        if text(TABLE)? != PEOPLE {
            return Err(TABLE);
        }
        Ok(Self {
            version,
            as_of: text(AS_OF)?.parse().map_err(|_error| AS_OF)?,
            known_at: text(KNOWN_AT)?.parse().map_err(|_error| KNOWN_AT)?,
            register_digest: text(REGISTER)?.to_owned(),
            place: text(PLACE)?.to_owned(),
        })
    }
}

fn value<'a>(pairs: &'a [KeyValue], key: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|pair| pair.key == key)
        .and_then(|pair| pair.value.as_deref())
}

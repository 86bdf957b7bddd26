//! Who stands on a complete list, by fact: sixteen bytes a person.

use kernel::uuid_of_text;
use rules::facts::{FactId, find};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use store::{StoreError, StoreResult};

/// People by fact; sorted before they are asked.
#[derive(Debug, Default, Clone)]
pub(crate) struct Members(BTreeMap<&'static str, Vec<u128>>);

fn mark(id: &str) -> u128 {
    uuid_of_text(id).unwrap_or_else(|| {
        // Ids that are no UUIDs: the product makes none.
        id.bytes()
            .fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash, byte| {
                (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
            })
    })
}

impl Members {
    /// Somebody stands on it.
    pub(crate) fn add(&mut self, fact: FactId, id: &str) {
        self.0.entry(fact.name()).or_default().push(mark(id));
    }

    /// Ends adding.
    pub(crate) fn settle(&mut self) {
        for ids in self.0.values_mut() {
            ids.sort_unstable();
            ids.dedup();
        }
    }

    /// Whether somebody stands on it.
    pub(crate) fn has(&self, fact: FactId, id: &str) -> bool {
        self.0
            .get(fact.name())
            .is_some_and(|ids| ids.binary_search(&mark(id)).is_ok())
    }

    /// How many stand on it.
    pub(crate) fn count(&self, fact: FactId) -> i64 {
        self.0.get(fact.name()).map_or(0, |ids| ids.len() as i64)
    }

    /// All marks of a fact, in order.
    pub(crate) fn marks(&self, fact: FactId) -> &[u128] {
        self.0.get(fact.name()).map_or(&[], Vec::as_slice)
    }

    /// Writes it: a line a fact with its count, then sixteen bytes a person.
    pub(crate) fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        for (name, ids) in &self.0 {
            writeln!(out, "{name} {}", ids.len())?;
            for id in ids {
                out.write_all(&id.to_be_bytes())?;
            }
        }
        Ok(())
    }

    /// Reads it back.
    pub(crate) fn read(bytes: &mut impl Read) -> StoreResult<Self> {
        let bad = |what: &str| StoreError::Other(format!("members of a list: {what}"));
        let mut out = Self::default();
        loop {
            let mut head = Vec::new();
            let mut byte = [0_u8; 1];
            loop {
                let read = bytes
                    .read(&mut byte)
                    .map_err(|error| bad(&error.to_string()))?;
                if read == 0 || byte[0] == b'\n' {
                    break;
                }
                head.push(byte[0]);
            }
            if head.is_empty() {
                return Ok(out);
            }
            let head = String::from_utf8(head).map_err(|_text| bad("head"))?;
            let (name, count) = head.split_once(' ').ok_or_else(|| bad("head"))?;
            let fact = find(name).ok_or_else(|| bad("fact"))?;
            let count: usize = count.parse().map_err(|_number| bad("count"))?;
            let ids = out.0.entry(fact.name()).or_default();
            let mut one = [0_u8; 16];
            for _ in 0..count {
                bytes
                    .read_exact(&mut one)
                    .map_err(|error| bad(&error.to_string()))?;
                ids.push(u128::from_be_bytes(one));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row B14: who stands on a complete list is kept between preview and commit.
    #[test]
    fn members_come_back_as_they_were_written() {
        let dibao = find("dibao").unwrap();
        let mut members = Members::default();
        for id in [
            "0197bf6d-0000-7000-8000-000000000001",
            "person-00001",
            "person-00001",
        ] {
            members.add(dibao, id);
        }
        members.settle();
        let mut bytes = Vec::new();
        members.write(&mut bytes).unwrap();
        let back = Members::read(&mut bytes.as_slice()).unwrap();
        assert_eq!(back.count(dibao), 2);
        assert!(back.has(dibao, "person-00001") && !back.has(dibao, "person-00002"));
    }
}

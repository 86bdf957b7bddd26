//! Who stands on a complete list, by fact or programme: sixteen bytes a person.

use kernel::uuid_of_text;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use store::{StoreError, StoreResult};

/// People by the name of a fact or by [`paid`]; sorted before they are asked.
#[derive(Debug, Default, Clone)]
pub(crate) struct Members(BTreeMap<String, Vec<u128>>);

const PAID: &str = "paid:";

/// The name under which who stands on a roll of a programme is kept.
pub(crate) fn paid(programme: &str) -> String {
    format!("{PAID}{programme}")
}

/// The name of who stands on a roll in a row whose programme cannot be read: nobody ends anything of theirs.
pub(crate) const PAID_UNKNOWN: &str = "paid:?";

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
    pub(crate) fn add(&mut self, list: &str, id: &str) {
        match self.0.get_mut(list) {
            Some(ids) => ids.push(mark(id)),
            None => {
                self.0.insert(list.to_owned(), vec![mark(id)]);
            }
        }
    }

    /// The programmes whose rolls these are.
    pub(crate) fn programmes(&self) -> Vec<String> {
        self.0
            .keys()
            .filter(|list| *list != PAID_UNKNOWN)
            .filter_map(|list| list.strip_prefix(PAID))
            .map(str::to_owned)
            .collect()
    }

    /// Whether somebody stands on the roll of a programme, or may.
    pub(crate) fn is_paid(&self, programme: &str, id: &str) -> bool {
        self.has(&paid(programme), id) || self.has(PAID_UNKNOWN, id)
    }

    /// Ends adding.
    pub(crate) fn settle(&mut self) {
        for ids in self.0.values_mut() {
            ids.sort_unstable();
            ids.dedup();
        }
    }

    /// Whether somebody stands on it.
    pub(crate) fn has(&self, list: &str, id: &str) -> bool {
        self.0
            .get(list)
            .is_some_and(|ids| ids.binary_search(&mark(id)).is_ok())
    }

    /// How many stand on it.
    pub(crate) fn count(&self, list: &str) -> i64 {
        self.0.get(list).map_or(0, |ids| ids.len() as i64)
    }

    /// All marks of a list, in order.
    pub(crate) fn marks(&self, list: &str) -> &[u128] {
        self.0.get(list).map_or(&[], Vec::as_slice)
    }

    /// Writes it: a line a list with its count, then sixteen bytes a person.
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
            let count: usize = count.parse().map_err(|_number| bad("count"))?;
            let ids = out.0.entry(name.to_owned()).or_default();
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
        let dibao = "dibao";
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
        members.add(&paid("old_age"), "person-00003");
        members.add(PAID_UNKNOWN, "person-00004");
        members.settle();
        assert_eq!(members.programmes(), ["old_age"]);
        assert!(members.is_paid("old_age", "person-00004") && !members.is_paid("old_age", "x"));
    }
}

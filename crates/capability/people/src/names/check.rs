//! Whether the index still says what the database says: a write that told nobody shows here.

use super::{Inner, NameIndex};
use crate::columns::Row;
use kernel::AreaCode;
use std::collections::BTreeMap;
use store::{Reads, StoreResult};

/// Name, 户籍 and 常住 area, birth, flags, whether in a household.
type Known = (String, Option<AreaCode>, Option<AreaCode>, u32, u32, bool);

impl NameIndex {
    /// Ids of the people of whom the index and the database differ. Reads everyone into memory once more: for
    /// tests and registers of tests' size.
    pub async fn differences(&self, reads: &impl Reads) -> StoreResult<Vec<String>> {
        let fresh = Self::load(reads).await?;
        let (mine, theirs) = (self.read().everyone(), fresh.read().everyone());
        let ids: std::collections::BTreeSet<&String> = mine.keys().chain(theirs.keys()).collect();
        Ok(ids
            .into_iter()
            .filter(|id| mine.get(*id) != theirs.get(*id))
            .cloned()
            .collect())
    }

    /// The mark beside somebody, 0 for none.
    pub fn mark_of(&self, id: &str) -> u32 {
        self.read().row(id).map_or(0, |row| row.mark)
    }
}

impl Inner {
    fn everyone(&self) -> BTreeMap<String, Known> {
        let areas: Vec<Option<AreaCode>> = self.packed.areas.iter().collect();
        let area = |number: u32| areas.get(number as usize).copied().flatten();
        let known = |name: &str, row: Row| {
            let (hukou, residence) = (area(row.hukou), area(row.residence));
            let in_household = row.household != 0;
            (
                name.to_owned(),
                hukou,
                residence,
                row.birth,
                row.flags,
                in_household,
            )
        };
        let packed = self
            .packed
            .everyone()
            .map(|(id, name, row)| (super::text_of(id), known(name, row)));
        let aside = self
            .aside()
            .map(|(key, entry)| (key.text(), known(&entry.name, entry.row)));
        packed.chain(aside).collect()
    }
}

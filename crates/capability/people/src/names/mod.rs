//! Finding people by name: a compact column in memory (engineering.md 16, ADR 0004).
//!
//! Two-character names rule out trigram indexes, extensions are not allowed, and a row per character
//! pair would triple the bulk path. Names and initials are scanned in memory, a few
//! tens of milliseconds for 200,000 people (ADR 0004). Every write that changes a name or an area tells the index.

use authz::Scope;
use kernel::AreaCode;
use pinyin::ToPinyin;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use store::{Reads, StoreResult};

#[derive(Debug, Clone)]
struct Entry {
    id: String,
    name: String,
    initials: String,
    hukou: Option<AreaCode>,
    residence: Option<AreaCode>,
}

/// The names of everyone in the register.
#[derive(Debug, Default)]
pub struct NameIndex(RwLock<Inner>);

#[derive(Debug, Default)]
struct Inner {
    entries: Vec<Entry>,
    place: HashMap<String, usize>,
}

/// Lower-case pinyin initials: 王秀兰 → `wxl`. Characters without a reading stay themselves.
pub(crate) fn initials(name: &str) -> String {
    name.chars()
        .map(|c| {
            c.to_pinyin()
                .and_then(|reading| reading.plain().chars().next())
                .unwrap_or(c)
        })
        .collect::<String>()
        .to_lowercase()
}

impl NameIndex {
    /// Reads all names.
    pub async fn load(reads: &impl Reads) -> StoreResult<Self> {
        let index = Self::default();
        let rows = reads
            .all(
                "SELECT id, name, hukou_area, residence_area FROM people_person ORDER BY shard, id",
                vec![],
            )
            .await?;
        for row in &rows {
            index.put(
                &row.text("id")?,
                &row.text("name")?,
                row.opt_area("hukou_area")?,
                row.opt_area("residence_area")?,
            );
        }
        Ok(index)
    }

    /// Adds or replaces one person.
    pub fn put(&self, id: &str, name: &str, hukou: Option<AreaCode>, residence: Option<AreaCode>) {
        let entry = Entry {
            id: id.to_owned(),
            name: name.to_owned(),
            initials: initials(name),
            hukou,
            residence,
        };
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = inner.place.get(id).copied() {
            if let Some(slot) = inner.entries.get_mut(place) {
                *slot = entry;
            }
        } else {
            let place = inner.entries.len();
            inner.place.insert(id.to_owned(), place);
            inner.entries.push(entry);
        }
    }

    /// Ids within `scope` whose name contains the text or whose initials begin with it, exact names
    /// first, at most `most`.
    pub fn find(&self, scope: &Scope, text: &str, most: usize) -> Vec<String> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Vec::new();
        }
        let latin = text.bytes().all(|b| b.is_ascii_alphabetic());
        let inner = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut hits: Vec<(u8, &Entry)> = Vec::new();
        for entry in &inner.entries {
            let rank = if latin {
                if entry.initials == text {
                    0
                } else if entry.initials.starts_with(&text) {
                    1
                } else {
                    continue;
                }
            } else if entry.name == text {
                0
            } else if entry.name.starts_with(&text) {
                1
            } else if entry.name.contains(&text) {
                2
            } else {
                continue;
            };
            let subject = authz::Subject {
                person: entry.id.clone(),
                hukou: entry.hukou,
                residence: entry.residence,
            };
            if scope.admits(&subject) {
                hits.push((rank, entry));
            }
        }
        hits.sort_by(|a, b| {
            a.0.cmp(&b.0)
                .then_with(|| a.1.name.cmp(&b.1.name))
                .then_with(|| a.1.id.cmp(&b.1.id))
        });
        hits.into_iter()
            .take(most)
            .map(|(_, entry)| entry.id.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows B01, M03; invariant 10: names are found by part and initials, within scope only.
    #[test]
    fn names_are_found_by_part_and_initials_within_scope() {
        let index = NameIndex::default();
        let area = |code: &str| code.parse().ok();
        index.put("1", "王秀兰", area("421303001001"), area("421303001001"));
        index.put("2", "王兰", area("421321101001"), area("421303001001"));
        index.put("3", "欧阳秀", area("421381001001"), area("421381001001"));
        let all = Scope::Everywhere;
        let town = Scope::Areas(vec!["421303001".parse().unwrap()]);
        assert_eq!(index.find(&all, "秀", 9), ["3", "1"]);
        assert_eq!(index.find(&all, "WXL", 9), ["1"]);
        assert_eq!(index.find(&all, "w", 9).len(), 2);
        assert_eq!(index.find(&town, "兰", 9).len(), 2);
        assert!(index.find(&town, "欧阳", 9).is_empty());
        assert!(index.find(&Scope::Nowhere, "王", 9).is_empty());
        index.put("2", "李兰", area("421321101001"), None);
        assert!(index.find(&all, "王兰", 9).is_empty());
        assert!(index.find(&all, "  ", 9).is_empty());
    }
}

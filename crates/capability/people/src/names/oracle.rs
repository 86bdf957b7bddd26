//! The matcher the packed index must agree with: every name as text, initials beside it, no cleverness.

use authz::{Scope, Subject};
use kernel::AreaCode;
use pinyin::ToPinyin;
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    initials: String,
    pub(super) hukou: Option<AreaCode>,
    pub(super) residence: Option<AreaCode>,
}

/// Everyone by id.
#[derive(Debug, Default)]
pub(super) struct Plain(pub(super) BTreeMap<String, Entry>);

/// Lower-case pinyin initials: 王秀兰 → `wxl`. Characters without a reading stay themselves.
pub(super) fn initials(name: &str) -> String {
    name.chars()
        .map(|c| {
            c.to_pinyin()
                .and_then(|reading| reading.plain().chars().next())
                .unwrap_or(c)
        })
        .collect::<String>()
        .to_lowercase()
}

impl Plain {
    pub(super) fn put(
        &mut self,
        id: &str,
        name: &str,
        hukou: Option<AreaCode>,
        residence: Option<AreaCode>,
    ) {
        let entry = Entry {
            name: name.to_owned(),
            initials: initials(name),
            hukou,
            residence,
        };
        self.0.insert(id.to_owned(), entry);
    }

    pub(super) fn find(&self, scope: &Scope, text: &str, most: usize) -> Vec<String> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Vec::new();
        }
        let latin = text.bytes().all(|b| b.is_ascii_alphabetic());
        let mut hits: Vec<(u8, &str, &str)> = Vec::new();
        for (id, entry) in &self.0 {
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
            let subject = Subject {
                person: id.clone(),
                hukou: entry.hukou,
                residence: entry.residence,
            };
            if scope.admits(&subject) {
                hits.push((rank, &entry.name, id));
            }
        }
        hits.sort_unstable();
        let ids = hits.into_iter().take(most);
        ids.map(|(.., id)| id.to_owned()).collect()
    }
}

//! What was typed, and whom the asker may see.

use super::areas::Areas;
use super::letters::Letters;
use authz::{Scope, Subject};
use kernel::uuid_of_text as uuid_of;

/// A text as it is looked for.
pub(super) struct Query {
    pub(super) text: String,
    /// Only letters from a to z: initials are looked for, names otherwise.
    pub(super) latin: bool,
    letters: Letters,
}

impl Query {
    /// `None` where nothing was typed.
    pub(super) fn of(typed: &str) -> Option<Self> {
        let text = typed.trim().to_lowercase();
        (!text.is_empty()).then(|| Self {
            latin: text.bytes().all(|b| b.is_ascii_alphabetic()),
            letters: Letters::get(),
            text,
        })
    }

    /// 0 where a name or its initials are the text, 1 where they begin with it, 2 where the name holds it.
    pub(super) fn rank(&self, name: &str) -> Option<u8> {
        if self.latin {
            let whole = self.letters.begin(name, self.text.as_bytes())?;
            Some(u8::from(!whole))
        } else {
            name.find(&self.text).map(|at| self.rank_at(name, at))
        }
    }

    /// The rank of a name that holds the text first at this byte.
    pub(super) fn rank_at(&self, name: &str, at: usize) -> u8 {
        if name.len() == self.text.len() {
            0
        } else if at == 0 {
            1
        } else {
            2
        }
    }
}

/// A scope worked out for the areas of the index, so that a person costs two looks and no text.
pub(super) enum Reach {
    Everyone,
    /// Whether the area of each number is inside.
    Areas(Vec<bool>),
    People(Vec<u128>),
}

impl Reach {
    pub(super) fn of(scope: &Scope, areas: &Areas) -> Self {
        match scope {
            Scope::Everywhere => Self::Everyone,
            Scope::People(ids) => Self::People(ids.iter().filter_map(|id| uuid_of(id)).collect()),
            Scope::Nowhere | Scope::Areas(_) => Self::Areas(
                areas
                    .iter()
                    .map(|hukou| {
                        scope.admits(&Subject {
                            person: String::new(),
                            hukou,
                            residence: None,
                        })
                    })
                    .collect(),
            ),
        }
    }

    pub(super) fn admits(&self, id: u128, hukou: u32, residence: u32) -> bool {
        match self {
            Self::Everyone => true,
            Self::People(ids) => ids.contains(&id),
            Self::Areas(inside) => [hukou, residence]
                .iter()
                .any(|number| inside.get(*number as usize) == Some(&true)),
        }
    }

    /// The same for somebody whose id is no number.
    pub(super) fn admits_odd(&self, scope: &Scope, id: &str, hukou: u32, residence: u32) -> bool {
        match (self, scope) {
            (Self::People(_), Scope::People(ids)) => ids.iter().any(|other| other == id),
            _ => self.admits(u128::MAX, hukou, residence),
        }
    }
}

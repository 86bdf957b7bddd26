//! Two files side by side: what each says, where they differ, which value stands where nobody needs to choose.

use area::api::AreaBook;
use kernel::Instant;
use people::api::{
    OwnField, OwnValue, Person, Record, Resolved, RollBook, Set, resolve, same_own, says_something,
    words,
};
use rules::facts::FactId;
use std::collections::BTreeMap;
use store::{Keys, Reads, Sealed, StoreError, StoreResult};

/// A file with all that is compared.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) person: Person,
    pub(crate) own: BTreeMap<OwnField, OwnValue>,
    pub(crate) records: Vec<Record>,
    pub(crate) resolved: Resolved,
}

impl File {
    /// Reads what belongs to a person.
    pub(crate) async fn read(
        reads: &impl Reads,
        person: Person,
        rolls: &RollBook,
        now: Instant,
    ) -> StoreResult<Self> {
        let records = people::api::records(reads, &person.key).await?;
        let own = people::api::own(reads, &person.key)
            .await?
            .ok_or_else(|| StoreError::Other(format!("people_person lacks {}", person.key.id)))?;
        Ok(Self {
            resolved: resolve(&records, rolls, now.day(), now),
            person,
            own,
            records,
        })
    }

    /// Whether a complete list settled this fact, and no record.
    fn by_roll(&self, fact: FactId) -> bool {
        self.resolved
            .known(fact)
            .is_some_and(|known| known.roll.is_some())
    }

    /// All that this file says of a fact, in the order in which it was recorded: as one act of recording it resolves
    /// to the same value on every day.
    pub(crate) fn sets_of(&self, fact: FactId) -> Vec<Set> {
        let mut records: Vec<&Record> = self
            .records
            .iter()
            .filter(|record| record.withdrawn.is_none())
            .collect();
        records.sort_by(|a, b| a.recorded.cmp(&b.recorded).then(a.seq.cmp(&b.seq)));
        let mut sets: Vec<Set> = Vec::new();
        if let Some(known) = self
            .resolved
            .known(fact)
            .filter(|known| known.roll.is_some())
        {
            sets.push(Set {
                fact,
                value: self.resolved.facts.get(fact).cloned(),
                since: known.since,
                until: None,
            });
        }
        sets.extend(
            records
                .iter()
                .flat_map(|record| &record.sets)
                .filter(|set| set.fact == fact)
                .cloned(),
        );
        sets
    }
}

/// A side of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The left one.
    A,
    /// The right one.
    B,
}

impl Which {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }

    pub(crate) fn from_key(key: &str) -> Option<Self> {
        match key {
            "a" => Some(Self::A),
            "b" => Some(Self::B),
            _ => None,
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// What stands beside the facts.
    Own(OwnField),
    /// A fact.
    Fact(FactId),
}

impl About {
    /// Its name in forms.
    pub(crate) fn key(self) -> String {
        match self {
            Self::Own(field) => format!("o_{}", field.key()),
            Self::Fact(fact) => format!("f_{}", fact.name()),
        }
    }

    pub(crate) fn zh(self) -> &'static str {
        match self {
            Self::Own(field) => field.zh(),
            Self::Fact(fact) => fact.def().zh,
        }
    }
}

/// One line of the comparison.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) about: About,
    /// What each side says, and where from.
    pub(crate) a: Said,
    pub(crate) b: Said,
    /// Both say the same, or only one of them says anything that needs no choice.
    pub(crate) same: bool,
    /// The side that stands where nobody chooses; `None` where somebody must.
    pub(crate) given: Option<Which>,
}

/// What one file says in a line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) from: String,
}

/// All lines on which at least one of two files says something, those that differ first.
pub(crate) fn compare(keys: &Keys, book: &AreaBook, a: &File, b: &File) -> StoreResult<Vec<Line>> {
    let mut lines = Vec::new();
    let none = OwnValue::new();
    for field in OwnField::ALL {
        let (one, other) = (
            a.own.get(field).unwrap_or(&none),
            b.own.get(field).unwrap_or(&none),
        );
        let alike = same_own(keys, *field, one, other)?;
        let given = match (says_something(one), says_something(other)) {
            (false, false) => continue,
            (true, false) => Some(Which::A),
            (false, true) => Some(Which::B),
            // Each number goes on leading to the one file that stays, which keeps its own.
            (true, true) if *field == OwnField::Number => Some(Which::A),
            (true, true) => alike.then_some(Which::A),
        };
        lines.push(Line {
            about: About::Own(*field),
            a: own_said(keys, *field, one)?,
            b: own_said(keys, *field, other)?,
            same: alike,
            given,
        });
    }
    for fact in FactId::all() {
        let (one, other) = (a.resolved.facts.get(fact), b.resolved.facts.get(fact));
        let given = match (one, other) {
            (None, None) => continue,
            (Some(_), None) => Some(Which::A),
            (None, Some(_)) => Some(Which::B),
            (Some(x), Some(y)) if x == y => Some(if a.by_roll(fact) { Which::B } else { Which::A }),
            // A list says no of whoever is not on it: the file that was on it knows better.
            (Some(_), Some(_)) => match (a.by_roll(fact), b.by_roll(fact)) {
                (true, false) => Some(Which::B),
                (false, true) => Some(Which::A),
                _ => None,
            },
        };
        lines.push(Line {
            about: About::Fact(fact),
            a: fact_said(book, a, fact),
            b: fact_said(book, b, fact),
            same: one.is_some() && one == other,
            given,
        });
    }
    lines.sort_by_key(|line| line.same);
    Ok(lines)
}

fn fact_said(book: &AreaBook, file: &File, fact: FactId) -> Said {
    let Some(value) = file.resolved.facts.get(fact) else {
        return Said::default();
    };
    Said {
        text: words::value(book, fact, value),
        from: file.resolved.known(fact).map_or_else(String::new, |known| {
            let roll = if known.roll.is_some() {
                "（不在册）"
            } else {
                ""
            };
            format!("{} 起 · {}{roll}", known.since, known.source)
        }),
    }
}

fn own_said(keys: &Keys, field: OwnField, value: &OwnValue) -> StoreResult<Said> {
    let column = |name: &str| value.get(name).cloned().flatten();
    let open = |name: &str| -> StoreResult<Option<String>> {
        column(name)
            .map(|sealed| keys.open(name, &Sealed(sealed)))
            .transpose()
    };
    let text = match field {
        OwnField::Name => column("name").unwrap_or_default(),
        OwnField::Number => open("id_number")?.map_or_else(String::new, |n| words::masked(&n)),
        OwnField::Phone => open("phone")?.map_or_else(String::new, |n| words::masked(&n)),
        OwnField::Address => column("address").unwrap_or_default(),
        OwnField::Contact => {
            let phone = open("contact_phone")?.map(|n| words::masked(&n));
            [column("contact_name"), column("contact_relation"), phone]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · ")
        }
        OwnField::Household => match (column("household"), column("relation")) {
            (None, _) => String::new(),
            (Some(_), Some(relation)) => format!("已入户 · {relation}"),
            (Some(_), None) => "已入户".to_owned(),
        },
    };
    Ok(Said {
        text,
        from: String::new(),
    })
}

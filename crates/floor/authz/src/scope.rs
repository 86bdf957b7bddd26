//! Where an account may look: areas of the register, a few named people, nowhere, everywhere.

use crate::Subject;
use kernel::AreaCode;
use serde::{Deserialize, Serialize};

/// A required argument of every query over people (invariant 10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// No personal data at all (三员, roles whose capability is still to come).
    Nowhere,
    /// People whose 户籍 area or 常住 area lies in one of these areas (invariant 8: both see them).
    Areas(Vec<AreaCode>),
    /// Named people only (家属): their person ids.
    People(Vec<String>),
    /// The product's own work.
    Everywhere,
}

impl Scope {
    /// Whether this scope admits the record.
    pub fn admits(&self, subject: &Subject) -> bool {
        match self {
            Self::Nowhere => false,
            Self::Everywhere => true,
            Self::People(ids) => ids.contains(&subject.person),
            Self::Areas(areas) => areas.iter().any(|area| {
                [subject.hukou, subject.residence]
                    .into_iter()
                    .flatten()
                    .any(|code| area.contains(&code))
            }),
        }
    }

    /// Whether an area lies wholly inside this scope (for area filters and drill-downs).
    pub fn admits_area(&self, area: &AreaCode) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Areas(areas) => areas.iter().any(|mine| mine.contains(area)),
            Self::Nowhere | Self::People(_) => false,
        }
    }
}

//! What a check found: counts, counts by area, samples with names masked, who a complete list ends.

use crate::decide::Outcome;
use kernel::AreaCode;
use kernel::area_code::Level;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::rekey::{Held, KeyColumn, SealedTable};
use store::{Keys, Sealed, StoreError, StoreResult};

/// How many rows became what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) new: i64,
    pub(crate) changed: i64,
    pub(crate) same: i64,
    pub(crate) conflict: i64,
    pub(crate) refused: i64,
}

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        *match outcome {
            Outcome::New => &mut self.new,
            Outcome::Changed => &mut self.changed,
            Outcome::Same => &mut self.same,
            Outcome::Conflict(_) => &mut self.conflict,
            Outcome::Refused(_) => &mut self.refused,
        } += 1;
    }

    /// All rows.
    pub(crate) fn all(&self) -> i64 {
        self.new + self.changed + self.same + self.conflict + self.refused
    }
}

/// A row that is shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sample {
    pub(crate) line: u64,
    /// Masked.
    pub(crate) name: String,
    /// Masked.
    pub(crate) number: String,
    pub(crate) area: Option<String>,
    pub(crate) says: String,
}

/// What a complete list does to who is not on it, for one fact.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Ends {
    /// The fact's name in the dictionary; empty for a programme.
    pub(crate) fact: String,
    /// The programme's name, where the list is a roll of who is paid.
    #[serde(default)]
    pub(crate) programme: Option<String>,
    /// People on the list.
    pub(crate) listed: i64,
    /// People on the list before this one, where there was one.
    pub(crate) before: Option<i64>,
    /// Who becomes no and was unknown.
    pub(crate) settled: i64,
    /// Who was on it and is not any more.
    pub(crate) left: i64,
    /// Some of them, masked.
    pub(crate) samples: Vec<Sample>,
}

/// What a check found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) counts: Counts,
    /// By town (a county where no town is known), 12 digits; empty for rows without anybody.
    pub(crate) areas: BTreeMap<String, Counts>,
    /// Up to [`SAMPLES`] of each outcome.
    pub(crate) samples: BTreeMap<String, Vec<Sample>>,
    /// Why rows cannot go in: code → sentence and how many.
    pub(crate) reasons: BTreeMap<String, (String, i64)>,
    pub(crate) ends: Vec<Ends>,
    /// How many people stand on a complete list, by fact and area of the list.
    #[serde(default)]
    pub(crate) listed: BTreeMap<String, BTreeMap<String, i64>>,
    /// What the reader passed over, in sentences.
    pub(crate) notes: Vec<String>,
}

/// Rows shown of each outcome.
pub(crate) const SAMPLES: usize = 20;

const FIELD: &str = "intake.report";

/// Where reports stand.
pub(crate) static SEALED: SealedTable = SealedTable {
    table: "intake_batch",
    key: &[KeyColumn::Text("id")],
    holds: &[Held::Sealed {
        column: "report",
        field: FIELD,
        blinds: &[],
    }],
};

/// The key of an outcome in samples.
pub(crate) fn key(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::New => "new",
        Outcome::Changed => "changed",
        Outcome::Same => "same",
        Outcome::Conflict(_) => "conflict",
        Outcome::Refused(_) => "refused",
    }
}

impl Report {
    /// Counts a row.
    pub(crate) fn count(&mut self, outcome: &Outcome, area: Option<AreaCode>) {
        self.counts.add(outcome);
        let area = area.map_or_else(String::new, |code| code.up_to(Level::Town).to_string());
        self.areas.entry(area).or_default().add(outcome);
        if let Outcome::Conflict(wrong) | Outcome::Refused(wrong) = outcome {
            let reason = self
                .reasons
                .entry(wrong.code.to_owned())
                .or_insert_with(|| (wrong.says.to_string(), 0));
            reason.1 += 1;
        }
    }

    /// Whether another sample of this outcome is wanted.
    pub(crate) fn wants(&self, outcome: &Outcome) -> bool {
        self.samples
            .get(key(outcome))
            .is_none_or(|samples| samples.len() < SAMPLES)
    }

    /// Keeps a sample.
    pub(crate) fn show(&mut self, outcome: &Outcome, sample: Sample) {
        self.samples
            .entry(key(outcome).to_owned())
            .or_default()
            .push(sample);
    }

    /// As it is kept: sealed, because areas and days of a sample may point at somebody.
    pub(crate) fn sealed(&self, keys: &Keys) -> StoreResult<String> {
        let text =
            serde_json::to_string(self).map_err(|error| StoreError::Other(error.to_string()))?;
        Ok(keys.seal(FIELD, &text)?.0)
    }

    /// Opens it.
    pub(crate) fn open(keys: &Keys, text: &str) -> StoreResult<Self> {
        let text = keys.open(FIELD, &Sealed(text.to_owned()))?;
        serde_json::from_str(&text).map_err(|error| StoreError::Other(error.to_string()))
    }
}

/// The counts of an import; zero before it was checked.
pub(crate) fn counts(batch: &crate::batch::Batch) -> StoreResult<Counts> {
    batch.counts.as_deref().map_or_else(
        || Ok(Counts::default()),
        |text| serde_json::from_str(text).map_err(|error| StoreError::Other(error.to_string())),
    )
}

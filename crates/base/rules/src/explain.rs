//! Every answer with its reasons: the JSON of facts.md, key for key.

use crate::ask::Asked;
use crate::facts::{FactId, Facts};
use crate::folder::{Beneficiary, BenefitKind, Source, Unit};
use crate::lang::Reads;
use crate::list::{Item, List};
use crate::missing::Missing;
use crate::{Answer, Truth};
use kernel::{Day, Instant};
use serde::Serialize;
use std::collections::BTreeSet;

/// Since when a value is true, when and by whom it was recorded (invariant 5).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// Since when it is true.
    pub since: Option<Day>,
    /// When it was recorded.
    pub recorded: Option<Instant>,
    /// The source that recorded it.
    pub by: Option<String>,
}

/// The answers of a list with their reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The asked day.
    pub as_of: Day,
    /// The name of the list.
    pub list: String,
    /// The day the list is in force from.
    pub list_version: Day,
    /// The digest of the plan folder.
    pub plan_digest: String,
    /// The digest of demo values that lay over the parameters (only then).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlay_digest: Option<String>,
    /// One answer per item.
    pub answers: Vec<ExplainedItem>,
}

/// The answer of one item with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedItem {
    /// The number of the item.
    pub no: u16,
    /// Its name.
    pub name: String,
    /// Yes, no or unknown.
    pub answer: Answer,
    /// What is given.
    pub benefit: ExplainedBenefit,
    /// Who receives it.
    pub beneficiary: Beneficiary,
    /// The amount where it is monthly money.
    pub fen_per_month: Option<i64>,
    /// The clause.
    pub source: Source,
    /// The conditions in order.
    pub conditions: Vec<ExplainedCondition>,
    /// What keeps the answer from being known.
    pub missing: Vec<Missing>,
}

/// What an item gives this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedBenefit {
    /// Money, a service, a priority or a hand-over.
    pub kind: BenefitKind,
    /// Per what.
    pub unit: Unit,
    /// The step.
    pub tier: Option<String>,
    /// The amount per unit.
    pub fen: Option<i64>,
}

/// A condition and the facts it read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedCondition {
    /// What it says.
    pub says: String,
    /// The condition as written.
    pub when: String,
    /// Whether it holds.
    pub truth: Truth,
    /// The recorded facts it read.
    pub facts: Vec<ExplainedFact>,
}

/// A recorded fact with its value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedFact {
    /// Its name in the dictionary.
    pub name: &'static str,
    /// Its value; `null` where it is not known.
    pub value: serde_json::Value,
    /// Since when the value is true.
    pub since: Option<Day>,
    /// When it was recorded.
    pub recorded: Option<Instant>,
    /// By which source.
    pub by: Option<String>,
}

/// Where a fact's value came from; `None` where nothing is kept about it.
pub type ProvenanceOf<'a> = dyn Fn(FactId) -> Option<Provenance> + 'a;

impl List {
    /// All answers with their reasons.
    pub fn explain(&self, facts: &Facts, provenance: &ProvenanceOf<'_>, as_of: Day) -> Explanation {
        let asked = Asked::new(self, facts, as_of);
        let answers = self
            .items
            .iter()
            .map(|item| explain_item(&asked, item, provenance))
            .collect();
        Explanation {
            as_of,
            list: self.head.name.clone(),
            list_version: self.head.version,
            plan_digest: self.digest.clone(),
            overlay_digest: self.overlay_digest.clone(),
            answers,
        }
    }

    /// The recorded facts an expression reads, those of its parameters and earlier items included.
    pub fn facts_read(&self, asks: &Reads) -> Vec<FactId> {
        let mut facts = BTreeSet::new();
        self.collect_facts(asks, &mut facts);
        facts.into_iter().collect()
    }

    fn collect_facts(&self, asks: &Reads, facts: &mut BTreeSet<FactId>) {
        facts.extend(&asks.facts);
        for table in asks.params.iter().filter_map(|id| self.param(*id)) {
            facts.extend(table.asks_area().then_some(FactId::HUKOU_AREA));
            facts.extend(table.asks_urban().then_some(FactId::URBAN));
        }
        for item in asks.items.iter().filter_map(|no| self.item(*no)) {
            for condition in item.conditions.iter().filter_map(|id| self.condition(*id)) {
                self.collect_facts(&condition.asks, facts);
            }
        }
    }
}

fn explain_item<'a>(
    asked: &Asked<'a>,
    item: &'a Item,
    provenance: &ProvenanceOf<'_>,
) -> ExplainedItem {
    let answer = asked.answer(item);
    let benefit = item.service.benefit;
    let mut conditions = Vec::new();
    for (says, id) in item.says.iter().zip(&item.conditions) {
        let Some(condition) = asked.list.condition(*id) else {
            continue;
        };
        let facts = asked.list.facts_read(&condition.asks);
        conditions.push(ExplainedCondition {
            says: says.clone(),
            when: condition.text.clone(),
            truth: asked.condition(*id),
            facts: facts
                .into_iter()
                .map(|fact| explain_fact(asked.facts, fact, provenance))
                .collect(),
        });
    }
    let monthly = benefit.kind == BenefitKind::Money && benefit.unit == Unit::Month;
    ExplainedItem {
        no: answer.no,
        name: item.service.name.clone(),
        answer: answer.answer.into(),
        benefit: ExplainedBenefit {
            kind: benefit.kind,
            unit: benefit.unit,
            tier: answer.tier,
            fen: answer.fen,
        },
        beneficiary: item.service.beneficiary,
        fen_per_month: answer.fen.filter(|_| monthly),
        source: item.service.source.clone(),
        conditions,
        missing: answer.missing,
    }
}

fn explain_fact(facts: &Facts, fact: FactId, provenance: &ProvenanceOf<'_>) -> ExplainedFact {
    let value = facts.get(fact);
    let kept = provenance(fact).unwrap_or_default();
    // Somebody has had their birth date since then.
    let born = match value {
        Some(crate::facts::Value::Day(day)) if fact == FactId::BIRTH_DATE => Some(*day),
        _ => None,
    };
    ExplainedFact {
        name: fact.name(),
        value: value.map_or(serde_json::Value::Null, crate::facts::Value::to_json),
        since: kept.since.or(born),
        recorded: kept.recorded,
        by: kept.by,
    }
}

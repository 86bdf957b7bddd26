//! What leaves by this interface only with a 单独同意: ability assessments and medical facts, as the ledger of purposes has
//! them (purpose `health`). Whoever did not consent is answered without them, and the answer names what is not there. It is
//! named whether known or not, so that the name itself tells nothing.

use entitle::api::Finding;
use people::api::{Fact, Group, Person};
use rules::facts::FactId;
use rules::{CompiledProgramme, Item, List, Reads as Asks};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use store::{Reads, StoreResult};

/// The purpose whose consent is asked.
const PURPOSE: &str = "health";

/// How the sentence begins.
pub(crate) const WITHOUT: &str = "未取得单独同意，未提供：";

/// 能力评估 and 医疗健康信息 among the facts.
#[derive(Debug, Clone)]
pub(crate) struct Withheld(Vec<FactId>);

/// Those of these people whose consent holds today.
pub(crate) async fn consenting(
    reads: &impl Reads,
    people: &[String],
    today: kernel::Day,
) -> StoreResult<BTreeSet<String>> {
    let asked = privacy::api::may_use_all(reads, people, PURPOSE, today).await?;
    let holds = asked.into_iter().filter(|(_, answer)| answer.is_ok());
    Ok(holds.map(|(id, _)| id).collect())
}

/// The same for one.
pub(crate) async fn consents(
    reads: &impl Reads,
    person: &Person,
    today: kernel::Day,
) -> StoreResult<bool> {
    let answer = privacy::api::may_use(reads, &person.key, PURPOSE, today).await?;
    Ok(answer.is_ok())
}

/// Whether to be in this group tells such a fact.
pub(crate) const fn tells(group: Group) -> bool {
    matches!(group, Group::Disabled | Group::Dementia)
}

impl Withheld {
    /// As it is today.
    pub(crate) async fn read(reads: &impl Reads) -> StoreResult<Self> {
        Ok(Self(privacy::api::facts_of(reads, PURPOSE).await?))
    }

    /// Whether a fact needs the consent.
    fn needs(&self, fact: FactId) -> bool {
        self.0.contains(&fact)
    }

    /// The sentence about the facts of one person: nothing is left out with the consent.
    pub(crate) fn words(&self, consent: bool) -> Vec<String> {
        if consent || self.0.is_empty() {
            return Vec::new();
        }
        let names: Vec<&str> = self.0.iter().map(|fact| fact.def().zh).collect();
        vec![format!("{WITHOUT}{}", names.join("、"))]
    }

    fn asks_it(&self, list: &List, asks: &Asks) -> bool {
        list.facts_read(asks)
            .into_iter()
            .any(|fact| self.needs(fact))
    }

    /// Whether the answer of an item comes from such a fact.
    pub(crate) fn item_needs(&self, list: &List, item: &Item) -> bool {
        let conditions = item.conditions.iter().copied();
        let conditions = conditions.chain(item.tiers.iter().map(|tier| tier.condition));
        let mut conditions = conditions.filter_map(|id| list.condition(id));
        let amount = item.amount.as_ref();
        conditions.any(|one| self.asks_it(list, &one.asks))
            || amount.is_some_and(|amount| self.asks_it(list, &amount.asks))
    }

    fn programme_needs(&self, list: &List, programme: &CompiledProgramme) -> bool {
        let conditions = programme.conditions.iter();
        let mut conditions = conditions.filter_map(|id| list.condition(*id));
        let amount = programme.amount.as_ref();
        let mut items = programme.programme.fulfils.iter();
        conditions.any(|one| self.asks_it(list, &one.asks))
            || amount.is_some_and(|amount| self.asks_it(list, &amount.asks))
            || items.any(|no| {
                list.item(*no)
                    .is_some_and(|item| self.item_needs(list, item))
            })
    }

    /// Whether a finding tells such a fact; of what the list does not know, it does.
    pub(crate) fn finding_needs(&self, list: &List, finding: &Finding) -> bool {
        let mut programmes = list.programmes().iter();
        let programme = programmes.find(|one| one.programme.id == finding.programme);
        let item = list.item(finding.item);
        programme.is_none_or(|programme| self.programme_needs(list, programme))
            || item.is_some_and(|item| self.item_needs(list, item))
    }

    /// The answers without those that come from such facts: their numbers and names stay, and say why nothing more does.
    pub(crate) fn answers(&self, list: &List, mut explained: Json) -> Json {
        let answers = explained.get_mut("answers").and_then(Json::as_array_mut);
        let mut names = Vec::new();
        for answer in answers.into_iter().flatten() {
            let no = answer.get("no").and_then(Json::as_u64);
            let no = no.and_then(|no| u16::try_from(no).ok());
            let item = no.and_then(|no| list.item(no));
            if item.is_some_and(|item| !self.item_needs(list, item)) {
                continue;
            }
            let name = answer
                .get("name")
                .and_then(Json::as_str)
                .unwrap_or_default();
            let words = format!(
                "{WITHOUT}第{}项“{name}”的结论和理由",
                no.unwrap_or_default()
            );
            *answer = json!({
                "no": answer.get("no"), "name": name, "answer": null, "conditions": [], "missing": [],
                "withheld": words,
            });
            names.push(words);
        }
        if let Some(whole) = explained.as_object_mut() {
            whole.insert("withheld".to_owned(), json!(names));
        }
        explained
    }

    /// The facts of one person that may leave.
    pub(crate) fn leaving(&self, consent: bool) -> impl Iterator<Item = FactId> {
        Fact::all().filter(move |fact| consent || !self.needs(*fact))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M05; invariant 4: what is withheld is named in words, and all of it and nothing else stays back.
    #[test]
    fn what_is_withheld_is_named() {
        let facts = ["dementia", "ability_level"].map(|name| rules::facts::find(name).unwrap());
        let withheld = Withheld(facts.to_vec());
        let words = withheld.words(false).join("");
        assert!(
            facts.iter().all(|fact| words.contains(fact.def().zh)),
            "{words}"
        );
        assert!(withheld.words(true).is_empty());
        assert_eq!(
            withheld.leaving(true).count(),
            withheld.leaving(false).count() + facts.len()
        );
        assert!(!withheld.leaving(false).any(|fact| facts.contains(&fact)));
    }
}

//! Whether the law makes an office keep a person's data although they ask for it to be erased: each ground in words.

use crate::store::{holds, purposes};
use host::Ctx;
use kernel::Day;
use people::api::Person;
use rules::Value;
use rules::facts::{FactId, find};
use store::{Reads, StoreResult};

/// A ground to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ground {
    pub(crate) code: &'static str,
    pub(crate) says: String,
}

fn day_of(person: &Person, fact: &str) -> Option<Day> {
    match find(fact).and_then(|fact| person.facts.get(fact).cloned()) {
        Some(Value::Day(day)) => Some(day),
        _ => None,
    }
}

/// All that speaks against erasing this person today; none: it can be done.
pub(crate) async fn grounds(ctx: &Ctx, person: &Person) -> StoreResult<Vec<Ground>> {
    let (store, today) = (&ctx.app.store, ctx.today());
    let mut out = Vec::new();
    let dead = person.facts.get(FactId::ALIVE) == Some(&Value::Bool(false));
    let left = day_of(person, "moved_out_on");
    if !dead && left.is_none() {
        out.push(Ground {
            code: "resident",
            says: "本人在本地登记生活：核定待遇、探访关爱是政府的法定职责，档案要继续保存"
                .to_owned(),
        });
    }
    let keys = std::slice::from_ref(&person.key);
    let receipts = entitle::api::receipts_of(store, keys).await?;
    let received = receipts.get(&person.key.id).map_or(&[][..], Vec::as_slice);
    if received.iter().any(|receipt| receipt.covers(today)) {
        out.push(Ground {
            code: "receiving",
            says: "正在领取待遇：发放、对账和审计要用到".to_owned(),
        });
    }
    let ended = if dead {
        day_of(person, "dead_on").map(|day| ("people.dead", day))
    } else {
        left.map(|day| ("people.left", day))
    };
    if let Some((kind, day)) = ended {
        let rule = purposes::rules(store)
            .await?
            .into_iter()
            .find(|rule| rule.kind == kind && !rule.auto);
        let kept = !received.is_empty();
        if let Some(rule) = rule.filter(|rule| kept && day >= rule.before(today)) {
            out.push(Ground {
                code: "term",
                says: format!(
                    "领取过待遇，保存期限还没有满：{}起保存 {}（{}）",
                    day.zh(),
                    rule.term(),
                    rule.cites()
                ),
            });
        }
    }
    if held(store, person).await? {
        out.push(Ground {
            code: "hold",
            says: "有关档案正在法律保全（审计、诉讼等），期间不能删除".to_owned(),
        });
    }
    Ok(out)
}

/// Whether a hold is on this person.
pub(crate) async fn held(reads: &impl Reads, person: &Person) -> StoreResult<bool> {
    let subject = person.subject();
    let areas: Vec<_> = [subject.hukou, subject.residence]
        .into_iter()
        .flatten()
        .collect();
    Ok(holds::open(reads)
        .await?
        .iter()
        .any(|hold| hold.holds(Some(&person.key.id), &areas)))
}

//! Why somebody is granted a programme: its clause, what it asks, and the list it was asked of; kept with the grant and
//! never computed again (invariant 11).

use host::{Ctx, Failure};
use kernel::Day;
use people::api::Person;
use plan::api::{PlanBook, Published};
use serde::{Deserialize, Serialize};
use ui::PageError;

/// One condition as it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reason {
    /// What it says.
    pub(crate) says: String,
    /// As written.
    pub(crate) when: String,
    /// Whether it held.
    pub(crate) holds: bool,
}

/// The reasons of a grant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reasons {
    /// Name of the programme.
    pub(crate) programme: String,
    /// The clause.
    pub(crate) clause: String,
    /// Who decides, by the plan.
    pub(crate) decides: String,
    /// Its conditions.
    pub(crate) conditions: Vec<Reason>,
    /// Digest of the list.
    pub(crate) digest: String,
    /// The asked day.
    pub(crate) as_of: String,
}

/// The reasons for this person today.
pub(crate) fn of(ctx: &Ctx, person: &Person, programme: &str) -> Result<Reasons, Failure> {
    let book = ctx.app.part::<PlanBook>()?;
    let published = book
        .in_force(ctx.today())
        .ok_or_else(|| PageError::bad_request("还没有发布清单，不能确认发放。"))?;
    match on(&published, person, programme, ctx.today()) {
        Ok((reasons, _)) => Ok(reasons),
        Err(text) => Err(PageError::bad_request(text).into()),
    }
}

/// The reasons on a day by a list, and the amount where it is known.
pub(crate) fn on(
    published: &Published,
    person: &Person,
    programme: &str,
    today: Day,
) -> Result<(Reasons, Option<i64>), &'static str> {
    let list = &published.list;
    let row = list
        .programmes()
        .iter()
        .find(|row| row.programme.id == programme)
        .ok_or("现行清单里没有这个待遇。")?;
    let answers = list.answer_programmes(&person.facts, today);
    let answer = answers
        .iter()
        .find(|answer| answer.id == programme)
        .filter(|answer| answer.answer == rules::Truth::True && answer.paid == rules::Paid::Yes)
        .ok_or("按现在掌握的情况，这个人不符合或者还待核实，不能确认发放。")?;
    // All conditions hold, because the answer is yes.
    let conditions = row
        .says
        .iter()
        .zip(&row.conditions)
        .map(|(says, id)| Reason {
            says: says.clone(),
            when: list
                .condition(*id)
                .map_or_else(String::new, |one| one.text.clone()),
            holds: true,
        })
        .collect();
    let source = &row.programme.source;
    let reasons = Reasons {
        programme: row.programme.name.clone(),
        clause: serde_json::to_value(source)
            .map(|value| clause_of(&value))
            .unwrap_or_default(),
        decides: row.programme.decides.clone(),
        conditions,
        digest: published.digest.clone(),
        as_of: today.to_string(),
    };
    Ok((reasons, answer.fen))
}

/// A source in one line: the document with its section, or what it rests on.
pub(crate) fn clause_of(source: &serde_json::Value) -> String {
    let text = |key: &str| {
        source
            .get(key)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
    };
    let document = format!("{}{}", text("document"), text("section"));
    if document.is_empty() {
        text("basis").to_owned()
    } else {
        document
    }
}

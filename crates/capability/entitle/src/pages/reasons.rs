//! 资格与待遇: every item with its answer, condition by condition, clause and facts — as recorded, not
//! recomputed in the template.

use super::words;
use crate::recompute::{Asked, ask};
use crate::standing::bit;
use area::api::AreaBook;
use askama::Template;
use host::{Ctx, PersonView};
use plan::api::PlanBook;
use rules::{Answer, ExplainedCondition, ExplainedItem, Truth};
use store::StoreResult;

struct Fact {
    zh: &'static str,
    value: String,
    known: bool,
    since: String,
    recorded: String,
    by: String,
    correct: Option<String>,
}

struct Condition {
    says: String,
    truth: &'static str,
    when: String,
    facts: Vec<Fact>,
}

struct Item {
    no: u16,
    name: String,
    pill: (&'static str, &'static str),
    money: String,
    benefit: String,
    beneficiary: &'static str,
    basis: &'static str,
    lead: String,
    access: String,
    document: String,
    section: String,
    quote: String,
    conditions: Vec<Condition>,
    missing: String,
    stacking: Vec<String>,
    open: bool,
    note: String,
}

struct Group {
    key: &'static str,
    title: &'static str,
    items: Vec<Item>,
    folded: bool,
}

#[derive(Template)]
#[template(path = "pages/reasons.html")]
struct Reasons {
    list: String,
    version: String,
    digest: String,
    overlay: bool,
    groups: Vec<Group>,
}

/// Renders the tab.
pub(crate) async fn render(ctx: &Ctx, view: &PersonView) -> StoreResult<String> {
    let Some(published) = ctx.app.part::<PlanBook>()?.in_force(view.on) else {
        return Ok(String::new());
    };
    let book = ctx.app.part::<AreaBook>()?;
    let store = &ctx.app.store;
    let Asked {
        explanation,
        resolved,
        standing,
        ..
    } = ask(store, &view.key, &published, (view.on, view.known)).await?;
    let stacking = published.list.answer_programmes(&resolved.facts, view.on);
    let mut groups: Vec<Group> = [
        ("owed", "应享未享", false),
        ("receiving", "在享", false),
        ("yes", "符合", false),
        ("unknown", "待核实", false),
        ("ask", "可申请", true),
        ("no", "不符合", true),
    ]
    .into_iter()
    .map(|(key, title, folded)| Group {
        key,
        title,
        items: Vec::new(),
        folded,
    })
    .collect();
    for answer in &explanation.answers {
        let mask = bit(answer.no);
        let key = match answer.answer {
            _ if standing.owed & mask != 0 => "owed",
            _ if standing.receiving & mask != 0 => "receiving",
            Answer::Yes => "yes",
            Answer::Unknown if standing.ask & mask != 0 => "ask",
            Answer::Unknown => "unknown",
            Answer::No => "no",
        };
        let because = published
            .list
            .programmes()
            .iter()
            .zip(&stacking)
            .filter(|(row, _)| row.programme.fulfils.contains(&answer.no))
            .filter_map(|(row, answer)| {
                let because = answer
                    .because
                    .as_ref()
                    .filter(|_| answer.answer == Truth::True)?;
                Some(format!("{}：{because}", row.programme.name))
            })
            .collect();
        let item = item(ctx, &book, view, &published, answer, key, because);
        if let Some(group) = groups.iter_mut().find(|group| group.key == key) {
            group.items.push(item);
        }
    }
    groups.retain(|group| !group.items.is_empty());
    let page = Reasons {
        list: explanation.list,
        version: explanation.list_version.zh(),
        digest: explanation.plan_digest.chars().take(12).collect(),
        overlay: explanation.overlay_digest.is_some(),
        groups,
    };
    page.render()
        .map_err(|error| store::StoreError::Other(error.to_string()))
}

fn item(
    ctx: &Ctx,
    book: &AreaBook,
    view: &PersonView,
    published: &plan::api::Published,
    answer: &ExplainedItem,
    key: &str,
    stacking: Vec<String>,
) -> Item {
    let service = published.list.item(answer.no).map(|item| &item.service);
    let money = answer
        .benefit
        .fen
        .map(|fen| words::amount(fen, answer.benefit.unit))
        .unwrap_or_default();
    let benefit = match &answer.benefit.tier {
        Some(tier) => tier.clone(),
        None => words::kind_zh(answer.benefit.kind).to_owned(),
    };
    let (document, section, quote) = source_of(&answer.source);
    Item {
        no: answer.no,
        name: answer.name.clone(),
        pill: match key {
            "owed" => ("owed", "应享未享"),
            "receiving" => ("receiving", "在享"),
            "yes" => ("yes", "符合"),
            "ask" => ("ask", "可申请"),
            "unknown" => ("unknown", "待核实"),
            _ => ("no", "不符合"),
        },
        money,
        benefit,
        beneficiary: match answer.beneficiary {
            rules::folder::Beneficiary::SelfPerson => "本人",
            rules::folder::Beneficiary::Household => "家庭（按户）",
            rules::folder::Beneficiary::Carer => "家属可申领",
            rules::folder::Beneficiary::Institution => "机构",
        },
        basis: service.map_or("", |service| words::basis_zh(service.area_basis)),
        lead: service
            .map(|service| service.lead.join("、"))
            .unwrap_or_default(),
        access: service
            .map(|service| service.access.clone())
            .unwrap_or_default(),
        document,
        section,
        quote,
        conditions: answer
            .conditions
            .iter()
            .map(|row| condition(ctx, book, view, row))
            .collect(),
        missing: answer
            .missing
            .iter()
            .map(|missing| match missing {
                rules::Missing::Fact(fact) => {
                    format!("{}（靠{}补上）", fact.def().zh, fact.def().settled_by.zh())
                }
                rules::Missing::Param(name) => format!("参数「{name}」（待当地确认）"),
            })
            .collect::<Vec<_>>()
            .join("；"),
        stacking,
        open: matches!(key, "owed" | "unknown"),
        note: service
            .and_then(|service| service.note.clone())
            .unwrap_or_default(),
    }
}

fn condition(ctx: &Ctx, book: &AreaBook, view: &PersonView, row: &ExplainedCondition) -> Condition {
    let facts = row
        .facts
        .iter()
        .filter_map(|fact| {
            let id = rules::facts::find(fact.name)?;
            let def = id.def();
            let value = match &fact.value {
                serde_json::Value::Null => None,
                serde_json::Value::String(text) => rules::facts::parse_value(id, text).ok(),
                other => rules::facts::parse_value(id, &other.to_string()).ok(),
            };
            let action = authz::Action::CorrectFact { offices: def.owner };
            let may = view.now && action.allowed_to(ctx.actor().role);
            Some(Fact {
                zh: def.zh,
                value: value.as_ref().map_or_else(
                    || "未知".to_owned(),
                    |value| people::api::words::value(book, id, value),
                ),
                known: value.is_some(),
                since: fact.since.map(|day| day.to_string()).unwrap_or_default(),
                recorded: fact
                    .recorded
                    .map(|at| at.day().to_string())
                    .unwrap_or_default(),
                by: fact.by.clone().unwrap_or_default(),
                correct: may
                    .then(|| format!("/people/{}/facts/{}/correction", view.key.id, def.name)),
            })
        })
        .collect();
    Condition {
        says: row.says.clone(),
        truth: match row.truth {
            Truth::True => "true",
            Truth::False => "false",
            Truth::Unknown => "unknown",
        },
        when: row.when.clone(),
        facts,
    }
}

/// Document, section and quote of a source; a basis stands in for the quote.
pub(crate) fn source_of(source: &rules::folder::Source) -> (String, String, String) {
    match source {
        rules::folder::Source::Document {
            document,
            section,
            quote,
        } => (document.clone(), section.clone(), quote.clone()),
        rules::folder::Source::Basis { basis } => (String::new(), String::new(), basis.clone()),
    }
}

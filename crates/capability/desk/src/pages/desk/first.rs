//! The one thing to do first, in one sentence with one button.

use super::approvals::Approval;
use super::asked::{Asked, Kind};
use super::names;
use super::side::Counts;
use crate::terms::{Term, left};
use area::api::AreaBook;
use entitle::api::work::{self, Count};
use host::{Ctx, Failure};

/// What to do first.
pub(super) struct First {
    /// `danger`, `warn`, `ok`.
    pub(super) tone: &'static str,
    pub(super) says: String,
    pub(super) more: String,
    /// The one case to begin with; empty where there is nothing to do.
    pub(super) href: String,
    pub(super) act: &'static str,
    /// All of its kind; empty where the button already leads there.
    pub(super) all: &'static str,
    /// Person id of that case.
    pub(super) key: Option<String>,
}

/// Decides it: what waits for a signature, then what is paid wrongly, then what is late, then the rest.
pub(super) async fn of(
    ctx: &Ctx,
    book: &AreaBook,
    asked: &Asked,
    counts: &Counts,
    visits: i64,
    approvals: &[Approval],
) -> Result<First, Failure> {
    if let Some(one) = approvals.first() {
        return Ok(First {
            tone: "warn",
            says: format!("{} 份改动等您批准", approvals.len()),
            more: format!("最早一份：{}，{}", one.what, one.says),
            href: one.href.clone(),
            act: "去审批",
            all: "",
            key: None,
        });
    }
    let due = |count: Count| count.late + count.today;
    let (owed, undue) = (counts.owed, counts.undue);
    let (kind, n, says) = if due(undue) > 0 {
        (Kind::Undue, due(undue), "不该发的还在发，到期要停")
    } else if due(owed) > 0 {
        (Kind::Owed, due(owed), "该享受的还没享受，已到办理期限")
    } else if undue.all > 0 {
        (Kind::Undue, undue.all, "不该发的还在发，月底前停发")
    } else if owed.all > 0 {
        (Kind::Owed, owed.all, "该享受的还没享受")
    } else if visits > 0 {
        return Ok(First {
            tone: "warn",
            says: format!(
                "{} 位高龄老人要上门核实",
                ui::grouped(visits.unsigned_abs())
            ),
            more: "没有到期的发放事项".to_owned(),
            href: "/?kind=visit#work".to_owned(),
            act: "看名单",
            all: "",
            key: None,
        });
    } else {
        return Ok(First {
            tone: "ok",
            says: "今天没有要办的事项".to_owned(),
            more: "新的事项会出现在这里".to_owned(),
            href: String::new(),
            act: "",
            all: "",
            key: None,
        });
    };
    let (store, scope) = (&ctx.app.store, ctx.scope());
    let says = format!("{says}：{} 人次", ui::grouped(n.unsigned_abs()));
    let earliest = work::page(store, &scope, &asked.all(kind.key()), 0, 1).await?;
    let mut first = First {
        tone: if due(owed) + due(undue) > 0 {
            "danger"
        } else {
            "warn"
        },
        says,
        more: String::new(),
        href: String::new(),
        act: "从最早一件办起",
        all: if kind == Kind::Undue {
            "/?kind=undue#work"
        } else {
            "/?kind=owed#work"
        },
        key: None,
    };
    if let Some(one) = earliest.first() {
        let persons = people::api::of_ids(store, &scope, vec![one.key.id.clone()]).await?;
        if let Some(person) = persons.first() {
            let (left, _) = left(asked.today, Term::of(kind.key()).due(one.first_found));
            first.more = format!("最早一件：{}，{left}", names::who(ctx, person));
            first.href = format!(
                "/people/{}?tab=entitlement#item-{}",
                person.key.id, one.item
            );
            first.key = Some(person.key.id.clone());
        }
    }
    // One each is no difference between areas worth naming.
    if let Some((code, late)) = counts.latest().filter(|(_, late)| *late > 1) {
        let name = book
            .name(&code)
            .map_or_else(|| code.to_string(), area::api::plain);
        first.more = format!("{}；逾期最多的是{name}（{late} 件）", first.more);
    }
    Ok(first)
}

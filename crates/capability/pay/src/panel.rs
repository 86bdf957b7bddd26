//! 发放记录 on a person's page: 钱到了没有, in plain words, for officers and family alike.

use crate::pages::run_tabs::attempt_zh;
use crate::runs::State;
use crate::{accounts, grants, months::month_of, terms};
use askama::Template;
use authz::{Action, Role};
use host::{Ctx, PersonView};
use kernel::{Day, Fen};
use ledger::{Month, bank::Outcome};
use plan::api::PlanBook;
use std::collections::BTreeMap;
use store::{Reads, Sql, StoreError, StoreResult};

/// Payments shown.
const MOST: usize = 12;

struct Line {
    month: String,
    programme: String,
    money: String,
    state: &'static str,
    pill: &'static str,
    tail: String,
    when: String,
    remedy: &'static str,
}

struct GrantLine {
    href: String,
    programme: String,
    money: String,
    from: String,
    state: &'static str,
    pill: &'static str,
}

#[derive(Template)]
#[template(path = "panel.html")]
struct Panel {
    grants: Vec<GrantLine>,
    lines: Vec<Line>,
    account: String,
    account_href: String,
    expected: String,
}

/// What can be granted, above the tabs: address of the form, programme, amount a month.
#[derive(Template)]
#[template(path = "panel_owed.html")]
struct Owed {
    owed: Vec<(String, String, String)>,
}

/// What the person is owed and this officer may grant now; nothing for anybody else.
pub(crate) async fn owed(ctx: &Ctx, view: &PersonView) -> StoreResult<String> {
    if !Action::GrantMoney.allowed_to(ctx.actor().role) || !view.now {
        return Ok(String::new());
    }
    let store = &ctx.app.store;
    let open = entitle::api::open_findings(store, &view.key).await?;
    if open.is_empty() {
        return Ok(String::new());
    }
    let all = grants::of_person(store, &view.key).await?;
    let names = crate::pages::programmes(ctx)?;
    let book = ctx.app.part::<PlanBook>()?;
    let mut owed = Vec::new();
    for finding in open {
        let has = all.iter().any(|held| {
            held.programme == finding.programme
                && matches!(held.state.as_str(), "active" | "proposed")
        });
        let known = crate::pages::grant_new::known(&book, ctx.today(), &finding.programme);
        if finding.kind == "owed" && known && !has {
            let name = names.get(&finding.programme).cloned().unwrap_or_default();
            let money = finding
                .fen
                .map_or_else(|| "标准未定".to_owned(), |fen| format!("{} 元", Fen(fen)));
            owed.push((format!("/grants/new/{}", finding.finding), name, money));
        }
    }
    if owed.is_empty() {
        return Ok(String::new());
    }
    let drawn = Owed { owed };
    drawn
        .render()
        .map_err(|error| StoreError::Other(error.to_string()))
}

/// The months a person's payments are looked up in: these and no range, so that nobody else's are read.
fn months(today: Day) -> Vec<Month> {
    let last = Month::of(today).plus(1);
    (0..26).map(|back| last.plus(-back)).collect()
}

pub(crate) async fn render(ctx: &Ctx, view: &PersonView) -> StoreResult<String> {
    let store = &ctx.app.store;
    let role = ctx.actor().role;
    let family = role == Role::Family;
    let officer = matches!(role, Role::CityCivil | Role::CountyCivil | Role::TownWorker);
    if !family && !officer && role != Role::InspectorDiscipline {
        return Ok(String::new());
    }
    let names = crate::pages::programmes(ctx)?;
    let all = grants::of_person(store, &view.key).await?;
    let (mut lines, mut expected) = (Vec::new(), String::new());
    let held = accounts::of_person(store, &view.key).await?;
    let mut tails = BTreeMap::new();
    for account in &held {
        tails.insert(account.no, account.tail(store)?);
    }
    for row in payments(ctx, view, &all).await? {
        let (state, outcome) = (
            row.text("state")?,
            row.opt_text("outcome")?.unwrap_or_default(),
        );
        let run = State::from_key(&row.text("run_state")?).unwrap_or(State::Drawing);
        let (words, pill) = attempt_zh(&state, run, &outcome);
        let tail = row
            .opt_int("account")?
            .and_then(|no| tails.get(&no).cloned());
        let programme = row.text("programme")?;
        lines.push(Line {
            month: month_of(&row, "month")?.zh(),
            programme: names.get(&programme).cloned().unwrap_or(programme),
            money: Fen(row.int("fen")?).to_string(),
            state: words,
            pill,
            tail: tail.unwrap_or_default(),
            when: row
                .opt_instant("settled_at")?
                .map(|at| at.day().zh())
                .unwrap_or_default(),
            remedy: match state.as_str() {
                "failed" => Outcome::from_key(&outcome).map_or("", Outcome::remedy),
                "held" => "本月暂缓，核实后补发",
                _ => "",
            },
        });
    }
    if let Some(loaded) = terms::in_force(store).await? {
        let mine = all.iter().filter(|held| held.state == "active");
        let days: Vec<i32> = mine
            .filter_map(|held| loaded.terms.of(&held.programme))
            .map(|own| own.pay_day)
            .collect();
        if let Some(day) = days.iter().min() {
            let next = Month::of(ctx.today()).plus(1).first().plus_days(day - 1);
            expected = format!(
                "{}的钱预计 {} 前后到账",
                Month::of(ctx.today()).zh(),
                next.zh()
            );
        }
    }
    let account = held.first().map(|account| {
        let tail = tails.get(&account.no).cloned().unwrap_or_default();
        format!(
            "{}，{}，尾号 {tail}",
            accounts::kind_zh(&account.kind),
            account.bank
        )
    });
    let drawn = Panel {
        grants: all
            .iter()
            .map(|held| GrantLine {
                href: if officer {
                    format!("/grants/{}/{}/{}", held.key.id, held.programme, held.no)
                } else {
                    String::new()
                },
                programme: names
                    .get(&held.programme)
                    .cloned()
                    .unwrap_or_else(|| held.programme.clone()),
                money: held.fen.to_string(),
                from: held.from.zh(),
                state: crate::pages::grants::state_zh(&held.state),
                pill: crate::pages::grants::state_pill(&held.state),
            })
            .collect(),
        lines,
        account: account.unwrap_or_default(),
        account_href: if Action::KeepAccount.allowed_to(role) {
            format!("/people/{}/account", view.key.id)
        } else {
            String::new()
        },
        expected,
    };
    drawn
        .render()
        .map_err(|error| StoreError::Other(error.to_string()))
}

/// The last payments of a person, the latest first.
async fn payments(
    ctx: &Ctx,
    view: &PersonView,
    all: &[grants::Held],
) -> StoreResult<Vec<store::Row>> {
    let mut sql = Sql::new(
        "SELECT a.programme, CAST(a.month AS BIGINT) AS month, a.fen, a.state, a.outcome, a.account, a.settled_at, \
         r.state AS run_state FROM pay_attempt a JOIN pay_run r ON r.run = a.run WHERE a.shard = ",
    );
    sql.bind(view.key.shard.as_str())
        .push(" AND a.programme IN (''");
    for held in all {
        sql.push(", ").bind(held.programme.as_str());
    }
    sql.push(") AND a.month IN (0");
    for month in months(ctx.today()) {
        sql.push(", ").bind(month.number());
    }
    sql.push(") AND a.id = ").bind(view.key.id.as_str());
    sql.push(" AND a.state <> 'void' AND r.state NOT IN ('drawing', 'drawn') ORDER BY a.month DESC, a.programme, a.line, a.no DESC LIMIT ")
        .bind(MOST as i64);
    let (text, values) = sql.parts();
    ctx.app.store.all(&text, values).await
}

//! 发放规则: how every programme is paid, each choice with what it stands on; read only.

use super::yuan;
use crate::judge_reasons::clause_of;
use crate::terms;
use askama::Template;
use host::{Ctx, Page};
use ledger::ProgrammeTerms;
use plan::api::PlanBook;
use ui::{PageError, Shell};

struct Line {
    name: String,
    months: String,
    round: &'static str,
    shares: String,
    fund: String,
    report: i32,
    freeze: i32,
    pay: i32,
    most: String,
    stacking: String,
    payee: &'static str,
    decides: String,
    publicity: String,
    layout: String,
    clause: String,
    source: String,
    confirm: bool,
}

#[derive(Template)]
#[template(path = "pages/terms.html")]
struct TermsPage {
    shell: Shell,
    no: i64,
    version: String,
    digest: String,
    clause: String,
    confirm: bool,
    shared: i64,
    back: i32,
    rows: Vec<Line>,
}

/// `GET /payments/terms`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let loaded = terms::in_force(&ctx.app.store).await?.ok_or_else(|| {
        PageError::bad_request("还没有载入发放规则，请系统管理员用 laoyou pay terms 载入。")
    })?;
    let book = ctx.app.part::<PlanBook>()?;
    let published = book.in_force(ctx.today());
    let known: Vec<_> = published
        .iter()
        .flat_map(|published| published.list.programmes())
        .map(|row| &row.programme)
        .collect();
    let name = |id: &str| {
        let found = known.iter().find(|row| row.id == id);
        found.map_or_else(|| id.to_owned(), |row| format!("「{}」", row.name))
    };
    let rows = loaded
        .terms
        .programmes
        .iter()
        .map(|own| {
            let plan = known.iter().find(|row| row.id == own.id);
            let mut stacking: Vec<String> = Vec::new();
            if let Some(group) = plan.and_then(|row| row.highest_of.as_ref()) {
                let others = known
                    .iter()
                    .filter(|row| row.id != own.id && row.highest_of.as_ref() == Some(group));
                let others: Vec<String> = others.map(|row| name(&row.id)).collect();
                stacking.push(format!("与{}择高，只发较高的一项", others.join("、")));
            }
            if let Some(row) = plan.filter(|row| !row.excludes.is_empty()) {
                let others: Vec<String> = row.excludes.iter().map(|id| name(id)).collect();
                stacking.push(format!("与{}不能同时享受，让位", others.join("、")));
            }
            if !own.offset.is_empty() {
                let others: Vec<String> = own.offset.iter().map(|id| name(id)).collect();
                stacking.push(format!("已享受{}的差额发放", others.join("、")));
            }
            let long = plan.is_some_and(|row| row.cycle.months().is_some_and(|months| months > 1));
            if long && !stacking.is_empty() {
                stacking.push("按每个月的份额比较，除不尽的分算在发放月".to_owned());
            }
            Line {
                name: plan.map_or_else(|| own.id.clone(), |row| row.name.clone()),
                months: own.says(),
                round: round_zh(own),
                shares: own.shares_say(),
                fund: own.fund.clone(),
                report: own.report_day,
                freeze: own.freeze_day,
                pay: own.pay_day,
                most: yuan(own.most_fen),
                stacking: if stacking.is_empty() {
                    "可以与其他待遇同时享受".to_owned()
                } else {
                    stacking.join("；")
                },
                payee: plan.map_or("", |row| row.payee.zh()),
                decides: plan.map(|row| row.decides.clone()).unwrap_or_default(),
                publicity: plan.map(|row| row.publicity.clone()).unwrap_or_default(),
                layout: loaded
                    .terms
                    .layout(&own.layout)
                    .map_or_else(|| own.layout.clone(), |layout| layout.name.clone()),
                clause: own.clause.clone(),
                source: plan
                    .and_then(|row| serde_json::to_value(&row.source).ok())
                    .map(|value| clause_of(&value))
                    .unwrap_or_default(),
                confirm: own.confirm,
            }
        })
        .collect();
    Ok(ui::page(TermsPage {
        shell: ctx.shell("发放规则").crumb("发放批次", "/payments"),
        no: loaded.no,
        version: loaded.terms.version.clone(),
        digest: loaded.digest.clone(),
        clause: loaded.terms.clause.clone(),
        confirm: loaded.terms.confirm,
        shared: loaded.terms.shared_account_from,
        back: loaded.terms.months_back,
        rows,
    }))
}

fn round_zh(own: &ProgrammeTerms) -> &'static str {
    match own.round.as_str() {
        "down" => "舍去到分",
        "up" => "进位到分",
        "up_yuan" => "见角进元",
        _ => "四舍五入到分",
    }
}

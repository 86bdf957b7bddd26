//! `laoyou pay`: terms, grants from rolls, the auditor's replay; and the demo's money.

use crate::fault::{Fault, Outcome};
use crate::{compose, out};
use area::api::AreaBook;
use authz::{Actor, Role, Scope};
use kernel::{Day, Fen};
use plan::api::PlanBook;
use std::path::Path;
use store::Store;

/// The terms of the demo city, part of the program.
const TERMS: &str = include_str!("../../../../payments/suizhou/terms.toml");
/// Residents above which a demo has grants only.
const LARGE: usize = 50_000;

/// Loads terms; the same text again changes nothing.
pub async fn terms(store: &Store, file: &Path) -> Outcome<()> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Fault::new(format!("读不了 {}：{error}", file.display())))?;
    let mut tx = store.begin(&Actor::system("pay"), None).await?;
    match pay::api::load_terms(&mut tx, &text).await? {
        Ok(no) => {
            tx.audit(store::Audit::new("pay.terms_loaded").with("no", no));
            tx.commit().await?;
            out::line(format!("发放规则已载入：第 {no} 号"));
            Ok(())
        }
        Err(problems) => Err(Fault::new(format!(
            "发放规则有 {} 处问题，没有载入：\n{}",
            problems.len(),
            problems.join("\n")
        ))),
    }
}

/// Makes grants of everybody on the roll of a programme.
pub async fn adopt(store: &Store, programme: &str, day: Day) -> Outcome<()> {
    let (areas, plans) = (AreaBook::load(store).await?, PlanBook::load(store).await?);
    let list = plans
        .in_force(store.clock().today())
        .ok_or_else(|| Fault::new("还没有发布清单"))?;
    let known = list
        .list
        .programmes()
        .iter()
        .any(|row| row.programme.id == programme && row.programme.is_ours());
    if !known {
        return Err(Fault::new(format!(
            "清单里没有由本系统发放的待遇「{programme}」"
        )));
    }
    let system = Actor::system("pay");
    let people = pay::api::adopt_roll(store, &areas, &system, programme, &list.digest, day).await?;
    out::line(format!("台账已接入 {people} 人"));
    Ok(())
}

/// Draws a month again as it was known at its freeze; whether all of it is equal to the fen.
pub async fn replay(store: &Store, month: &str, programme: Option<String>) -> Outcome<bool> {
    let month = month
        .parse()
        .map_err(|error: ledger::NotAMonth| Fault::new(error.to_string()))?;
    let (areas, plans) = (AreaBook::load(store).await?, PlanBook::load(store).await?);
    let offices = areas
        .executors()
        .iter()
        .map(|executor| executor.key.clone())
        .collect();
    let runs = pay::api::runs_of(store, offices, month, programme).await?;
    if runs.is_empty() {
        return Err(Fault::new(format!("{}没有批次可重放", month.zh())));
    }
    let mut well = true;
    for run in runs {
        let done = pay::api::replay(store, &plans, run).await?;
        let office = areas
            .executor(&done.run.office)
            .map_or("", |executor| executor.name.as_str());
        let mark = if done.equal() {
            "✓ 一致"
        } else {
            "✗ 不一致"
        };
        out::line(format!(
            "{mark} {office} {} {} {} 人 {} 元",
            done.run.programme,
            done.run.month,
            done.people,
            Fen(done.fen)
        ));
        out::line(format!(
            "  发放时摘要 {}\n  重放后摘要 {}",
            done.kept, done.again
        ));
        for (person, kept, again) in &done.differs {
            out::line(format!(
                "  {person}：发放 {} 元，重算 {} 元",
                Fen(*kept),
                Fen(*again)
            ));
        }
        well &= done.equal();
    }
    Ok(well)
}

/// 助餐券 of a month in the demo, in fen.
const MEALS: i64 = 15_000;

/// The money of a demo city; the county whose month is open is the one of this account.
pub async fn demo(store: &Store, files: &Path, people: usize, today: Day) -> Outcome<()> {
    let accounts = org::api::accounts(store).await?;
    let areas = AreaBook::load(store).await?;
    let month = ledger::Month::of(today);
    if people > LARGE {
        let plans = PlanBook::load(store).await?;
        let grants = pay::api::demo_grants(store, &areas, &plans, TERMS, month).await?;
        out::progress(format!("  发放台账 {grants} 项"));
        return Ok(());
    }
    let handler = accounts
        .iter()
        .find(|account| account.login == "demo-03-county");
    let Some(handler) = handler else {
        return Ok(());
    };
    let office = handler
        .grants
        .first()
        .and_then(|grant| areas.executor(&grant.code))
        .map(|executor| executor.key.clone());
    let Some(office) = office else { return Ok(()) };
    let maker = Actor {
        id: handler.id.clone(),
        name: handler.name.clone(),
        role: Role::CountyCivil,
        scope: Scope::Areas(areas.executor_scope(&office)),
        scope_name: String::new(),
    };
    let app = compose::app(
        store.clone(),
        org::api::OrgSettings::default(),
        files::Files::new(files, 200 * 1024 * 1024),
    )
    .await?;
    let ask = pay::api::Demo {
        terms: TERMS.to_owned(),
        month,
        open: (office.clone(), maker),
    };
    let grants = pay::api::demo(&app, &ask).await?;
    out::progress(format!("  发放台账 {grants} 项"));
    let taker = accounts
        .iter()
        .find(|account| account.login == "demo-20-provider");
    if let Some(taker) = taker {
        let vouchers = voucher::api::Demo {
            office_name: areas
                .executor(&office)
                .map_or_else(String::new, |executor| executor.name.clone()),
            office,
            account: taker.id.clone(),
            programme: ("meal_subsidy".to_owned(), MEALS),
            people: 60,
            month,
        };
        let given = voucher::api::demo(&app, &vouchers).await?;
        out::progress(format!("  助餐券 {given} 张"));
    }
    Ok(())
}

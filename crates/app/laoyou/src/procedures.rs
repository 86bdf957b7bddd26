//! `laoyou cases`: procedures of a place; and the demo's cases.

use crate::fault::{Fault, Outcome};
use crate::out;
use area::api::AreaBook;
use authz::Actor;
use plan::api::PlanBook;
use std::path::Path;
use store::{Audit, Store};

/// The procedures of the demo city, part of the program.
const PROCEDURES: &str = include_str!("../../../../procedures/suizhou/procedures.toml");

/// Loads procedures; the same text again changes nothing.
pub async fn load(store: &Store, file: &Path) -> Outcome<()> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Fault::new(format!("读不了 {}：{error}", file.display())))?;
    let plans = PlanBook::load(store).await?;
    let mut tx = store.begin(&Actor::system("cases"), None).await?;
    match cases::api::load_procedures(&mut tx, &plans, &text).await? {
        Ok(no) => {
            tx.audit(Audit::new("case.procedures_loaded").with("no", no));
            tx.commit().await?;
            out::line(format!("办理流程已载入：第 {no} 号"));
            Ok(())
        }
        Err(problems) => Err(Fault::new(format!(
            "办理流程有 {} 处问题，没有载入：\n{}",
            problems.len(),
            problems.join("\n")
        ))),
    }
}

/// The cases of a demo city, in the county whose officer has a button.
pub async fn demo(store: &Store) -> Outcome<()> {
    let accounts = org::api::accounts(store).await?;
    let (areas, plans) = (AreaBook::load(store).await?, PlanBook::load(store).await?);
    let of = |login: &str| accounts.iter().find(|account| account.login == login);
    let (Some(town), Some(county), Some(disabled)) =
        (of("demo-01-town"), of("demo-03-county"), of("demo-13-data"))
    else {
        return Ok(());
    };
    let office = county
        .grants
        .first()
        .and_then(|grant| areas.executor(&grant.code))
        .map(|executor| executor.key.clone());
    let Some(office) = office else { return Ok(()) };
    let hand = |account: &org::api::Account| (account.id.clone(), account.name.clone());
    let hands = cases::api::Hands {
        town: hand(town),
        county: hand(county),
        disabled: hand(disabled),
        office,
        spared: of("demo-08-family")
            .and_then(|family| family.grants.first())
            .map(|grant| grant.code.clone())
            .unwrap_or_default(),
    };
    let made = cases::api::demo(store, &plans, &areas, PROCEDURES, &hands).await?;
    out::progress(format!("  办件 {made} 件"));
    Ok(())
}

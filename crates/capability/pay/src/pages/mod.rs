//! Pages of payment.

pub(crate) mod account;
pub(crate) mod book;
pub(crate) mod book_sheet;
pub(crate) mod budgets;
pub(crate) mod grant;
pub(crate) mod grant_new;
pub(crate) mod grants;
pub(crate) mod leave;
pub(crate) mod notice;
pub(crate) mod paper;
pub(crate) mod proofs;
pub(crate) mod publicity;
pub(crate) mod recoveries;
pub(crate) mod recovery;
pub(crate) mod returned;
pub(crate) mod run;
pub(crate) mod run_acts;
pub(crate) mod run_tabs;
pub(crate) mod runs;
pub(crate) mod terms;

use crate::runs::Run;
use area::api::AreaBook;
use authz::Role;
use host::{Ctx, Failure};
use kernel::{AreaCode, Fen};
use plan::api::PlanBook;
use std::collections::BTreeMap;
use store::StoreResult;
use ui::{Choice, PageError};

/// The offices whose every area the asker may see: money is read by whole offices.
pub fn offices(ctx: &Ctx) -> StoreResult<Vec<String>> {
    let (book, scope) = (ctx.app.part::<AreaBook>()?, ctx.scope());
    let mine = book
        .executors()
        .iter()
        .filter(|executor| executor.areas.iter().all(|area| scope.admits_area(area)));
    Ok(mine.map(|executor| executor.key.clone()).collect())
}

/// Who sees names of people on pages of money.
pub(crate) fn names(role: Role) -> bool {
    matches!(role, Role::CityCivil | Role::CountyCivil | Role::TownWorker)
}

/// What an office is called.
pub fn office_zh(book: &AreaBook, office: &str) -> String {
    book.executor(office)
        .map_or_else(|| office.to_owned(), |executor| executor.name.clone())
}

/// Its areas.
pub(crate) fn areas_of(book: &AreaBook, office: &str) -> Vec<AreaCode> {
    book.executor_scope(office)
}

/// 代发单位 of an office.
pub(crate) fn payer(book: &AreaBook, office: &str) -> String {
    format!("{}财政局", office_zh(book, office))
}

/// Names of programmes in the list in force.
pub fn programmes(ctx: &Ctx) -> StoreResult<BTreeMap<String, String>> {
    let book = ctx.app.part::<PlanBook>()?;
    let published = book.in_force(ctx.today());
    Ok(published.map_or_else(BTreeMap::new, |published| {
        let rows = published.list.programmes().iter().map(|row| &row.programme);
        rows.map(|row| (row.id.clone(), row.name.clone())).collect()
    }))
}

/// The name of a programme.
pub fn programme_zh(names: &BTreeMap<String, String>, id: &str) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_owned())
}

/// Programmes that are paid here, as choices.
pub(crate) async fn paid_here(ctx: &Ctx) -> StoreResult<Vec<Choice>> {
    let names = programmes(ctx)?;
    let loaded = crate::terms::in_force(&ctx.app.store).await?;
    Ok(loaded.map_or_else(Vec::new, |loaded| {
        let own = loaded.terms.programmes.iter();
        own.map(|own| Choice::new(own.id.clone(), programme_zh(&names, &own.id)))
            .collect()
    }))
}

/// The batch, for whoever may see its office.
pub(crate) async fn open(ctx: &Ctx, run: &str) -> Result<Run, Failure> {
    let run = crate::runs::find(&ctx.app.store, run)
        .await?
        .ok_or_else(PageError::not_found)?;
    if offices(ctx)?.contains(&run.office) {
        return Ok(run);
    }
    let book = ctx.app.part::<AreaBook>()?;
    let ask = format!("{}民政局", office_zh(&book, &run.office));
    Err(PageError::refused(&ask).into())
}

/// Yuan of fen.
pub(crate) fn yuan(fen: i64) -> String {
    Fen(fen).to_string()
}

/// Signed yuan, for changes.
pub(crate) fn signed(fen: i64) -> String {
    if fen > 0 {
        format!("+{}", Fen(fen))
    } else {
        Fen(fen).to_string()
    }
}

//! 无人负责: what stands on the desk, and `GET /ownerless`, where it leads.

use crate::accounts::{Account, accounts};
use crate::handover;
use area::api::AreaBook;
use askama::Template;
use authz::Scope;
use host::counter::Counted;
use host::{Ctx, Page};
use store::StoreResult;
use ui::Shell;

const PATH: &str = "/ownerless";

#[derive(Template)]
#[template(path = "pages/ownerless.html")]
struct OwnerlessPage {
    shell: Shell,
    rows: Vec<(String, String, String, i64)>,
}

/// Accounts of the asker's own places that cannot sign in and own open work.
async fn found(ctx: &Ctx) -> StoreResult<Vec<(Account, i64)>> {
    let open = handover::ownerless(&ctx.app).await?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let (book, scope) = (ctx.app.part::<AreaBook>()?, ctx.scope());
    let within = |account: &Account| match account.scope(&book, ctx.today()).0 {
        Scope::Areas(areas) => areas.iter().any(|area| scope.admits_area(area)),
        // Whose places have ended belongs to nobody below the city.
        _ => book
            .root()
            .is_some_and(|root| scope.admits_area(&root.code)),
    };
    let all = accounts(&ctx.app.store).await?;
    Ok(all
        .into_iter()
        .filter_map(|account| {
            let (_, count) = open.iter().find(|(id, _)| *id == account.id)?;
            Some((account, *count))
        })
        .filter(|(account, _)| within(account))
        .collect())
}

/// The counter of the desk.
pub(crate) async fn count(ctx: &Ctx) -> StoreResult<Counted> {
    let number = found(ctx).await?.iter().map(|(_, count)| count).sum();
    Ok(Counted {
        number,
        note: "移交".to_owned(),
        href: PATH.to_owned(),
    })
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let book = ctx.app.part::<AreaBook>()?;
    let rows = found(&ctx)
        .await?
        .into_iter()
        .map(|(account, count)| {
            let place = account.scope(&book, ctx.today()).1;
            (account.name, account.role.zh().to_owned(), place, count)
        })
        .collect();
    Ok(ui::page_no_store(OwnerlessPage {
        shell: ctx.shell("无人负责").crumb("工作台", "/"),
        rows,
    }))
}

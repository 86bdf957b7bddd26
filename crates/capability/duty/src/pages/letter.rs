//! 督促告知书, to print and to hand over: what is owed by law, to whom to turn.

use super::open;
use crate::book;
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Page};
use store::Audit;
use ui::Shell;

#[derive(Template)]
#[template(path = "pages/letter.html")]
struct LetterPage {
    shell: Shell,
    name: String,
    holders: Vec<String>,
    support: bool,
    office: String,
    today: String,
    next: String,
}

/// `GET /duties/{code}/letter`
pub(crate) async fn get(ctx: Ctx, Path(code): Path<String>) -> Page {
    let (case, person) = open(&ctx, &code, Action::ReportEvent).await?;
    ctx.log_reads(&[Audit::new("duty.letter").person(&person.key.shard, &person.key.id)])
        .await?;
    let areas = ctx.app.part::<AreaBook>()?;
    let holders = book::holders(&ctx.app.store, &code)
        .await?
        .into_iter()
        .filter(|holder| holder.stands != "unable")
        .map(|holder| format!("{}（{}）", holder.name, holder.relation))
        .collect();
    Ok(ui::page_no_store(LetterPage {
        shell: ctx
            .shell("督促告知书")
            .crumb("赡养抚养督促", format!("/duties/{code}")),
        support: case.kind == "support",
        office: person
            .subject()
            .residence
            .map_or_else(String::new, |code| areas.full_name(&code)),
        name: person.name,
        holders,
        today: ctx.today().zh(),
        next: case.next.zh(),
    }))
}

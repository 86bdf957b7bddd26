//! 数据导入: the imports of one's own area, latest first, and the way to a new one.

use crate::batch::{self, State};
use crate::report;
use askama::Template;
use host::{Ctx, Page};
use ui::Shell;

struct Line {
    id: String,
    kind: &'static str,
    source: String,
    file: String,
    when: String,
    who: String,
    complete: bool,
    rows: String,
    changed: String,
    bad: String,
    state: State,
}

#[derive(Template)]
#[template(path = "pages/all.html")]
struct AllPage {
    shell: Shell,
    rows: Vec<Line>,
}

/// `GET /intake`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let mut rows = Vec::new();
    for batch in batch::latest(&ctx.app.store, &ctx.actor()).await? {
        let counts = report::counts(&batch)?;
        let number = |n: i64| match batch.counts {
            Some(_) => ui::grouped(n.unsigned_abs()),
            None => "—".to_owned(),
        };
        rows.push(Line {
            kind: batch.kind.title,
            source: batch.source.clone(),
            file: batch.file_name.clone(),
            when: batch.created.minute(),
            who: batch.owner.name.clone(),
            complete: batch.complete,
            rows: number(counts.all()),
            changed: number(counts.new + counts.changed),
            bad: number(counts.conflict + counts.refused),
            state: batch.state,
            id: batch.id,
        });
    }
    Ok(ui::page_no_store(AllPage {
        shell: ctx.shell("数据导入").crumb("人员档案", "/people"),
        rows,
    }))
}

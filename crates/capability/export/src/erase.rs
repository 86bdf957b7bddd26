//! What is removed here of a person whose time is over: workbooks that hold their row, and what was written as a reason.

use crate::run;
use authz::Actor;
use files::Files;
use host::{AppState, Erasing, Erasure, blank_texts};
use kernel::Instant;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::audit_log::{Span, about_person};
use store::{Audit, StoreResult};

/// Rows of the log read at once.
const PAGE: u32 = 500;

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "export",
        what: "名单上有本人、还没有到期的导出文件，导出事由里写到本人的文字",
        before: Some(Arc::new(|app, people| Box::pin(before(app, people)))),
        erase: Arc::new(|_app, tx, people| {
            Box::pin(async move {
                blank_texts(tx, people, "export_note", &["note"]).await?;
                blank_texts(tx, people, "export_run", &["filters", "query", "error"]).await?;
                Ok(())
            })
        }),
    }
}

/// The runs whose rows showed somebody, as the log says, of those whose files may still be there.
async fn runs_of(app: &AppState, person: &str) -> StoreResult<BTreeSet<String>> {
    let now = app.clock().now();
    let from = Instant::at(now.day().plus_days(-crate::api::KEPT_DAYS - 2), 0);
    let (mut out, mut after): (BTreeSet<String>, Option<String>) = (BTreeSet::new(), None);
    loop {
        let span = Span {
            from,
            until: now.plus_seconds(1),
            after: after.as_deref(),
        };
        let (rows, more) = about_person(&app.store, person, &span, PAGE).await?;
        for seen in &rows {
            if seen.row.action == "export.rows" {
                out.extend(seen.row.subject.clone());
            }
        }
        match rows.last() {
            Some(last) if more => after = Some(last.row.key()),
            _ => return Ok(out),
        }
    }
}

/// Removes their workbooks; one that is being made waits, and so does the person.
async fn before(app: &AppState, people: &[Erasing]) -> StoreResult<Vec<(String, String)>> {
    let files = app.part::<Files>()?;
    let mut waiting = Vec::new();
    for person in people {
        for id in person.ids() {
            for run in runs_of(app, id).await? {
                let mut tx = app.store.begin(&Actor::system("erasure"), None).await?;
                let Some(run) = run::hold(&tx, &run).await? else {
                    tx.rollback().await?;
                    continue;
                };
                if run.state.open() {
                    tx.rollback().await?;
                    let why = "名单上有本人的一份导出正在生成";
                    waiting.push((person.id().to_owned(), why.to_owned()));
                    continue;
                }
                let mut gone = run::parts(&tx, &run.id).await?;
                run::forget_parts(&mut tx, &run.id).await?;
                if let Some(file) = run.file.clone() {
                    run::expire(&mut tx, std::slice::from_ref(&file)).await?;
                    gone.push(file);
                }
                if gone.is_empty() {
                    tx.rollback().await?;
                    continue;
                }
                files.remove(&mut tx, &gone).await?;
                tx.audit(
                    Audit::new("export.erase")
                        .subject(&run.id)
                        .with("count", gone.len() as i64),
                );
                tx.commit().await?;
            }
        }
    }
    Ok(waiting)
}

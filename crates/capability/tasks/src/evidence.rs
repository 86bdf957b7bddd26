//! Files that prove a report or a reply: taken by their first bytes, capped, sealed, seen by the executor and the
//! city only (invariant 10).

use crate::seen::Seen;
use area::api::AreaBook;
use authz::Scope;
use files::{Files, NewFile};
use host::Upload;
use store::{Reads, Sql, StoreResult, Tx, values};

pub(crate) use host::{UPLOAD_HINT as HINT, upload_form as form};

/// Kept as long as files of an office are: ten years.
const DAYS: i32 = 3_653;

/// What a file proves.
pub(crate) struct About<'a> {
    pub(crate) executor: &'a str,
    pub(crate) item: Option<&'a str>,
    /// What a download is called, without its ending.
    pub(crate) name: &'a str,
}

/// Keeps a file in the transaction that speaks of it; returns its id.
pub(crate) async fn keep(
    tx: &mut Tx,
    files: &Files,
    areas: &AreaBook,
    upload: Upload,
    about: &About<'_>,
) -> StoreResult<String> {
    let inside = match about.executor.strip_prefix("E:") {
        Some(key) => areas.executor_scope(key),
        None => areas.root().map(|root| root.code).into_iter().collect(),
    };
    let name = format!("{}.{}", about.name, upload.ending);
    let new = NewFile {
        name: name.clone(),
        owner: tx.actor().id.clone(),
        scope: Scope::Areas(inside),
        days: DAYS,
    };
    let kept = files.keep(tx, upload.sealed, new).await?;
    let (at, by) = (tx.at().micros(), tx.actor().name.clone());
    tx.run(
        "INSERT INTO tasks_evidence (file, executor, item, name, size, added_at, added_name) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values![
            kept.id.as_str(),
            about.executor,
            about.item,
            name,
            kept.size as i64,
            at,
            by
        ],
    )
    .await?;
    Ok(kept.id)
}

/// A file as pages show it.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) size: String,
}

/// A file, if its executor is seen.
pub(crate) async fn find(
    reads: &impl Reads,
    seen: &Seen,
    file: &str,
) -> StoreResult<Option<Shown>> {
    let mut sql = Sql::new("SELECT v.file, v.name, v.size FROM tasks_evidence v WHERE v.file = ");
    sql.bind(file)
        .push(" AND ")
        .append(&seen.executor_in("v.executor"));
    let (text, values) = sql.parts();
    let Some(row) = reads.one(&text, values).await? else {
        return Ok(None);
    };
    let bytes = row.int("size")?.max(0);
    Ok(Some(Shown {
        file: row.text("file")?,
        name: row.text("name")?,
        size: ui::text::file_size(bytes),
    }))
}

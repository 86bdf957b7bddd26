//! What applicants and offices bring as files: photographs and scans of papers, each with what it is. Seen by whoever
//! sees the case; every look is logged.

use crate::store::Case;
use authz::Scope;
use files::{Files, NewFile};
use host::Upload;
use kernel::Instant;
use people::api::Person;
use store::{Audit, Reads, StoreResult, Tx, values};

/// Kept as long as files of an office are: ten years.
const DAYS: i32 = 3_653;
/// Files of one case at the most.
pub(crate) const MOST: usize = 20;

/// A file of a case.
#[derive(Debug, Clone)]
pub(crate) struct Brought {
    pub(crate) no: i64,
    /// Id of the evidence; empty for something else.
    pub(crate) evidence: String,
    pub(crate) file: String,
    /// In bytes.
    pub(crate) size: i64,
    pub(crate) by: String,
    pub(crate) by_account: String,
    pub(crate) at: Instant,
}

/// Files of a case, the first one first.
pub(crate) async fn of(reads: &impl Reads, code: &str) -> StoreResult<Vec<Brought>> {
    let rows = reads
        .all(
            "SELECT f.no, f.evidence, f.file, f.size, f.added_by, f.added_name, f.at FROM cases_file f \
             WHERE f.code = $1 ORDER BY f.no",
            values![code],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Brought {
                no: row.int("no")?,
                evidence: row.text("evidence")?,
                file: row.text("file")?,
                size: row.int("size")?,
                by: row.text("added_name")?,
                by_account: row.text("added_by")?,
                at: Instant::from_micros(row.int("at")?),
            })
        })
        .collect()
}

/// Keeps a file of a case.
pub(crate) async fn add(
    tx: &mut Tx,
    files: &Files,
    case: &Case,
    person: &Person,
    evidence: &str,
    upload: Upload,
) -> StoreResult<()> {
    let subject = person.subject();
    let new = NewFile {
        name: format!("材料.{}", upload.ending),
        owner: tx.actor().id.clone(),
        scope: Scope::Areas(subject.hukou.into_iter().chain(subject.residence).collect()),
        days: DAYS,
    };
    let kept = files.keep(tx, upload.sealed, new).await?;
    let sql =
        "SELECT CAST(coalesce(max(f.no), 0) AS BIGINT) AS n FROM cases_file f WHERE f.code = $1";
    let no = tx.number(sql, values![case.code.as_str()]).await? + 1;
    let (at, actor) = (tx.at().micros(), tx.actor().clone());
    tx.run(
        "INSERT INTO cases_file (code, no, evidence, file, size, added_by, added_name, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            case.code.as_str(),
            no,
            evidence,
            kept.id.as_str(),
            kept.size as i64,
            actor.id.as_str(),
            actor.name.as_str(),
            at
        ],
    )
    .await?;
    tx.audit(
        Audit::new("case.file")
            .person(&case.key.shard, &case.key.id)
            .with("case", case.code.as_str())
            .with("evidence", evidence)
            .with("digest", kept.digest.as_str()),
    );
    Ok(())
}

/// Takes a file of a draft away again.
pub(crate) async fn take_away(
    tx: &mut Tx,
    files: &Files,
    case: &Case,
    brought: &Brought,
) -> StoreResult<()> {
    tx.run(
        "DELETE FROM cases_file WHERE code = $1 AND no = $2",
        values![case.code.as_str(), brought.no],
    )
    .await?;
    files
        .remove(tx, std::slice::from_ref(&brought.file))
        .await?;
    tx.audit(
        Audit::new("case.file_removed")
            .person(&case.key.shard, &case.key.id)
            .with("case", case.code.as_str()),
    );
    Ok(())
}

//! Publishing: a draft that is clean and whose examples pass becomes an immutable version, approved
//! by a second person (rows C01, C02; invariant 4).

use crate::ack;
use crate::check::check;
use crate::county::{county_problems, effective_problems};
use crate::edits::history;
use crate::load::lines;
use crate::overlay::overlay_of;
use crate::version::{Status, Version, VersionId, export, published, version};
use figures::Finding;
use kernel::Day;
use rules::{CaseResult, Problem, compile, folder};
use store::{Audit, StoreError, Tx, values};

/// Why a draft was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// There is no such version.
    #[error("没有这个版本")]
    NotFound,
    /// It is published already, and a published version never changes.
    #[error("这个版本已经发布，不能再改")]
    AlreadyPublished,
    /// The second person is the first one.
    #[error("要由另一个人批准：批准人不能是载入人、修改人或提交人")]
    SecondPerson,
    /// The folder (or the demo overlay over it) has problems.
    #[error("有 {} 处问题，不能发布：\n{}", .0.len(), lines(.0))]
    Problems(Vec<Problem>),
    /// Examples fail.
    #[error("有 {} 个样例不通过，不能发布：\n{}", .0.len(), cases(.0))]
    Failing(Vec<CaseResult>),
    /// Serious findings that nobody has acknowledged.
    #[error("有 {} 处严重的口径差异没有确认，不能发布。逐条确认并写明原因后再发布：\n{}", .0.len(), open(.0))]
    Open(Vec<Finding>),
    /// A list in force from a later day is published already.
    #[error("清单版本日期 {version} 早于已发布的 {newest}，请改写 services.toml 的 version")]
    Older {
        /// The day of this list.
        version: Day,
        /// The day of the newest published list.
        newest: Day,
    },
    /// The installation works for another place (engineering.md 22).
    #[error("本系统已发布的是「{0}」的清单，不能发布另一个地方的")]
    OtherPlace(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn open(findings: &[Finding]) -> String {
    let line = |finding: &Finding| format!("{}　{}", finding.id, finding.says);
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn cases(failing: &[CaseResult]) -> String {
    let line = |case: &CaseResult| {
        format!(
            "{}:{}: 第{}项 {}：{}",
            folder::CASES,
            case.line,
            case.service,
            case.says,
            case.why
        )
    };
    failing.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Publishes a draft. Page and command ask [`crate::trial::tried`] first; here it is not asked again,
/// because an empty register (a demo being made) has nothing to try on. Handed in by `by` and approved
/// by `approved_by`; in force from the list's own version day. Of two versions with the same day the one published later counts.
pub async fn publish(
    tx: &mut Tx,
    id: &VersionId,
    by: &str,
    approved_by: &str,
) -> Result<(), PublishError> {
    let draft = version(tx, id).await?.ok_or(PublishError::NotFound)?;
    if draft.status() == Status::Published {
        return Err(PublishError::AlreadyPublished);
    }
    let (first, second) = (by.trim(), approved_by.trim());
    if first.is_empty() || second.is_empty() || second == first || second == draft.loaded_by.trim()
    {
        return Err(PublishError::SecondPerson);
    }
    // Everybody who edited since the last publication is a first person.
    if history(tx, id)
        .await?
        .iter()
        .any(|step| step.loaded_by.trim() == second)
    {
        return Err(PublishError::SecondPerson);
    }
    let files = export(tx, id).await?.ok_or(PublishError::NotFound)?;
    let mut check = check(&files, None);
    if !check.problems.is_empty() {
        return Err(PublishError::Problems(check.problems));
    }
    if check.digest.as_deref() != Some(draft.digest.as_str()) {
        let what = format!("plan_version {id}: its files do not have its digest");
        return Err(StoreError::Other(what).into());
    }
    ack::lay(tx, &draft.slug, &mut check.findings).await?;
    let open: Vec<Finding> = check.open().into_iter().cloned().collect();
    if !open.is_empty() {
        return Err(PublishError::Open(open));
    }
    let tried = check.cases.len();
    let failing: Vec<CaseResult> = check.cases.into_iter().filter(|case| !case.pass).collect();
    if !failing.is_empty() {
        return Err(PublishError::Failing(failing));
    }
    if draft.has_list()
        && let Some(overlay) = overlay_of(tx, &draft.slug).await?
    {
        let folder = folder::load(&files).map_err(PublishError::Problems)?;
        compile(&folder, Some(&overlay)).map_err(PublishError::Problems)?;
    }
    let before = published(tx).await?;
    if draft.has_list() {
        let folder = folder::load(&files).map_err(PublishError::Problems)?;
        if draft.county.is_some() {
            let problems = county_problems(tx, &folder).await?;
            if !problems.is_empty() {
                return Err(PublishError::Problems(problems));
            }
        }
        let problems = effective_problems(tx, &draft, folder).await?;
        if !problems.is_empty() {
            return Err(PublishError::Problems(problems));
        }
    }
    // Other places' plans are read and compared; only one place's list answers.
    let another = |other: &Version| {
        other.has_list() && other.slug != draft.slug && other.county == draft.county
    };
    if draft.has_list()
        && let Some((other, _)) = before.iter().find(|(other, _)| another(other))
    {
        return Err(PublishError::OtherPlace(other.slug.clone()));
    }
    let newest = before
        .iter()
        .filter(|(other, _)| other.slug == draft.slug && other.has_list() == draft.has_list())
        .map(|(_, publication)| publication.in_force_from)
        .max();
    if let Some(newest) = newest.filter(|newest| draft.list_version < *newest) {
        return Err(PublishError::Older {
            version: draft.list_version,
            newest,
        });
    }
    let no = before
        .iter()
        .map(|(_, publication)| publication.no)
        .max()
        .unwrap_or(0)
        + 1;
    let touched = tx
        .run(
            "UPDATE plan_version SET status = $1, published_at = $2, published_by = $3, approved_by = $4, \
             in_force_from = $5, published_no = $6 WHERE id = $7 AND status = $8",
            values![
                Status::Published.key(),
                tx.at().micros(),
                first,
                second,
                draft.list_version.number(),
                no,
                id.as_str(),
                Status::Draft.key()
            ],
        )
        .await?;
    if touched != 1 {
        return Err(PublishError::AlreadyPublished);
    }
    tx.audit(
        Audit::new("plan.publish")
            .subject(id.as_str())
            .with("slug", draft.slug.as_str())
            .with("digest", draft.digest.as_str())
            .with("in_force_from", draft.list_version.number())
            .with("cases", tried),
    );
    let event = serde_json::json!({
        "version": id.as_str(),
        "digest": draft.digest,
        "in_force_from": draft.list_version.number(),
    });
    tx.emit("plan.published", &event).await?;
    Ok(())
}

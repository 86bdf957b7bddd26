//! Loading: a readable folder becomes a draft; the same folder again changes nothing.
//!
//! A draft may still have rules that do not compile or examples that fail: its page shows them and
//! publishing is refused (invariant 4).

use crate::version::{Status, VersionId, of_digest};
use rules::{Files, Problem, folder};
use store::{Audit, StoreError, Tx, values};

/// Why a folder or an overlay was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It does not read; all problems are told at once.
    #[error("规划文件夹有 {} 处问题：\n{}", problems.len(), lines(problems))]
    Problems {
        /// The problems.
        problems: Vec<Problem>,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LoadError {
    /// The problems; empty where the database failed.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Problems { problems } => problems,
            Self::Store(_) => &[],
        }
    }
}

impl From<Vec<Problem>> for LoadError {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Problems { problems }
    }
}

/// One problem a line.
pub(crate) fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Stores the folder as a draft in the name of `by`. The same folder again gives the same id and
/// changes nothing, whoever loads it.
pub async fn load(tx: &mut Tx, files: &Files, by: &str) -> Result<VersionId, LoadError> {
    // PostgreSQL cannot keep this character, and no text needs it.
    if let Some((name, _)) = files.iter().find(|(_, text)| text.contains('\0')) {
        return Err(vec![Problem::at(
            name,
            1,
            "文件里有空字符",
            "用文本编辑器另存为 UTF-8",
        )]
        .into());
    }
    let folder = folder::load(files)?;
    if let Some(known) = of_digest(tx, &folder.digest).await? {
        return Ok(known.id);
    }
    let id = VersionId(tx.store().new_id());
    let (at, day) = (tx.at().micros(), folder.list.version.number());
    tx.run(
        "INSERT INTO plan_version (id, slug, digest, list_name, list_version, status, loaded_at, loaded_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            id.as_str(),
            folder.plan.slug.as_str(),
            folder.digest.as_str(),
            folder.list.name.as_str(),
            day,
            Status::Draft.key(),
            at,
            by
        ],
    )
    .await?;
    let row = |(name, text): (&String, &String)| values![id.as_str(), name.as_str(), text.as_str()];
    tx.insert_many(
        "plan_file",
        &["version", "name", "text"],
        files.iter().map(row).collect(),
    )
    .await?;
    tx.audit(
        Audit::new("plan.load")
            .subject(id.as_str())
            .with("slug", folder.plan.slug)
            .with("digest", folder.digest)
            .with("list_version", day),
    );
    Ok(id)
}

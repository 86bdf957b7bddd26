//! Loading: a readable folder becomes a draft; the same folder again changes nothing.
//!
//! A draft may still have rules that do not compile or examples that fail: its page shows them and
//! publishing is refused (invariant 4).

use crate::version::{Status, VersionId, of_digest, versions};
use kernel::Day;
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
    let found = Read::of(files)?;
    if let Some(known) = of_digest(tx, &found.digest).await? {
        return Ok(known.id);
    }
    one_place(tx, &found).await?;
    let id = VersionId(tx.store().new_id());
    let (at, day) = (tx.at().micros(), found.day.number());
    tx.run(
        "INSERT INTO plan_version (id, slug, digest, list_name, list_version, status, loaded_at, loaded_by, county) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            id.as_str(),
            found.slug.as_str(),
            found.digest.as_str(),
            found.list_name.as_str(),
            day,
            Status::Draft.key(),
            at,
            by,
            found.county.as_deref()
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
            .with("slug", found.slug)
            .with("digest", found.digest)
            .with("list_version", day),
    );
    Ok(id)
}

/// A short name is of one place: a county's list is not loaded as another version of its city's.
async fn one_place(tx: &Tx, found: &Read) -> Result<(), LoadError> {
    let all = versions(tx).await?;
    let mut same = all.iter().filter(|version| version.slug == found.slug);
    if same.any(|version| version.county != found.county) {
        let what = format!("slug「{}」已是另一份清单的", found.slug);
        return Err(vec![Problem::at(folder::PLAN, 1, what, "县级清单用自己的 slug")].into());
    }
    Ok(())
}

/// What a row of `plan_version` needs of a folder that reads.
struct Read {
    slug: String,
    digest: String,
    list_name: String,
    day: Day,
    county: Option<String>,
}

impl Read {
    fn of(files: &Files) -> Result<Self, Vec<Problem>> {
        let book = figures::load(files)?;
        if files.contains_key(folder::SERVICES) {
            let folder = folder::load(files)?;
            return Ok(Self {
                slug: folder.plan.slug,
                digest: folder.digest,
                list_name: folder.list.name,
                day: folder.list.version,
                county: folder.plan.county,
            });
        }
        let days = book
            .head
            .documents
            .iter()
            .filter_map(|document| document.issued_on.or(document.from));
        let Some(day) = days.max() else {
            return Err(vec![Problem::at(
                folder::PLAN,
                1,
                "没有一份文件写了印发日期或规划期",
                "在 [[document]] 里写 issued_on 或 from",
            )]);
        };
        Ok(Self {
            slug: book.head.slug,
            digest: book.digest,
            list_name: String::new(),
            day,
            county: None,
        })
    }
}

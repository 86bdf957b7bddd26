//! A version of a plan as the database holds it: who loaded, published and approved it, and when.

use kernel::{Day, Instant};
use rules::Files;
use store::{Reads, Row, StoreError, StoreResult, values};

kernel::id_type! {
    /// Id of a loaded plan folder.
    VersionId
}

/// Whether a version may still be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Loaded, not in use.
    Draft,
    /// Frozen; the server answers from it.
    Published,
}

impl Status {
    /// The word in the column.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
        }
    }
}

/// Who published a version, who approved it, and from when it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// When.
    pub at: Instant,
    /// Who handed it in.
    pub by: String,
    /// The second person.
    pub approved_by: String,
    /// In force from this day: the list's own version day.
    pub in_force_from: Day,
    /// 1, 2, 3 … in the order of publishing.
    pub no: i64,
}

/// That somebody asked for a draft to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: String,
}

/// A version without its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// The folder's short name.
    pub slug: String,
    /// SM3 of the folder; every answer keeps it.
    pub digest: String,
    /// The name of the list; empty for a plan without one.
    pub list_name: String,
    /// The version day of the list.
    pub list_version: Day,
    /// When it was loaded.
    pub loaded_at: Instant,
    /// Who loaded it.
    pub loaded_by: String,
    /// `None` while it is a draft.
    pub publication: Option<Publication>,
    /// The version it was edited from.
    pub based_on: Option<VersionId>,
    /// What the edit was.
    pub says: Option<String>,
    /// A later edit took its place.
    pub superseded: bool,
    /// Why it was published although nobody had tried it on the register.
    pub untried: Option<String>,
    /// The county whose own list it is; `None` for a city's.
    pub county: Option<String>,
    /// Somebody asked for this draft to be published.
    pub asked: Option<Asked>,
}

impl Version {
    /// Whether it has a list; a plan without one answers nothing.
    pub fn has_list(&self) -> bool {
        !self.list_name.is_empty()
    }

    /// Whether this is who loaded or edited it; a command may have recorded the name instead of the account.
    pub fn is_by(&self, actor: &authz::Actor) -> bool {
        self.loaded_by == actor.id || self.loaded_by == actor.name
    }

    /// Draft or published.
    pub const fn status(&self) -> Status {
        if self.publication.is_some() {
            Status::Published
        } else {
            Status::Draft
        }
    }
}

const COLUMNS: &str = "SELECT id, slug, digest, list_name, list_version, loaded_at, loaded_by, published_at, \
     published_by, approved_by, in_force_from, published_no, based_on, says, superseded_by, untried, county, \
     asked_at, asked_by FROM plan_version";

/// All versions, the latest loaded first.
pub async fn versions(reads: &impl Reads) -> StoreResult<Vec<Version>> {
    let sql = format!("{COLUMNS} ORDER BY loaded_at DESC, id DESC");
    reads.all(&sql, vec![]).await?.iter().map(read).collect()
}

/// The version of this id.
pub async fn version(reads: &impl Reads, id: &VersionId) -> StoreResult<Option<Version>> {
    let row = reads
        .one(&format!("{COLUMNS} WHERE id = $1"), values![id.as_str()])
        .await?;
    row.as_ref().map(read).transpose()
}

/// The version of this digest.
pub(crate) async fn of_digest(reads: &impl Reads, digest: &str) -> StoreResult<Option<Version>> {
    let row = reads
        .one(&format!("{COLUMNS} WHERE digest = $1"), values![digest])
        .await?;
    row.as_ref().map(read).transpose()
}

/// Published versions, the one that counts last at the end.
pub(crate) async fn published(reads: &impl Reads) -> StoreResult<Vec<(Version, Publication)>> {
    let sql = format!("{COLUMNS} WHERE status = $1 ORDER BY in_force_from, published_no");
    let rows = reads.all(&sql, values![Status::Published.key()]).await?;
    let versions = rows.iter().map(read).collect::<StoreResult<Vec<_>>>()?;
    let whole = |version: Version| {
        let publication = version.publication.clone()?;
        Some((version, publication))
    };
    Ok(versions.into_iter().filter_map(whole).collect())
}

/// The published version of the same place that counts last before this one: all of them for a draft.
pub(crate) async fn before(reads: &impl Reads, this: &Version) -> StoreResult<Option<Version>> {
    let no = this.publication.as_ref().map(|publication| publication.no);
    let all = published(reads).await?.into_iter();
    let mut earlier = all.filter(|(other, publication)| {
        other.slug == this.slug
            && other.has_list() == this.has_list()
            && no.is_none_or(|no| publication.no < no)
    });
    Ok(earlier.next_back().map(|(version, _)| version))
}

/// The files of a version, byte for byte as they were loaded (engineering.md 6).
pub async fn export(reads: &impl Reads, id: &VersionId) -> StoreResult<Option<Files>> {
    let sql = "SELECT name, text FROM plan_file WHERE version = $1 ORDER BY name";
    let mut files = Files::new();
    for row in reads.all(sql, values![id.as_str()]).await? {
        files.insert(row.text("name")?, row.text("text")?);
    }
    Ok(if files.is_empty() { None } else { Some(files) })
}

fn read(row: &Row) -> StoreResult<Version> {
    let publication = match row.opt_int("published_no")? {
        None => None,
        Some(no) => Some(Publication {
            at: row.instant("published_at")?,
            by: row.text("published_by")?,
            approved_by: row.text("approved_by")?,
            in_force_from: row.day("in_force_from")?,
            no,
        }),
    };
    Ok(Version {
        id: VersionId(row.text("id")?),
        slug: row.text("slug")?,
        digest: row.text("digest")?,
        list_name: row.text("list_name")?,
        list_version: row.day("list_version")?,
        loaded_at: row.instant("loaded_at")?,
        loaded_by: row.text("loaded_by")?,
        publication,
        based_on: row.opt_text("based_on")?.map(VersionId),
        says: row.opt_text("says")?,
        superseded: row.opt_text("superseded_by")?.is_some(),
        untried: row.opt_text("untried")?,
        county: row.opt_text("county")?,
        asked: match row.opt_text("asked_by")? {
            None => None,
            Some(by) => Some(Asked {
                at: row.instant("asked_at")?,
                by,
            }),
        },
    })
}

/// Problems as one text for a log line.
pub(crate) fn broken(what: &str, problems: &[rules::Problem]) -> StoreError {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    StoreError::Other(format!("{what}: {}", lines.join("; ")))
}

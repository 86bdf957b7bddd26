//! What the pages share: the frame, whose version is read, names of those who acted.

use crate::book::{PlanBook, Published};
use crate::version::{VersionId, export, version};
use authz::{Action, Role};
use host::{Ctx, Failure};
use kernel::Day;
use rules::folder::{self, Folder, Source};
use rules::{List, compile};
use std::sync::Arc;
use ui::{ListQuery, PageError, Pill, Shell, pill};

/// The page that belongs to `entitle`, and the way back to it.
pub(crate) const LIST: &str = "/list";
/// The versions.
pub(crate) const VERSIONS: &str = "/list/versions";

/// The frame of a page of the list.
pub(crate) fn shell(ctx: &Ctx, title: &str) -> Shell {
    ctx.shell(title).crumb("服务清单", LIST)
}

/// A version that a page reads: the city's of the book, or a draft or a county's that compiles.
pub(crate) enum Read {
    /// Published, the city's.
    Book(Arc<Published>),
    /// Without demo values.
    Other {
        /// What stands in it.
        parts: Box<(Folder, List)>,
        /// Not published.
        draft: bool,
    },
}

impl Read {
    pub(crate) fn folder(&self) -> &Folder {
        match self {
            Self::Book(version) => &version.folder,
            Self::Other { parts, .. } => &parts.0,
        }
    }

    pub(crate) fn list(&self) -> &List {
        match self {
            Self::Book(version) => &version.list,
            Self::Other { parts, .. } => &parts.1,
        }
    }

    /// «随州市基本养老服务清单 2023年6月1日版», with a word for a draft.
    pub(crate) fn title(&self) -> String {
        let head = &self.folder().list;
        let draft = if matches!(self, Self::Other { draft: true, .. }) {
            "（草稿）"
        } else {
            ""
        };
        format!("{} {}版{draft}", head.name, head.version.zh())
    }
}

/// The version that the filter `version` names, otherwise the one in force today; `None` where there
/// is none in force. A draft that does not compile leads to its own page.
pub(crate) async fn read(ctx: &Ctx, query: &ListQuery) -> Result<Option<Read>, Failure> {
    let book = ctx.app.part::<PlanBook>()?;
    let Some(id) = query.filter("version") else {
        return Ok(book.city_in_force(ctx.today()).map(Read::Book));
    };
    let id = VersionId(id.to_owned());
    if let Some(published) = book.by_id(&id) {
        return Ok(Some(Read::Book(published)));
    }
    let found = version(&ctx.app.store, &id).await?;
    let found = found.ok_or_else(PageError::not_found)?;
    let files = export(&ctx.app.store, &id).await?.unwrap_or_default();
    let compiled = folder::load(&files).and_then(|folder| {
        let list = compile(&folder, None)?;
        Ok(Read::Other {
            parts: Box::new((folder, list)),
            draft: found.publication.is_none(),
        })
    });
    compiled.map(Some).map_err(|_problems| {
        let error = PageError::bad_request("这个草稿还有问题没有改正，看不了参数和样例。")
            .title("草稿有问题");
        error.link("看校验结果", &format!("{VERSIONS}/{id}")).into()
    })
}

/// Who may publish, in words: 「市民政」.
pub(crate) fn publishers() -> String {
    let roles = Role::people().filter(|role| Action::PublishPlan.allowed_to(*role));
    roles
        .map(|role| format!("「{}」", role.zh()))
        .collect::<Vec<_>>()
        .join("或")
}

/// Where a version stands today.
pub(crate) fn state(from: Option<Day>, today: Day, in_force: bool) -> Pill {
    match from {
        None => pill("ask", "草稿"),
        Some(_) if in_force => pill("ok", "生效中"),
        Some(from) if from > today => pill("info", "待生效"),
        Some(_) => pill("stopped", "已被替代"),
    }
}

/// The name of a county, by the city's trees; its key where they do not have it.
pub(crate) fn county_name(book: &PlanBook, today: Day, key: &str) -> String {
    let found = crate::county_stand::county_stands(book, today);
    let found = found.into_iter().find(|stand| stand.key == key);
    found.map_or_else(|| key.to_owned(), |stand| stand.name)
}

/// The start of a digest, enough to compare by eye.
pub(crate) fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// Where a row comes from, in two parts: where, and the words quoted there.
pub(crate) fn source_words(source: &Source) -> (String, String) {
    match source {
        Source::Document {
            document,
            section,
            quote,
        } => (format!("{document} {section}"), format!("“{quote}”")),
        Source::Basis { basis } => (String::new(), basis.clone()),
    }
}

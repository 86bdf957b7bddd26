//! What the forms that change a list share: the version they work on, its files, and saving them as a draft.

use crate::edits::{EditError, edit_files, working};
use crate::pages::shared::VERSIONS;
use crate::version::{Version, VersionId, export, version};
use crate::{book::PlanBook, load::LoadError};
use host::{Ctx, Failure};
use rules::folder::{self, Folder, ParamUnit};
use rules::{Files, List, Problem, compile};
use ui::{Form, PageError};

/// A version that may be changed: a draft, or the published one that counts.
pub(crate) struct Working {
    pub(crate) version: Version,
    pub(crate) files: Files,
    pub(crate) folder: Folder,
    pub(crate) list: List,
}

impl Working {
    /// 「随州市基本养老服务清单 2023年6月1日版（草稿）」
    pub(crate) fn title(&self) -> String {
        let draft = if self.version.publication.is_none() {
            "（草稿）"
        } else {
            ""
        };
        let head = &self.folder.list;
        format!("{} {}版{draft}", head.name, head.version.zh())
    }

    /// The amounts without a value that an item's amount reads, each with a value assumed for an example.
    pub(crate) fn unvalued(&self, no: u16, fen: i64) -> Vec<(String, i64)> {
        let amount = self.list.item(no).and_then(|item| item.amount.as_ref());
        let Some(amount) = amount else {
            return Vec::new();
        };
        let tables = amount
            .asks
            .params
            .iter()
            .filter_map(|id| self.list.param(*id));
        tables
            .filter(|table| table.unit == ParamUnit::Fen && table.values().is_empty())
            .map(|table| (table.name.clone(), fen))
            .collect()
    }
}

/// The version of this id, if it is the one that changes of its list start from; without an id that of the
/// city's list in force.
pub(crate) async fn working_of(ctx: &Ctx, id: Option<&str>) -> Result<Working, Failure> {
    let store = &ctx.app.store;
    let slug = if let Some(id) = id {
        let found = version(store, &VersionId(id.to_owned())).await?;
        found.ok_or_else(PageError::not_found)?.slug
    } else {
        let book = ctx.app.part::<PlanBook>()?;
        let city = book.city_in_force(ctx.today());
        city.ok_or_else(PageError::not_found)?
            .folder
            .plan
            .slug
            .clone()
    };
    let now = working(store, &slug)
        .await?
        .ok_or_else(PageError::not_found)?;
    if id.is_some_and(|id| id != now.id.as_str()) {
        return Err(PageError::stale(&format!("{VERSIONS}/{}", now.id)).into());
    }
    let files = export(store, &now.id).await?.unwrap_or_default();
    let read = folder::load(&files).and_then(|folder| {
        let list = compile(&folder, None)?;
        Ok((folder, list))
    });
    let (folder, list) = read.map_err(|_problems| {
        PageError::bad_request("这个草稿还有问题没有改正，改正以后再添加。")
            .title("草稿有问题")
            .link("看校验结果", &format!("{VERSIONS}/{}", now.id))
    })?;
    Ok(Working {
        version: now,
        files,
        folder,
        list,
    })
}

/// Says what a folder's problems are, at a field or about the whole form.
pub(crate) fn refused(form: &mut Form, field: &str, problems: &[Problem]) {
    for problem in problems {
        let text = format!("{}。{}。", problem.what, problem.remedy);
        form.errors.add(field, text);
    }
}

/// Saves the files as a draft in the place of the version they were made on.
pub(crate) async fn save(
    ctx: &Ctx,
    working: &Working,
    files: &Files,
    says: &str,
) -> Result<VersionId, Failure> {
    let back = format!("{VERSIONS}/{}", working.version.id);
    let mut tx = ctx.begin().await?;
    let slug = working.version.slug.clone();
    match edit_files(&mut tx, &slug, &working.version.id, files, says).await {
        Ok(id) => {
            tx.commit().await?;
            Ok(id)
        }
        Err(error) => {
            tx.rollback().await?;
            Err(match error {
                EditError::Stale => PageError::stale(&back).into(),
                EditError::Nothing => PageError::bad_request("没有改动。")
                    .link("回这个版本", &back)
                    .into(),
                EditError::Load(LoadError::Store(error)) => error.into(),
                EditError::Load(LoadError::Problems { problems }) => {
                    let text = problems
                        .first()
                        .map(ToString::to_string)
                        .unwrap_or_default();
                    PageError::bad_request(text)
                        .link("回这个版本", &back)
                        .into()
                }
            })
        }
    }
}

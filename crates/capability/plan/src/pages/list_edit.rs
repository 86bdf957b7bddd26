//! What the forms that change a list share: the version they work on, its files, saving them as a draft, and what a
//! second person is told who was late.

use crate::drafting::only_own;
use crate::edits::{EditError, edit_files, working};
use crate::pages::shared::VERSIONS;
use crate::version::{Version, VersionId, export, version};
use crate::{book::PlanBook, load::LoadError};
use host::{Ctx, Failure};
use org::api::Names;
use rules::folder::{self, Folder, ParamUnit};
use rules::{Files, List, Problem, compile};
use store::StoreResult;
use ui::{Form, PageError};

/// A version that may be changed: a draft, or the published one that counts.
pub(crate) struct Working {
    pub(crate) version: Version,
    pub(crate) files: Files,
    pub(crate) folder: Folder,
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

    /// The page of this version.
    pub(crate) fn page(&self) -> String {
        format!("{VERSIONS}/{}", self.version.id)
    }

    /// The list of it; a draft that does not compile leads to its own page.
    pub(crate) fn list(&self) -> Result<List, PageError> {
        compile(&self.folder, None).map_err(|_problems| has_problems(&self.version.id))
    }
}

fn has_problems(id: &VersionId) -> PageError {
    PageError::bad_request("这个草稿还有问题没有改正，改正以后再添加。")
        .title("草稿有问题")
        .link("看校验结果", &format!("{VERSIONS}/{id}"))
}

/// The amounts without a value that an item's amount reads, each with a value assumed for an example.
pub(crate) fn unvalued(list: &List, no: u16, fen: i64) -> Vec<(String, i64)> {
    let amount = list.item(no).and_then(|item| item.amount.as_ref());
    let Some(amount) = amount else {
        return Vec::new();
    };
    let tables = amount.asks.params.iter().filter_map(|id| list.param(*id));
    tables
        .filter(|table| table.unit == ParamUnit::Fen && table.values().is_empty())
        .map(|table| (table.name.clone(), fen))
        .collect()
}

/// What a form works on now, and the version it was opened on where another one has taken its place.
pub(crate) struct Opened {
    pub(crate) working: Working,
    /// Whoever fills the form in saw this version.
    pub(crate) stale: Option<Version>,
}

/// The version that changes of the list of this version start from, if the reader may make any; without an id that of
/// the city's list in force.
pub(crate) async fn opened(ctx: &Ctx, id: Option<&str>) -> Result<Opened, Failure> {
    let store = &ctx.app.store;
    let (slug, asked) = if let Some(id) = id {
        let found = version(store, &VersionId(id.to_owned())).await?;
        let found = found.ok_or_else(PageError::not_found)?;
        (found.slug.clone(), Some(found))
    } else {
        let book = ctx.app.part::<PlanBook>()?;
        let city = book.city_in_force(ctx.today());
        let city = city.ok_or_else(PageError::not_found)?;
        (city.folder.plan.slug.clone(), None)
    };
    let now = working(store, &slug)
        .await?
        .ok_or_else(PageError::not_found)?;
    only_own(ctx, now.county.as_deref())?;
    let files = export(store, &now.id).await?.unwrap_or_default();
    let folder = folder::load(&files).map_err(|_problems| has_problems(&now.id))?;
    Ok(Opened {
        stale: asked.filter(|asked| asked.id != now.id),
        working: Working {
            version: now,
            files,
            folder,
        },
    })
}

/// The same for a page that is opened: the version must be the one that counts.
pub(crate) async fn working_of(ctx: &Ctx, id: Option<&str>) -> Result<Working, Failure> {
    let opened = opened(ctx, id).await?;
    if opened.stale.is_some() {
        return Err(PageError::stale(&opened.working.page()).into());
    }
    Ok(opened.working)
}

/// Says who was first and with what; what was typed stays.
pub(crate) async fn told_stale(ctx: &Ctx, now: &Version, form: &mut Form) -> StoreResult<()> {
    let names = Names::of(&ctx.app.store, [now.loaded_by.as_str()]).await?;
    let what = now.says.as_deref().unwrap_or("换了新的版本");
    form.errors.add_form(format!(
        "{}在 {} 先改了这份清单：{what}。您填写的都还在下面，没有保存；对照最新内容，再保存一次。",
        names.name(&now.loaded_by),
        now.loaded_at.minute(),
    ));
    form.data.set("version", now.id.as_str());
    Ok(())
}

/// Says what a folder's problems are, at a field or about the whole form.
pub(crate) fn refused(form: &mut Form, field: &str, problems: &[Problem]) {
    for problem in problems {
        let text = format!("{}。{}。", problem.what, problem.remedy);
        form.errors.add(field, text);
    }
}

/// Saves the files as a draft in the place of the version they were made on; `None` where somebody was first.
pub(crate) async fn save(
    ctx: &Ctx,
    working: &Working,
    files: &Files,
    says: &str,
) -> Result<Option<VersionId>, Failure> {
    let back = working.page();
    let mut tx = ctx.begin().await?;
    let slug = working.version.slug.clone();
    match edit_files(&mut tx, &slug, &working.version.id, files, says).await {
        Ok(id) => {
            tx.commit().await?;
            Ok(Some(id))
        }
        Err(error) => {
            tx.rollback().await?;
            Err(match error {
                EditError::Stale => return Ok(None),
                EditError::Nothing => PageError::bad_request("没有改动。")
                    .title("没有改动")
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

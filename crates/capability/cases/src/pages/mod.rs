//! Pages of cases.

pub(crate) mod apply;
pub(crate) mod bodies;
pub(crate) mod bulk;
pub(crate) mod bulk_one;
pub(crate) mod case;
pub(crate) mod case_parts;
pub(crate) mod delegations;
pub(crate) mod draft;
pub(crate) mod files;
pub(crate) mod free;
pub(crate) mod guides;
pub(crate) mod list;
pub(crate) mod paper;
pub(crate) mod paper_forms;
pub(crate) mod publicity;
pub(crate) mod ratings;

use crate::book::{self, Loaded};
use crate::procedures::Procedure;
use crate::store::{self as rows, Case};
use area::api::AreaBook;
use authz::{Action, Role, Scope};
use host::{Ctx, Failure};
use kernel::{Day, Fen};
use people::api::Person;
use store::StoreResult;
use ui::PageError;

/// The procedures in force, or the page that says there are none.
pub(crate) async fn loaded(ctx: &Ctx) -> Result<Loaded, Failure> {
    let found = book::in_force(&ctx.app.store).await?;
    Ok(found.ok_or_else(|| {
        PageError::bad_request(
            "还没有载入办理流程，请系统管理员用命令 laoyou cases procedures 载入。",
        )
    })?)
}

/// A case with its person and procedure, for whoever may see them.
pub(crate) struct Opened {
    pub(crate) case: Case,
    pub(crate) person: Person,
    pub(crate) procedure: Procedure,
}

/// Opens a case; the person decides who sees it.
pub(crate) async fn open(ctx: &Ctx, code: &str) -> Result<Opened, Failure> {
    let case = rows::find(&ctx.app.store, code)
        .await?
        .ok_or_else(|| PageError::not_found().text("没有这件申请，或者已经删除。"))?;
    let person = people::api::open(ctx, &case.key.id, Action::ReadPerson).await?;
    let procedure = book::procedure_for(&ctx.app.store, &case).await?;
    Ok(Opened {
        case,
        person,
        procedure,
    })
}

/// The bodies with county powers whose every area the asker may see.
pub(crate) fn offices(ctx: &Ctx) -> StoreResult<Vec<String>> {
    let (book, scope) = (ctx.app.part::<AreaBook>()?, ctx.scope());
    let mine = book.executors().iter().filter(|executor| {
        !executor.areas.is_empty() && executor.areas.iter().all(|area| scope.admits_area(area))
    });
    Ok(mine.map(|executor| executor.key.clone()).collect())
}

/// Whether the asker's scope takes in this body.
pub(crate) fn office_in(book: &AreaBook, scope: &Scope, office: &str) -> bool {
    book.executor(office)
        .is_some_and(|office| office.areas.iter().all(|area| scope.admits_area(area)))
}

/// Whether names are shown whole to this role.
pub(crate) fn whole(role: Role) -> bool {
    role != Role::InspectorDiscipline
}

/// Yuan of fen.
pub(crate) fn yuan(fen: i64) -> String {
    Fen(fen).to_string()
}

/// What is left of a deadline, and its tone.
pub(crate) fn countdown(case: &Case, procedure: &Procedure, today: Day) -> (String, &'static str) {
    let standing = case.standing.on(procedure, today);
    match standing.days_left(today) {
        None => (String::new(), ""),
        Some(left) if left < 0 => (format!("超 {} 个工作日", -left), "danger"),
        Some(0) => ("今天到期".to_owned(), "warn"),
        Some(left) if left <= 2 => (format!("剩 {left} 个工作日"), "warn"),
        Some(left) => (format!("剩 {left} 个工作日"), ""),
    }
}

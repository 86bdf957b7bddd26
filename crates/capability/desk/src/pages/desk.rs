//! 待办工作台: what to do first, dates that come near, counters that lead to lists, the work itself by deadline,
//! who is late below.

mod approvals;
mod asked;
mod first;
mod names;
mod side;
mod tiles;
mod work;

use crate::calendar::{self, Mark};
use area::api::AreaBook;
use askama::Template;
use asked::{Asked, Kind, State};
use authz::{Action, Home, Role};
use axum::extract::RawQuery;
use first::First;
use host::{Ctx, Failure, Page};
use plan::api::PlanBook;
use side::{Below, Recent};
use store::Audit;
use ui::{Choice, ListQuery, Pager, Shell, Tile, Total};
use work::Group;

const PATH: &str = "/";

#[derive(Template)]
#[template(path = "pages/desk.html")]
struct DeskPage {
    shell: Shell,
    query: ListQuery,
    today: String,
    scope: String,
    list: Option<String>,
    alarms: Vec<String>,
    first: First,
    marks: Vec<Mark>,
    tiles: Vec<Tile>,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    areas: Vec<Choice>,
    groups: Vec<Group>,
    pager: Pager,
    terms: String,
    below: Option<Below>,
    recent: Vec<Recent>,
    may_register: bool,
    may_report: bool,
    /// A village's desk: no filters, it is one screen.
    short: bool,
}

impl DeskPage {
    fn chosen(&self, key: &str) -> &str {
        self.query.filter(key).unwrap_or_default()
    }

    fn narrowed(&self) -> bool {
        !self.query.filters.is_empty()
    }

    /// Some row can be printed for the person.
    fn prints(&self) -> bool {
        self.groups
            .iter()
            .any(|group| group.rows.iter().any(|row| !row.finding.is_empty()))
    }
}

/// `GET /`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let role = ctx.actor().role;
    match role.home() {
        Home::Desk => desk(ctx, raw.as_deref()).await,
        Home::OwnPeople => Ok(ui::redirect("/family")),
        Home::Administration if Action::ManageAccounts.allowed_to(role) => {
            Ok(ui::redirect("/system/accounts"))
        }
        Home::Administration if Action::ReadAudit.allowed_to(role) => {
            Ok(ui::redirect("/system/log"))
        }
        Home::Coming if role == Role::Leader => Ok(ui::redirect("/dashboard")),
        Home::Coming if Action::ReadMoney.allowed_to(role) => Ok(ui::redirect("/payments")),
        Home::Administration | Home::Coming => Ok(ui::redirect("/coming")),
    }
}

async fn desk(ctx: Ctx, raw: Option<&str>) -> Page {
    let (role, today) = (ctx.actor().role, ctx.today());
    let published = ctx.app.part::<PlanBook>()?.in_force(today);
    let book = ctx.app.part::<AreaBook>()?;
    let (query, asked) = Asked::read(&ctx, &book, raw)?;
    let approvals = approvals::waiting(&ctx).await?;
    let counts = side::counts(&ctx, &book, &asked).await?;
    let visits = work::count_visits(&ctx, &asked, &asked.scope_areas).await?;
    let found = work::groups(
        &ctx,
        &book,
        &asked,
        &query,
        published.as_deref(),
        &approvals,
    )
    .await?;
    let first = first::of(&ctx, &book, &asked, &counts, visits, &approvals).await?;
    let recent = side::recent(&ctx).await?;
    let mut shown = found.keys.clone();
    shown.extend(first.key.clone());
    shown.extend(recent.iter().map(|one| one.id.clone()));
    ctx.log_reads(&[Audit::new("desk.read")
        .with("count", found.total)
        .with("keys", serde_json::json!(shown))])
        .await?;
    let tiles = tiles::of(&ctx, &asked, &counts, visits, approvals.len()).await?;
    let marks = marks(&ctx, &asked, role).await?;
    Ok(ui::page_no_store(DeskPage {
        shell: ctx.shell("工作台"),
        today: today.zh(),
        scope: ctx.actor().scope_name,
        list: published.map(|published| published.list.head().name.clone()),
        alarms: alarms(&ctx, role).await?,
        first,
        marks,
        tiles,
        kinds: Kind::choices(&ctx),
        states: State::choices(),
        areas: people::api::area_choices(&ctx, &book, query.filter("area")),
        groups: found.groups,
        pager: Pager::new(
            PATH,
            &query,
            Total::Exact(found.total.unsigned_abs()),
            None,
            None,
        ),
        terms: terms(),
        below: side::below(&book, &asked, &counts, role),
        recent,
        may_register: Action::RegisterPerson.allowed_to(role),
        may_report: Action::ReportEvent.allowed_to(role),
        short: role == Role::Visitor,
        query,
    }))
}

/// Where the deadlines come from, in one line.
fn terms() -> String {
    let [owed, undue] = crate::terms::TERMS;
    format!(
        "办理期限：应享未享 {}（{}）；不应享仍享 {}（{}）。工作日暂按周末推算，没有扣除法定节假日。",
        owed.says(),
        owed.source,
        undue.says(),
        undue.source
    )
}

/// Open alarms of the nightly check, for whom answers for the whole register.
async fn alarms(ctx: &Ctx, role: Role) -> Result<Vec<String>, Failure> {
    if role != Role::CityCivil {
        return Ok(Vec::new());
    }
    let open = period::api::open_alarms(&ctx.app.store).await?;
    Ok(open
        .iter()
        .map(|alarm| {
            format!(
                "{}夜间核对不一致：{} 人的资格与重算不同，{} 个汇总数不同。",
                alarm.day.zh(),
                alarm.people,
                alarm.counts
            )
        })
        .collect())
}

async fn marks(ctx: &Ctx, asked: &Asked, role: Role) -> Result<Vec<Mark>, Failure> {
    if role == Role::Visitor {
        return Ok(Vec::new());
    }
    let today = ctx.today();
    let mut marks = vec![calendar::freeze(today)];
    if matches!(
        role,
        Role::CityCivil | Role::CountyCivil | Role::TownWorker | Role::Finance | Role::Leader
    ) {
        let dates = pay::api::cut_offs(&ctx.app.store, today).await?;
        // A town reports deaths and moves; the rest of the month is the county's.
        let mine = dates
            .into_iter()
            .filter(|one| role != Role::TownWorker || one.href == "/people");
        marks.extend(mine.map(|one| calendar::cut_off(today, one)));
    }
    if role != Role::TownWorker {
        let rolls = people::api::roll_book(&ctx.app.store).await?;
        let mut rolls = calendar::rolls(today, &rolls, &asked.scope_areas);
        rolls.truncate(3);
        marks.extend(rolls);
        if let Some(own) = ctx.app.part::<PlanBook>()?.places().first() {
            let due = own.book.of_kind("task").filter_map(|row| row.due);
            marks.extend(calendar::tasks(today, due));
        }
    }
    marks.sort_by_key(|mark| mark.day);
    Ok(marks)
}

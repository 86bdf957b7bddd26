//! The list: who waits to be assessed, who is assessed and in which order, who took it back.

use crate::admission::model::{Admission, State};
use crate::admission::order::{self, Placed};
use crate::admission::terms::terms;
use crate::admission::{book, look};
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::Day;
use people::api::{Fact, words};
use store::Audit;
use ui::{Column, ListQuery, ListSpec, PageError, Pager, Shell, Table, Total};

const SPEC: ListSpec = ListSpec::filtered(&["tab"]);

/// The tabs.
const TABS: [State; 3] = [State::Asked, State::Assessed, State::Withdrawn];

struct Line {
    row: Admission,
    place: Option<usize>,
    who: String,
    area: String,
    dead: bool,
    class: String,
    certain: bool,
    why: String,
    equal: String,
    level: String,
    grade: &'static str,
    over: bool,
}

#[derive(Template)]
#[template(path = "pages/admissions/list.html")]
struct ListPage {
    shell: Shell,
    table: Table,
    tabs: Vec<(State, i64)>,
    chosen: State,
    rows: Vec<Line>,
    pager: Pager,
    office: bool,
    confirm: &'static str,
}

/// `GET /assessments/admissions`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    look::offices_and_families(&ctx)?;
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let (store, scope, today) = (&ctx.app.store, ctx.scope(), ctx.today());
    let mut tabs = Vec::new();
    for state in TABS {
        tabs.push((state, book::count(store, &scope, state).await?));
    }
    let chosen = match query.filter("tab") {
        Some(key) => TABS
            .into_iter()
            .find(|state| state.key() == key)
            .ok_or_else(|| PageError::bad_request(format!("没有「{key}」这一栏")))?,
        // Where somebody stands is asked most; whoever is not assessed yet comes first only where nobody is.
        None if tabs
            .iter()
            .any(|(state, n)| *state == State::Assessed && *n > 0) =>
        {
            State::Assessed
        }
        None => State::Asked,
    };
    let total = tabs.iter().find(|(state, _)| *state == chosen);
    let total = total.map_or(0, |(_, n)| *n);
    let (skip, most) = (query.offset(), u64::from(query.size));
    let shown: Vec<Placed> = if chosen == State::Withdrawn {
        let window = Some((skip as i64, most as i64));
        let rows = book::list(store, &scope, chosen, window).await?;
        order::with_people(store, rows, today).await?
    } else {
        let all = order::placed(store, &scope, chosen, today).await?;
        let (skip, most) = (skip as usize, most as usize);
        all.into_iter().skip(skip).take(most).collect()
    };
    let ids: Vec<&str> = shown
        .iter()
        .map(|one| one.admission.key.id.as_str())
        .collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "admissions")
        .with("count", total)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let areas = ctx.app.part::<AreaBook>()?;
    let rows = shown
        .into_iter()
        .map(|one| line(&areas, one, today))
        .collect();
    let columns = [
        Column::number("顺序"),
        Column::new("对象"),
        Column::new("优先类别"),
        Column::new("能力等级"),
        Column::new("照护等级"),
        Column::new("申请"),
        Column::end("办理"),
    ];
    Ok(ui::page_no_store(ListPage {
        shell: ctx
            .shell("公办机构入住评估")
            .crumb("能力评估", "/assessments"),
        table: Table::new(
            "公办机构入住评估",
            &columns,
            "/assessments/admissions",
            &query,
        ),
        tabs,
        chosen,
        rows,
        pager: Pager::new(
            "/assessments/admissions",
            &query,
            Total::Exact(total.unsigned_abs()),
            None,
            None,
        ),
        office: ctx.actor().role != Role::Family,
        confirm: &terms().confirm,
    }))
}

fn line(areas: &AreaBook, one: Placed, today: Day) -> Line {
    let (row, person) = (one.admission, one.person.as_ref());
    let open = row.state.is_open() && person.is_some();
    let words_of = |words: String| if open { words } else { String::new() };
    Line {
        place: one.place,
        who: person.map_or_else(|| "（档案已删除）".to_owned(), |p| p.name.clone()),
        area: person
            .map(|p| words::area(areas, p, Fact::RESIDENCE_AREA))
            .unwrap_or_default(),
        dead: person.is_some_and(order::is_dead),
        class: words_of(one.standing.zh()),
        certain: one.standing.is_certain(),
        why: words_of(one.standing.why()),
        equal: words_of(one.standing.equal_zh()),
        level: row
            .level
            .and_then(|level| Some(terms().scheme().ok()?.level_name(level).to_owned()))
            .unwrap_or_default(),
        grade: row.level.map_or("", |level| terms().grade(level)),
        over: row.is_over(today),
        row,
    }
}

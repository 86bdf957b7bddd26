//! `GET /list/params`: 参数表, each value by day, area and 城乡 with its source (invariant 1).

use crate::drafting::{is_working, may_draft};
use crate::pages::shared::{read, shell, source_words};
use crate::params::{ParamRow, ParamValueRow, param_rows};
use crate::version::{VersionId, version};
use askama::Template;
use host::{Ctx, Page};
use rules::folder::ParamUnit;
use ui::{Choice, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec {
    filters: &["version", "state"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

/// Filter values and their words.
const STATES: &[(&str, &str)] = &[
    ("confirm", "待当地确认"),
    ("empty", "还没有值"),
    ("demo", "演示值"),
];

#[derive(Template)]
#[template(path = "pages/params.html")]
struct ParamsPage {
    shell: Shell,
    query: ListQuery,
    title: Option<String>,
    today: String,
    states: Vec<Choice>,
    rows: Vec<Row>,
    demo: bool,
    /// The version whose values the reader may change.
    edit: Option<String>,
}

struct Row {
    name: String,
    says: String,
    unit: &'static str,
    confirm: bool,
    floor: bool,
    demo: bool,
    values: Vec<Line>,
    place: String,
    quote: String,
}

struct Line {
    zh: String,
    whom: String,
    from: String,
    in_force: bool,
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let raw = ctx.path().split_once('?').map(|(_, query)| query);
    let query = ListQuery::parse(raw, &SPEC).map_err(PageError::from)?;
    let state = query.filter("state");
    if let Some(state) = state.filter(|state| STATES.iter().all(|(key, _)| key != state)) {
        return Err(PageError::bad_request(format!("查询条件「state」不能是「{state}」。")).into());
    }
    let found = read(&ctx, &query).await?;
    let county = found
        .as_ref()
        .and_then(|read| read.folder().plan.county.clone());
    let may = may_draft(&ctx, county.as_deref())?;
    let edit = match query.filter("version") {
        Some(id) if may => {
            let id = VersionId(id.to_owned());
            match version(&ctx.app.store, &id).await? {
                Some(found) => is_working(&ctx, &found).await?,
                None => false,
            }
        }
        _ => false,
    };
    let params = found
        .as_ref()
        .map(|read| param_rows(read.folder(), read.list(), ctx.today()))
        .unwrap_or_default();
    let wanted = |row: &&ParamRow| match state {
        Some("confirm") => row.confirm,
        Some("empty") => row.values.is_empty(),
        Some("demo") => row.demo,
        _ => true,
    };
    Ok(ui::page(ParamsPage {
        shell: shell(&ctx, "参数表"),
        title: found.as_ref().map(super::shared::Read::title),
        today: ctx.today().zh(),
        states: STATES
            .iter()
            .map(|(key, words)| Choice::new(*key, *words))
            .collect(),
        demo: params.iter().any(|row| row.demo),
        rows: params.iter().filter(wanted).map(row).collect(),
        edit: query.filter("version").filter(|_| edit).map(str::to_owned),
        query,
    }))
}

fn row(param: &ParamRow) -> Row {
    let (place, quote) = source_words(&param.source);
    let fen = param.unit == ParamUnit::Fen;
    Row {
        name: param.name.clone(),
        // Files count in fen, people in yuan: the words follow the values shown.
        says: if fen {
            param.says.replace("，分/", "，元/")
        } else {
            param.says.clone()
        },
        unit: if fen { "元" } else { param.unit.zh() },
        confirm: param.confirm,
        floor: param.floor,
        demo: param.demo,
        values: param.values.iter().map(line).collect(),
        place,
        quote,
    }
}

fn line(value: &ParamValueRow) -> Line {
    let kind = match value.urban {
        Some(true) => " 城镇",
        Some(false) => " 农村",
        None => "",
    };
    Line {
        zh: value.zh.clone(),
        whom: format!("{}{kind}", value.area_name),
        from: value.from.zh(),
        in_force: value.in_force,
    }
}

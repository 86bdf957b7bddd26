//! 老年人 and 婴幼儿: the register as a list, filtered and in scope.

use super::{one, search::Found, words};
use crate::api::{self, Filter, Group, NameIndex, Person};
use area::api::AreaBook;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::{AreaCode, Day};
use rules::facts::FactId;
use serde_json::json;
use ui::{Choice, Column, ListQuery, ListSpec, PageError, Pager, Shell, Table, Total};

pub(crate) const SPEC: ListSpec = ListSpec {
    filters: &["area", "basis", "age", "sex", "group", "found", "dead"],
    sorts: &["age"],
    default_sort: "age",
    default_desc: true,
};

/// Age bands of the filter: key, words, from, before (years).
pub(crate) const BANDS: &[(&str, &str, i32, i32)] = &[
    ("60", "60—64周岁", 60, 65),
    ("65", "65—69周岁", 65, 70),
    ("70", "70—79周岁", 70, 80),
    ("80", "80—89周岁", 80, 90),
    ("90", "90周岁及以上", 90, 200),
    ("80plus", "80周岁及以上", 80, 200),
];

/// Everybody, also without a day of birth: the people of a figure that counts all residents.
const ALL_AGES: &str = "all";

struct Row {
    href: String,
    name: String,
    age: String,
    sex: &'static str,
    hukou: String,
    residence: String,
    apart: bool,
    living: String,
    tags: Vec<String>,
}

#[derive(Template)]
#[template(path = "pages/list.html")]
struct ListPage {
    shell: Shell,
    path: &'static str,
    query: ListQuery,
    elders: bool,
    found: Option<String>,
    export: Option<String>,
    areas: Vec<Choice>,
    bands: Vec<Choice>,
    bases: Vec<Choice>,
    groups: Vec<Choice>,
    table: Table,
    rows: Vec<Row>,
    pager: Pager,
    can_register: bool,
    today: String,
}

/// `GET /people`
pub(crate) async fn elders(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    show(ctx, raw.as_deref(), true).await
}

/// `GET /children`
pub(crate) async fn children(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    show(ctx, raw.as_deref(), false).await
}

async fn show(ctx: Ctx, raw: Option<&str>, elders: bool) -> Page {
    let query =
        ListQuery::parse(raw, &SPEC).map_err(|error| PageError::bad_request(error.to_string()))?;
    let (today, scope, book) = (ctx.today(), ctx.scope(), one::book(&ctx)?);
    let found = match query.filter("found") {
        Some(key) => Some(
            ctx.app
                .part::<Found>()?
                .hits(&ctx.actor().id, key)
                .ok_or_else(search_gone)?,
        ),
        None => None,
    };
    let mut filter = filter_of(&query, elders, today)?;
    if let Some(hits) = &found {
        filter = Filter {
            ids: Some(hits.ids.clone()),
            ..everyone()
        };
    }
    filter.skip = query.offset() as i64;
    filter.most = i64::from(query.size);
    let index = ctx.app.part::<NameIndex>()?;
    let listed = api::look(&index, &ctx.app.store, &scope, &filter).await?;
    let (counted, people) = (listed.total, listed.people);
    log(&ctx, &query, &people, counted).await?;
    let path = if elders { "/people" } else { "/children" };
    let columns = [
        Column::new("姓名"),
        Column::number("年龄").sort("age"),
        Column::new("性别"),
        Column::new("户籍地"),
        Column::new("常住地"),
        Column::new("居住状况"),
        Column::new("类别"),
    ];
    let title = match (&found, elders) {
        (Some(_), _) => "查人结果",
        (None, true) if query.filter("age") == Some(ALL_AGES) => "人员",
        (None, true) => "老年人",
        (None, false) => "婴幼儿",
    };
    let total = Total::Exact(counted as u64);
    Ok(ui::page_no_store(ListPage {
        shell: ctx.shell(title),
        path,
        elders,
        export: match found {
            Some(_) => None,
            None => host::export_href(&ctx.actor(), list_key(elders), &query, &[]),
        },
        found: found.map(|hits| hits.says),
        areas: areas(&ctx, &book, &query),
        bands: BANDS
            .iter()
            .map(|(key, words, ..)| Choice::new(*key, *words))
            .chain([Choice::new(ALL_AGES, "全部年龄")])
            .collect(),
        bases: vec![Choice::new("residence", "只看常住")],
        groups: Group::ALL
            .iter()
            .map(|group| Choice::new(group.key(), group.zh()))
            .collect(),
        table: Table::new(title, &columns, path, &query),
        rows: people
            .iter()
            .map(|person| row(person, &book, today))
            .collect(),
        pager: Pager::new(path, &query, total, None, None),
        can_register: authz::Action::RegisterPerson.allowed_to(ctx.actor().role),
        today: today.zh(),
        query,
    }))
}

/// The key of the list among those that can be exported.
fn list_key(elders: bool) -> &'static str {
    if elders {
        "people.elders"
    } else {
        "people.children"
    }
}

fn search_gone() -> PageError {
    PageError::not_found()
        .title("查找结果已过期")
        .text("为保护个人信息，查找结果只保留半小时。请在上方重新查人。")
        .link("回名单", "/people")
}

fn everyone() -> Filter {
    Filter {
        most: 20,
        ..Filter::default()
    }
}

pub(crate) fn filter_of(query: &ListQuery, elders: bool, today: Day) -> Result<Filter, PageError> {
    let bad = |what: &str| PageError::bad_request(what.to_owned());
    let mut filter = everyone();
    if elders {
        filter.born_until = Some(today.plus_years(-60));
    } else {
        filter.born_after = Some(today.plus_years(-3));
    }
    if query.filter("age") == Some(ALL_AGES) {
        (filter.born_until, filter.born_after) = (None, None);
    } else if let Some(band) = query.filter("age") {
        let (_, _, from, before) = BANDS
            .iter()
            .find(|row| row.0 == band)
            .ok_or_else(|| bad("没有这个年龄段"))?;
        filter.born_until = Some(today.plus_years(-from));
        filter.born_after = Some(today.plus_years(-before));
    }
    if let Some(area) = query.filter("area") {
        filter.area = Some(
            area.parse()
                .map_err(|error: kernel::area_code::NotAnArea| bad(&error.to_string()))?,
        );
    }
    match query.filter("basis") {
        None => {}
        // The people of a figure that counts by 常住地.
        Some("residence") => filter.residence = filter.area.take(),
        Some(_) => return Err(bad("地区口径只能选户籍或常住、只看常住")),
    }
    if let Some(sex) = query.filter("sex") {
        if !["male", "female"].contains(&sex) {
            return Err(bad("性别只能选男或女"));
        }
        filter.sex = Some(sex.to_owned());
    }
    if let Some(group) = query.filter("group") {
        filter.group = Some(Group::from_key(group).ok_or_else(|| bad("没有这个类别"))?);
    }
    filter.dead = query.filter("dead") == Some("1");
    filter.youngest_first = !query.desc;
    Ok(filter)
}

/// Areas to choose from: the scope's own areas and what lies directly inside the chosen one.
pub fn area_choices(ctx: &Ctx, book: &AreaBook, chosen: Option<&str>) -> Vec<Choice> {
    let tops: Vec<AreaCode> = match ctx.scope() {
        authz::Scope::Areas(areas) => areas,
        _ => Vec::new(),
    };
    let mut out: Vec<Choice> = Vec::new();
    let mut add = |code: &AreaCode, name: String| {
        if !out.iter().any(|choice| choice.value == code.as_str()) {
            out.push(Choice::new(code.as_str(), name));
        }
    };
    let chosen: Option<AreaCode> = chosen.and_then(|text| text.parse().ok());
    for top in &tops {
        add(top, book.full_name(top));
    }
    // One area: what lies directly inside. Many (a county without one town): those are the choice.
    if let [only] = tops.as_slice() {
        for child in book.children(only) {
            add(&child.code, book.full_name(&child.code));
        }
    }
    if let Some(code) = chosen {
        add(&code, book.full_name(&code));
        for child in book.children(&code) {
            add(&child.code, book.full_name(&child.code));
        }
    }
    out
}

fn areas(ctx: &Ctx, book: &AreaBook, query: &ListQuery) -> Vec<Choice> {
    area_choices(ctx, book, query.filter("area"))
}

fn row(person: &Person, book: &AreaBook, today: Day) -> Row {
    Row {
        href: format!("/people/{}", person.key.id),
        name: person.name.clone(),
        age: words::age(&person.facts, today),
        sex: words::sex(&person.facts),
        hukou: words::area(book, person, FactId::HUKOU_AREA),
        residence: words::area(book, person, FactId::RESIDENCE_AREA),
        apart: person.lives_apart(),
        living: words::living(&person.facts),
        tags: tags(person, today),
    }
}

/// The classes that have no column of their own, and 已去世.
pub(crate) fn tags(person: &Person, today: Day) -> Vec<String> {
    let died = person.facts.get(FactId::ALIVE) == Some(&rules::Value::Bool(false));
    let tags = words::tags(&person.facts, today)
        .into_iter()
        .filter(|tag| !["独居", "空巢", "机构入住"].contains(&tag.as_str()));
    died.then(|| "已去世".to_owned())
        .into_iter()
        .chain(tags)
        .collect()
}

async fn log(
    ctx: &Ctx,
    query: &ListQuery,
    people: &[Person],
    counted: i64,
) -> store::StoreResult<()> {
    let keys: Vec<&str> = people.iter().map(|person| person.key.id.as_str()).collect();
    let filters: serde_json::Map<String, serde_json::Value> = query
        .filters
        .iter()
        .filter(|(name, _)| name != "found")
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let entry = store::Audit::new("person.list")
        .with("filters", filters)
        .with("count", counted)
        .with("keys", json!(keys));
    ctx.log_reads(&[entry]).await
}

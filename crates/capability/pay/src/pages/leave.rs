//! 育儿假计算: days and years from the plan's own figures; nothing typed is kept.

use crate::leave;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::Day;
use plan::api::PlanBook;
use ui::{Choice, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["class", "birth", "end"]);
/// What the days are about, among the measures that all places share.
const DAYS: &str = "parental_leave";
/// Until which birthday.
const AGE: &str = "parental_leave_age";

/// One class of the plan: 生育二孩, its days a year and the age until which.
struct Class {
    name: String,
    days: i32,
    age: Option<i32>,
    source: String,
}

#[derive(Template)]
#[template(path = "pages/leave.html")]
struct LeavePage {
    shell: Shell,
    place: String,
    query: ListQuery,
    choices: Vec<Choice>,
    asked: bool,
    years: Vec<(String, String, i32)>,
    total: i32,
    sources: Vec<String>,
}

/// `GET /leave`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let places = ctx.app.part::<PlanBook>()?.places();
    let mut classes: Vec<Class> = Vec::new();
    if let Some(place) = places.first() {
        for row in place.book.of_kind("standard") {
            let of = |measure: &str| row.figures.iter().find(|figure| figure.measure == measure);
            let Some(days) = of(DAYS).filter(|figure| figure.each_year) else {
                continue;
            };
            let number = |text: &str| text.parse::<i32>().ok();
            let (Some(name), Some(count)) = (days.class.clone(), number(&days.printed)) else {
                continue;
            };
            classes.push(Class {
                name,
                days: count,
                age: of(AGE).and_then(|figure| number(&figure.printed)),
                source: format!("{}：{}", row.name, row.source.quote),
            });
        }
    }
    let day = |key: &str| match query.filter(key) {
        None => Ok(None),
        Some(text) => ui::day_from_typed(text).map(Some).ok_or_else(|| {
            PageError::bad_request(format!("「{text}」不是日期，请写成 2024-03-01 的样子"))
        }),
    };
    let (birth, end): (Option<Day>, Option<Day>) = (day("birth")?, day("end")?);
    let chosen = query.filter("class");
    query.allowed("class", |key| classes.iter().any(|class| class.name == key))?;
    let mut sources: Vec<String> = classes.iter().map(|class| class.source.clone()).collect();
    let class = classes
        .iter()
        .find(|class| Some(class.name.as_str()) == chosen);
    let mut years = Vec::new();
    if let (Some(class), Some(birth), Some(end)) = (class, birth, end) {
        let named = classes.iter().find_map(|class| class.age);
        if class.age.is_none()
            && let Some(age) = named
        {
            sources.push(format!(
                "{}的原文没有写到几周岁，按同一文件写明的 {age} 周岁计算，待当地确认。",
                class.name
            ));
        }
        if let Some(age) = class.age.or(named) {
            years = leave::years(birth, end, age, class.days);
        }
    }
    let total = years.iter().map(|year| year.days).sum();
    Ok(ui::page(LeavePage {
        shell: ctx.shell("育儿假计算"),
        place: ctx.app.place.clone(),
        choices: classes
            .iter()
            .map(|class| Choice::new(class.name.clone(), class.name.clone()))
            .collect(),
        asked: chosen.is_some() && birth.is_some() && end.is_some(),
        years: years
            .into_iter()
            .map(|year| (year.from.zh(), year.to.zh(), year.days))
            .collect(),
        total,
        sources,
        query,
    }))
}

//! 应享未享 and 不应享仍享: who should get what and does not, since when and why.

use super::words;
use crate::api::cause_zh;
use crate::follow::FollowState;
use crate::store::findings::{self, FindingFilter, Followed};
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::Day;
use rules::FactId;
use serde_json::json;
use store::Audit;
use ui::{Choice, Column, ListQuery, ListSpec, PageError, Pager, Shell, Table, Tile, Total};

pub(crate) const SPEC: ListSpec = ListSpec {
    filters: &["kind", "programme", "area", "age", "found", "state"],
    sorts: &["since", "found"],
    default_sort: "since",
    default_desc: false,
};

struct Row {
    href: String,
    name: String,
    age: String,
    area: String,
    apart: bool,
    programme: String,
    money: String,
    since: String,
    found: String,
    grounds: String,
    cause: &'static str,
    state: FollowState,
    until: String,
    follow: String,
}

struct Tab {
    title: &'static str,
    href: &'static str,
    active: bool,
}

#[derive(Template)]
#[template(path = "pages/owed.html")]
struct OwedPage {
    shell: Shell,
    query: ListQuery,
    export: Option<String>,
    tabs: Vec<Tab>,
    tiles: Vec<Tile>,
    programmes: Vec<Choice>,
    areas: Vec<Choice>,
    ages: Vec<Choice>,
    founds: Vec<Choice>,
    states: Vec<Choice>,
    table: Table,
    rows: Vec<Row>,
    pager: Pager,
    kind: &'static str,
    unconnected: String,
    today: String,
}

/// `GET /owed`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    let published = words::in_force(&ctx)?;
    let (book, scope, today, store) = (
        words::areas(&ctx)?,
        ctx.scope(),
        ctx.today(),
        &ctx.app.store,
    );
    let kind = match query.filter("kind").unwrap_or("owed") {
        "owed" => "owed",
        "undue" => "undue",
        _ => return Err(PageError::bad_request("没有这种名单").into()),
    };
    let (age, days) = bounds(&query)?;
    let areas = words::counted_areas(&ctx, &published, query.filter("area"))?;
    let filter = FindingFilter {
        kind,
        programme: query.filter("programme").map(str::to_owned),
        areas,
        born_until: age.map(|age| today.plus_years(-age)),
        found_from: days.map(|days| today.plus_days(-days)),
        followed: followed(&query, today)?,
        newest_first: query.sort == "found",
        skip: query.offset() as i64,
        most: i64::from(query.size),
    };
    let (count, fen) = findings::sum(store, &scope, &filter).await?;
    let new_filter = FindingFilter {
        found_from: Some(today.first_of_month()),
        ..filter.clone()
    };
    let quiet_filter = FindingFilter {
        followed: Followed::Quiet(today),
        ..filter.clone()
    };
    let (quiet, _) = findings::sum(store, &scope, &quiet_filter).await?;
    let (new, _) = findings::sum(store, &scope, &new_filter).await?;
    let page = findings::page(store, &scope, &filter).await?;
    let ids: Vec<String> = page.iter().map(|finding| finding.key.id.clone()).collect();
    let entry = Audit::new("list.findings")
        .with("kind", kind)
        .with("count", count)
        .with("keys", json!(ids));
    ctx.log_reads(&[entry]).await?;
    let persons = people::api::of_ids(store, &scope, ids).await?;
    let rows = page
        .iter()
        .filter_map(|finding| {
            Some((
                persons
                    .iter()
                    .find(|person| person.key.id == finding.key.id)?,
                finding,
            ))
        })
        .map(|(person, finding)| {
            let (programme, cycle) = words::programme(&published, &finding.programme);
            Row {
                href: format!(
                    "/people/{}?tab=entitlement#item-{}",
                    person.key.id, finding.item
                ),
                name: person.name.clone(),
                age: people::api::words::age(&person.facts, today),
                area: people::api::words::area(&book, person, FactId::HUKOU_AREA),
                apart: person.lives_apart(),
                programme: programme.to_owned(),
                money: finding.fen.map_or_else(
                    || "标准待确认".to_owned(),
                    |fen| format!("{} 元/{cycle}", super::item_people::yuan(fen)),
                ),
                since: finding.since.to_string(),
                found: finding.first_found.to_string(),
                grounds: grounds(&published, finding.item),
                cause: cause_zh(&finding.cause),
                state: finding.state_on(today),
                until: finding
                    .quiet_until
                    .filter(|until| *until > today)
                    .map_or_else(String::new, |until| format!("到 {until}")),
                follow: format!("/owed/{}", finding.finding),
            }
        })
        .collect();
    let connected = crate::store::receipts::connected(store).await?;
    let own = crate::api::scope_areas(&ctx.scope());
    let is_connected = |id: &str| {
        if own.is_empty() {
            connected.contains(id)
        } else {
            connected.within(id, &own)
        }
    };
    let payable = |row: &&rules::CompiledProgramme| !row.programme.fulfils.is_empty();
    let unconnected: Vec<&str> = published
        .list
        .programmes()
        .iter()
        .filter(payable)
        .filter(|row| !is_connected(&row.programme.id))
        .map(|row| row.programme.name.as_str())
        .collect();
    let columns = [
        Column::new("姓名"),
        Column::number("年龄"),
        Column::new("户籍地"),
        Column::new("项目"),
        Column::number("金额"),
        Column::new(if kind == "owed" {
            "自何时符合"
        } else {
            "自何时不符合"
        })
        .sort("since"),
        Column::new("首次发现").sort("found"),
        Column::new("依据"),
        Column::new("可能原因"),
        Column::new("跟进"),
    ];
    let title = if kind == "owed" {
        "应享未享"
    } else {
        "不应享仍享"
    };
    let tiles = vec![
        ui::tile("人次", ui::grouped(count as u64)).note("一人多项分别计"),
        ui::tile(
            if kind == "owed" {
                "预计金额"
            } else {
                "涉及金额"
            },
            super::item_people::yuan(fen),
        )
        .unit("元/期"),
        ui::tile("本月新发现", ui::grouped(new as u64)),
        ui::tile("已了结", ui::grouped(quiet as u64))
            .note("放弃、外地已享、有误、暂缓，到期或情况变了再提醒"),
    ];
    Ok(ui::page_no_store(OwedPage {
        shell: ctx.shell(title).crumb("服务清单", "/list"),
        export: host::export_href(&ctx.actor(), "entitle.owed", &query, &[]),
        tabs: vec![
            Tab {
                title: "应享未享",
                href: "/owed",
                active: kind == "owed",
            },
            Tab {
                title: "不应享仍享",
                href: "/owed?kind=undue",
                active: kind == "undue",
            },
            Tab {
                title: "待核实",
                href: "/unsettled",
                active: false,
            },
        ],
        tiles,
        programmes: published
            .list
            .programmes()
            .iter()
            .filter(|row| is_connected(&row.programme.id))
            .map(|row| Choice::new(row.programme.id.clone(), row.programme.name.clone()))
            .collect(),
        areas: people::api::area_choices(&ctx, &book, query.filter("area")),
        ages: ["60", "70", "80", "90", "100"]
            .iter()
            .map(|age| Choice::new(*age, format!("{age}周岁及以上")))
            .collect(),
        states: states(kind),
        founds: vec![Choice::new("31", "近 31 天"), Choice::new("92", "近 92 天")],
        table: Table::new(title, &columns, "/owed", &query),
        pager: Pager::new("/owed", &query, Total::Exact(count as u64), None, None),
        rows,
        kind,
        unconnected: unconnected.join("、"),
        today: today.zh(),
        query,
    }))
}

/// What may be asked of how they are followed: nothing for those to be worked on.
fn states(kind: &str) -> Vec<Choice> {
    let one = |state: FollowState| Choice::new(state.key(), state.zh());
    let fitting = FollowState::ALL.into_iter().filter(|one| one.fits(kind));
    let mut out: Vec<Choice> = fitting.map(one).collect();
    out.push(Choice::new("quiet", "已了结（全部）"));
    out.push(Choice::new("all", "全部"));
    out
}

/// How the findings of a query are followed; those to be worked on unless it says otherwise.
pub(crate) fn followed(query: &ListQuery, today: Day) -> Result<Followed, PageError> {
    let Some(key) = query.filter("state") else {
        return Ok(Followed::Working(today));
    };
    Ok(match key {
        "quiet" => Followed::Quiet(today),
        "all" => Followed::All,
        key => Followed::In(
            FollowState::of(key).ok_or_else(|| PageError::bad_request("没有这种跟进情况"))?,
            today,
        ),
    })
}

/// At least so old, found within so many days.
pub(crate) fn bounds(query: &ListQuery) -> Result<(Option<i32>, Option<i32>), PageError> {
    let bad_age = || PageError::bad_request("年龄只能选 60、70、80、90、100 岁以上");
    let age = query
        .filter("age")
        .map(|text| {
            text.parse::<i32>()
                .ok()
                .filter(|age| (1..=120).contains(age))
                .ok_or_else(bad_age)
        })
        .transpose()?;
    let bad_days = || PageError::bad_request("首次发现只能选近 31 天或近 92 天");
    let days = query
        .filter("found")
        .map(|text| {
            text.parse::<i32>()
                .ok()
                .filter(|days| (1..=366).contains(days))
                .ok_or_else(bad_days)
        })
        .transpose()?;
    Ok((age, days))
}

/// The grounds in few words: what the item's own conditions say.
pub(crate) fn grounds(published: &plan::api::Published, no: u16) -> String {
    published
        .list
        .item(no)
        .map(|item| {
            item.service
                .conditions
                .iter()
                .map(|clause| clause.says.as_str())
                .take(3)
                .collect::<Vec<_>>()
                .join("、")
        })
        .unwrap_or_default()
}

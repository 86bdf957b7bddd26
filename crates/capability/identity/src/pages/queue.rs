//! 疑似重复: pairs of files that wait for somebody, those in scope shown, the others named by their office only.

use crate::like::words as evidence_words;
use crate::look::{KIND, SEARCHED};
use crate::store::pairs::{self, Pair, Side, State, Wanted};
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::Day;
use people::api::{Person, words};
use rules::facts::FactId;
use serde_json::json;
use std::collections::BTreeMap;
use store::{Audit, StoreResult};
use ui::{Choice, Column, ListQuery, ListSpec, PageError, Pager, Shell, Table, Total};

const PATH: &str = "/duplicates";

const SPEC: ListSpec = ListSpec {
    filters: &["area", "state", "agreed"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

/// One file as the asker may see it.
pub(crate) struct Shown {
    pub(crate) says: String,
    pub(crate) place: String,
    pub(crate) href: Option<String>,
}

struct Row {
    href: String,
    a: Shown,
    b: Shown,
    score: i64,
    words: String,
    state: State,
    agreed: bool,
}

#[derive(Template)]
#[template(path = "pages/queue.html")]
struct QueuePage {
    shell: Shell,
    query: ListQuery,
    areas: Vec<Choice>,
    states: Vec<Choice>,
    agreed: Vec<Choice>,
    table: Table,
    rows: Vec<Row>,
    pager: Pager,
    searched: String,
    may_search: bool,
}

/// `GET /duplicates`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    let book = ctx.app.part::<AreaBook>()?;
    let wanted = wanted(&query)?;
    let (store, scope) = (&ctx.app.store, ctx.scope());
    let total = pairs::count(store, &scope, &wanted).await?;
    let found = pairs::page(store, &scope, &wanted).await?;
    let people = in_scope(&ctx, &found).await?;
    log(&ctx, &query, &people, total).await?;
    let columns = [
        Column::new("一份档案"),
        Column::new("另一份档案"),
        Column::number("相似"),
        Column::new("依据"),
        Column::new("状态"),
        Column::new("操作"),
    ];
    let rows = found
        .iter()
        .map(|pair| row(&book, &people, pair, ctx.today()))
        .collect();
    Ok(ui::page_no_store(QueuePage {
        shell: ctx.shell("疑似重复").crumb("人员档案", "/people"),
        areas: people::api::area_choices(&ctx, &book, query.filter("area")),
        states: State::ALL
            .iter()
            .map(|state| Choice::new(state.key(), state.zh()))
            .collect(),
        agreed: vec![Choice::new("1", "外县已同意合并")],
        table: Table::new("疑似重复", &columns, PATH, &query),
        pager: Pager::new(PATH, &query, Total::Exact(total.unsigned_abs()), None, None),
        rows,
        searched: searched(store.setting(SEARCHED).await?),
        may_search: may_search(ctx.actor().role),
        query,
    }))
}

/// `POST /duplicates/search`: compares everybody anew, as a job.
pub(crate) async fn search(ctx: Ctx) -> Page {
    if !may_search(ctx.actor().role) {
        return Err(PageError::refused("市、县民政")
            .text("全市比对由市、县民政发起。")
            .into());
    }
    let mut tx = ctx.begin().await?;
    let now = tx.at();
    tx.enqueue(KIND, "{}", Some(KIND), now).await?;
    tx.audit(Audit::new("identity.ask"));
    tx.commit().await?;
    Ok(ctx.redirect_with(PATH, "ok", "已开始比对，几分钟后刷新本页。"))
}

fn may_search(role: Role) -> bool {
    role == Role::CountyCivil
}

fn searched(setting: Option<String>) -> String {
    let parts = setting.unwrap_or_default();
    match parts.split_once(' ') {
        Some((day, people)) => format!("上次全面比对 {day}，比对 {people} 人；新建档案随时比对"),
        None => "还没有全面比对过；新建档案随时比对".to_owned(),
    }
}

fn wanted(query: &ListQuery) -> Result<Wanted, PageError> {
    let bad = |what: &str| PageError::bad_request(what.to_owned());
    Ok(Wanted {
        state: match query.filter("state") {
            None => None,
            Some(key) => Some(State::from_key(key).ok_or_else(|| bad("没有这个状态"))?),
        },
        area: match query.filter("area") {
            None => None,
            Some(code) => Some(
                code.parse()
                    .map_err(|error: kernel::area_code::NotAnArea| bad(&error.to_string()))?,
            ),
        },
        agreed: query.filter("agreed") == Some("1"),
        skip: query.offset() as i64,
        most: i64::from(query.size),
    })
}

/// The people of these pairs whom the asker may see, by id.
async fn in_scope(ctx: &Ctx, found: &[Pair]) -> StoreResult<BTreeMap<String, Person>> {
    let mut ids: Vec<String> = found
        .iter()
        .flat_map(|pair| &pair.sides)
        .map(|side| side.key.id.clone())
        .collect();
    ids.sort();
    ids.dedup();
    let people = people::api::of_ids(&ctx.app.store, &ctx.scope(), ids).await?;
    Ok(people
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect())
}

fn row(book: &AreaBook, people: &BTreeMap<String, Person>, pair: &Pair, today: Day) -> Row {
    let [a, b] = &pair.sides;
    let all = pair
        .sides
        .iter()
        .all(|side| people.contains_key(&side.key.id));
    Row {
        href: format!("{PATH}/{}", pair.id),
        a: shown(book, people.get(&a.key.id), a, today),
        b: shown(book, people.get(&b.key.id), b, today),
        score: pair.score,
        // What both share would tell what the other file holds.
        words: if all {
            evidence_words(&pair.evidence).join("、")
        } else {
            String::new()
        },
        state: pair.state,
        agreed: pair.agreed.is_some() && matches!(pair.state, State::Open | State::Held),
    }
}

/// A file in scope, or the office that has it.
pub(crate) fn shown(book: &AreaBook, person: Option<&Person>, side: &Side, today: Day) -> Shown {
    match person {
        Some(person) => {
            let known = [
                person.name.clone(),
                words::sex(&person.facts).to_owned(),
                words::age(&person.facts, today),
            ];
            let known: Vec<String> = known.into_iter().filter(|part| !part.is_empty()).collect();
            let home = words::area(book, person, FactId::RESIDENCE_AREA);
            Shown {
                says: known.join(" · "),
                place: if home.is_empty() {
                    words::area(book, person, FactId::HUKOU_AREA)
                } else {
                    home
                },
                href: Some(format!("/people/{}", person.key.id)),
            }
        }
        None => Shown {
            says: "不在您的管辖范围".to_owned(),
            place: format!("可向{}核对", book.office_to_ask(&side.subject())),
            href: None,
        },
    }
}

async fn log(
    ctx: &Ctx,
    query: &ListQuery,
    people: &BTreeMap<String, Person>,
    total: i64,
) -> StoreResult<()> {
    let filters: serde_json::Map<String, serde_json::Value> = query
        .filters
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let keys: Vec<&String> = people.keys().collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "duplicates")
        .with("filters", filters)
        .with("count", total)
        .with("keys", json!(keys))])
        .await
}

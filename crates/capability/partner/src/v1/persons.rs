//! People: a page of the list by key, and one.

use super::withheld::{self, Withheld};
use super::{etag, may, most_of, parameters, parsed};
use crate::problem::{Answer, Problem};
use crate::writes::answer;
use authz::Action;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use host::{Ctx, PersonKey};
use people::api::{Filter, Group, Person, open_secret, words};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use store::{Audit, StoreResult};
use utoipa::ToSchema;

/// A person as the register knows them now; numbers masked, unknown facts left out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonOut {
    /// Key in this interface.
    id: String,
    /// 姓名
    name: String,
    /// 临时编号, while there is no identity number.
    provisional: Option<String>,
    /// 证号, masked.
    id_number: Option<String>,
    /// 电话, masked.
    phone: Option<String>,
    /// 周岁
    age: Option<i32>,
    /// What a write must name in `If-Match`.
    version: String,
    /// Known facts by the names of the fact dictionary.
    #[schema(value_type = Object)]
    facts: Map<String, Json>,
    /// What is not there without a 单独同意, in words; empty where nothing is left out.
    withheld: Vec<String>,
}

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PeoplePage {
    /// In the order of their keys.
    people: Vec<PersonOut>,
    /// What `after` asks for the next page; none on the last.
    next: Option<String>,
    /// Whom this page leaves out without a 单独同意, in words.
    withheld: Vec<String>,
}

/// A person; `consent`: to the sharing of health facts.
fn out(ctx: &Ctx, withheld: &Withheld, person: &Person, consent: bool) -> StoreResult<PersonOut> {
    let store = &ctx.app.store;
    let masked = |field: &str, sealed| -> StoreResult<Option<String>> {
        Ok(open_secret(store, field, sealed)?.map(|plain| words::masked(&plain)))
    };
    let facts = withheld
        .leaving(consent)
        .filter_map(|fact| Some((fact.name().to_owned(), person.facts.get(fact)?.to_json())))
        .collect();
    Ok(PersonOut {
        id: person.key.id.clone(),
        name: person.name.clone(),
        provisional: person.provisional.clone(),
        id_number: masked("id_number", person.id_number.as_ref())?,
        phone: masked("phone", person.phone.as_ref())?,
        age: person.age_on(ctx.today()),
        version: etag(person.version),
        facts,
        withheld: withheld.words(consent),
    })
}

/// People in the token's scope, living, in the order of their keys.
#[utoipa::path(
    get, path = "/api/v1/people", tag = "people", security(("token" = [])),
    params(
        ("area" = Option<String>, Query, description = "户籍或常住在此区划，6 至 12 位代码"),
        ("group" = Option<String>, Query, description = "人群：alone、dibao、tekun、disabled …"),
        ("sex" = Option<String>, Query, description = "male、female"),
        ("born_after" = Option<String>, Query, description = "出生晚于，yyyy-mm-dd"),
        ("born_until" = Option<String>, Query, description = "出生不晚于，yyyy-mm-dd"),
        ("after" = Option<String>, Query, description = "上一页的 next"),
        ("most" = Option<i64>, Query, description = "1 至 500，默认 100")
    ),
    responses((status = 200, body = PeoplePage), (status = 400, body = Problem), (status = 401, body = Problem))
)]
pub(crate) async fn list(ctx: Ctx, RawQuery(raw): RawQuery) -> Answer {
    may(&ctx, Action::ReadLists)?;
    let known = [
        "area",
        "group",
        "sex",
        "born_after",
        "born_until",
        "after",
        "most",
    ];
    let mut filter = Filter {
        most: 100,
        ..Filter::default()
    };
    let mut after: Option<PersonKey> = None;
    let asked = parameters(raw.as_deref(), &known)?;
    for (name, value) in &asked {
        match *name {
            "area" => filter.area = Some(parsed(name, value, "6 至 12 位区划代码")?),
            "group" => {
                let group = Group::from_key(value).ok_or_else(|| {
                    let all: Vec<&str> = Group::ALL.iter().map(|group| group.key()).collect();
                    Problem::bad(
                        "bad_parameter",
                        format!("没有人群「{value}」，可用的有：{}", all.join("、")),
                    )
                    .at(name)
                })?;
                filter.group = Some(group);
            }
            "sex" if matches!(value.as_str(), "male" | "female") => {
                filter.sex = Some(value.clone());
            }
            "sex" => {
                return Err(
                    Problem::bad("bad_parameter", "参数「sex」应为 male 或 female").at(name),
                );
            }
            "born_after" => filter.born_after = Some(parsed(name, value, "日期，例如 1945-06-30")?),
            "born_until" => filter.born_until = Some(parsed(name, value, "日期，例如 1945-06-30")?),
            "after" => {
                let key = value.split_once('.').map(|(shard, id)| PersonKey {
                    shard: shard.to_owned(),
                    id: id.to_owned(),
                });
                after = Some(key.ok_or_else(|| {
                    Problem::bad("bad_parameter", "参数「after」应为上一页的 next").at(name)
                })?);
            }
            _ => filter.most = most_of(value)?,
        }
    }
    let store = &ctx.app.store;
    let mut people = people::api::by_key(store, &ctx.scope(), &filter, after.as_ref()).await?;
    let (last, full) = (
        people.last().map(|last| last.key.clone()),
        people.len() as i64 == filter.most,
    );
    let ids: Vec<String> = people.iter().map(|person| person.key.id.clone()).collect();
    let consenting = withheld::consenting(store, &ids, ctx.today()).await?;
    let mut left = Vec::new();
    if filter.group.is_some_and(withheld::tells) {
        people.retain(|person| consenting.contains(&person.key.id));
        if people.len() < ids.len() {
            let gone = ids.len() - people.len();
            left.push(format!("{}本页 {gone} 人", withheld::WITHOUT));
        }
    }
    let keys: Vec<&str> = people.iter().map(|person| person.key.id.as_str()).collect();
    let names: Vec<&str> = asked.iter().map(|(name, _)| *name).collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("by", "api")
        .with("filters", serde_json::json!(names))
        .with("count", keys.len() as i64)
        .with("keys", serde_json::json!(keys))])
        .await?;
    let next = last
        .filter(|_| full)
        .map(|last| format!("{}.{}", last.shard, last.id));
    let withheld = Withheld::read(store).await?;
    let people = people
        .iter()
        .map(|person| {
            let consent = consenting.contains(&person.key.id);
            out(&ctx, &withheld, person, consent)
        })
        .collect::<StoreResult<Vec<_>>>()?;
    answer(&PeoplePage {
        people,
        next,
        withheld: left,
    })
}

/// One person. `ETag` is the version; with `If-None-Match` of it the answer is 304.
#[utoipa::path(
    get, path = "/api/v1/people/{id}", tag = "people", security(("token" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = PersonOut), (status = 304), (status = 404, body = Problem))
)]
pub(crate) async fn one(ctx: Ctx, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let person = super::person(&ctx, &id, Action::ReadPerson).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("by", "api")])
        .await?;
    let consent = withheld::consents(&ctx.app.store, &person, ctx.today()).await?;
    // With and without the consent it is another answer.
    let tag = if consent {
        etag(person.version)
    } else {
        without(person.version)
    };
    let same = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        == Some(tag.as_str());
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let withheld = Withheld::read(&ctx.app.store).await?;
        answer(&out(&ctx, &withheld, &person, consent)?)?
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// The tag of an answer that leaves something out.
fn without(version: i64) -> String {
    format!("\"v{version}.w\"")
}

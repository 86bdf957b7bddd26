//! Answers of a person with their reasons, and who is owed or paid wrongly.

use super::withheld::{self, Withheld};
use super::{may, most_of, parameters, parsed};
use crate::problem::{Answer, Problem};
use crate::writes::answer;
use authz::Action;
use axum::extract::{Path, RawQuery};
use entitle::api::{Finding, FindingFilter};
use host::Ctx;
use kernel::Day;
use plan::api::PlanBook;
use serde::Serialize;
use store::Audit;
use utoipa::ToSchema;

/// Every item of the list with its answer (`yes`, `no`, `unknown`), conditions, clause, facts and what is missing.
#[utoipa::path(
    get, path = "/api/v1/people/{id}/answers", tag = "answers", security(("token" = [])),
    params(("id" = String, Path), ("on" = Option<String>, Query, description = "哪一天，默认今天")),
    responses((status = 200, body = Object), (status = 404, body = Problem), (status = 409, body = Problem))
)]
pub(crate) async fn of_person(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Answer {
    let person = super::person(&ctx, &id, Action::ReadPerson).await?;
    let mut on = ctx.today();
    for (name, value) in parameters(raw.as_deref(), &["on"])? {
        on = parsed::<Day>(name, &value, "日期，例如 2025-06-30")?;
    }
    let published = ctx
        .app
        .part::<PlanBook>()?
        .in_force(on)
        .ok_or_else(|| Problem::conflict("no_list", "这一天没有执行中的清单").at("on"))?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("by", "api")])
        .await?;
    let now = ctx.app.clock().now();
    let (explanation, _) =
        entitle::api::explain(&ctx.app.store, &person.key, &published, on, now).await?;
    let consent = withheld::consents(&ctx.app.store, &person, ctx.today()).await?;
    let explained = serde_json::to_value(&explanation)
        .map_err(|error| store::StoreError::Other(error.to_string()))?;
    if consent {
        answer(&explained)
    } else {
        let withheld = Withheld::read(&ctx.app.store).await?;
        answer(&withheld.answers(&published.list, explained))
    }
}

/// Somebody who is owed and does not receive, or receives and is not owed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingOut {
    /// Key of the finding.
    id: String,
    /// The person.
    person: String,
    /// `owed` or `undue`.
    kind: String,
    /// Programme.
    programme: String,
    /// Number on the list, 0 for none.
    item: u16,
    /// Since when it holds.
    since: String,
    /// The day it was first found.
    first_found: String,
    /// Fen per cycle.
    fen: Option<i64>,
    /// Likely cause, as a code.
    cause: String,
}

/// A page of findings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingsPage {
    /// Longest first.
    findings: Vec<FindingOut>,
    /// What `from` asks for the next page; none on the last.
    next: Option<i64>,
    /// How many this page leaves out without a 单独同意, in words.
    withheld: Vec<String>,
}

/// 应享未享 (`owed`) and 不应享仍享 (`undue`) in the token's scope.
#[utoipa::path(
    get, path = "/api/v1/findings", tag = "answers", security(("token" = [])),
    params(
        ("kind" = String, Query, description = "owed、undue"),
        ("programme" = Option<String>, Query),
        ("area" = Option<String>, Query, description = "户籍在此区划"),
        ("from" = Option<i64>, Query, description = "上一页的 next"),
        ("most" = Option<i64>, Query)
    ),
    responses((status = 200, body = FindingsPage), (status = 400, body = Problem))
)]
pub(crate) async fn findings(ctx: Ctx, RawQuery(raw): RawQuery) -> Answer {
    may(&ctx, Action::ReadLists)?;
    let mut filter: Option<FindingFilter> = None;
    let (mut programme, mut area, mut skip, mut most) = (None, None, 0_i64, 100);
    let scope = ctx.scope();
    for (name, value) in parameters(
        raw.as_deref(),
        &["kind", "programme", "area", "from", "most"],
    )? {
        match name {
            "kind" => {
                let kind = ["owed", "undue"].into_iter().find(|kind| *kind == value);
                let kind = kind.ok_or_else(|| {
                    Problem::bad("bad_parameter", "参数「kind」应为 owed 或 undue").at(name)
                })?;
                filter = Some(entitle::api::all_findings(kind, &scope));
            }
            "programme" => programme = Some(value),
            "area" => {
                area = Some(parsed::<kernel::AreaCode>(
                    name,
                    &value,
                    "6 至 12 位区划代码",
                )?);
            }
            "from" => skip = parsed::<u32>(name, &value, "上一页的 next")?.into(),
            _ => most = most_of(&value)?,
        }
    }
    let mut filter = filter.ok_or_else(|| {
        Problem::bad("missing_parameter", "要带参数「kind」：owed 或 undue").at("kind")
    })?;
    filter.programme = programme;
    filter.areas.extend(area);
    (filter.skip, filter.most) = (skip, most);
    let mut found = entitle::api::findings(&ctx.app.store, &scope, &filter).await?;
    let next = (found.len() as i64 == most).then_some(skip + most);
    let left = without_consent(&ctx, &mut found).await?;
    let keys: Vec<&str> = found.iter().map(|one| one.key.id.as_str()).collect();
    ctx.log_reads(&[Audit::new("list.findings")
        .with("by", "api")
        .with("count", keys.len() as i64)
        .with("keys", serde_json::json!(keys))])
        .await?;
    answer(&FindingsPage {
        next,
        withheld: left,
        findings: found
            .into_iter()
            .map(|one| FindingOut {
                id: one.finding,
                person: one.key.id,
                kind: one.kind,
                programme: one.programme,
                item: one.item,
                since: one.since.to_string(),
                first_found: one.first_found.to_string(),
                fen: one.fen,
                cause: one.cause,
            })
            .collect(),
    })
}

/// Takes out findings that tell a health fact of somebody who did not consent; says how many.
async fn without_consent(ctx: &Ctx, found: &mut Vec<Finding>) -> store::StoreResult<Vec<String>> {
    let ids: Vec<String> = found.iter().map(|one| one.key.id.clone()).collect();
    let consenting = withheld::consenting(&ctx.app.store, &ids, ctx.today()).await?;
    let withheld = Withheld::read(&ctx.app.store).await?;
    let list = ctx.app.part::<PlanBook>()?.in_force(ctx.today());
    found.retain(|one| {
        let needs = list
            .as_ref()
            .is_none_or(|published| withheld.finding_needs(&published.list, one));
        !needs || consenting.contains(&one.key.id)
    });
    let gone = ids.len() - found.len();
    Ok(if gone == 0 {
        Vec::new()
    } else {
        vec![format!("{}本页 {gone} 条", withheld::WITHOUT)]
    })
}

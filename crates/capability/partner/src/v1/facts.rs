//! Facts of a person: on a day as known at a moment; and recording one, by the office that owns it.

use super::withheld::{self, Withheld};
use super::{etag, parameters, parsed};
use crate::problem::{Answer, Problem};
use crate::tokens::Token;
use crate::writes::{Write, answer, json};
use authz::Action;
use axum::Extension;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use host::Ctx;
use kernel::{Day, Instant};
use people::api::{Correction, NameIndex, claim, correct};
use rules::facts::{find, parse_value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::sync::Arc;
use store::Audit;
use utoipa::ToSchema;

/// A known fact and where it comes from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FactOut {
    /// Name in the fact dictionary.
    fact: &'static str,
    /// 名称
    title: &'static str,
    /// Its value.
    #[schema(value_type = Object)]
    value: Json,
    /// First day it is true.
    since: String,
    /// First day it is no longer true, where known.
    until: Option<String>,
    /// When it was recorded (UTC).
    recorded: String,
    /// Roll, department or visit.
    source: String,
}

/// Facts of a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FactsOut {
    /// The day asked.
    on: String,
    /// Known facts in dictionary order; what is not here is unknown.
    facts: Vec<FactOut>,
    /// What is not there without a 单独同意, in words; empty where nothing is left out.
    withheld: Vec<String>,
}

/// What a person's facts were on `on` as known at the end of `known`.
#[utoipa::path(
    get, path = "/api/v1/people/{id}/facts", tag = "facts", security(("token" = [])),
    params(
        ("id" = String, Path),
        ("on" = Option<String>, Query, description = "哪一天的情况，默认今天"),
        ("known" = Option<String>, Query, description = "按哪一天掌握的，默认现在")
    ),
    responses((status = 200, body = FactsOut), (status = 404, body = Problem))
)]
pub(crate) async fn list(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Answer {
    let person = super::person(&ctx, &id, Action::ReadPerson).await?;
    let (mut on, mut at) = (ctx.today(), ctx.app.clock().now());
    for (name, value) in parameters(raw.as_deref(), &["on", "known"])? {
        let day: Day = parsed(name, &value, "日期，例如 2025-06-30")?;
        if name == "on" {
            on = day;
        } else {
            at = at.min(Instant::at(day.plus_days(1), 0).plus_seconds(-1));
        }
    }
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("by", "api")])
        .await?;
    let resolved = people::api::facts_on(&ctx.app.store, &person.key, on, at).await?;
    let consent = withheld::consents(&ctx.app.store, &person, ctx.today()).await?;
    let withheld = Withheld::read(&ctx.app.store).await?;
    let facts = withheld
        .leaving(consent)
        .filter_map(|fact| {
            let (value, known) = (resolved.facts.get(fact)?, resolved.known(fact)?);
            Some(FactOut {
                fact: fact.name(),
                title: fact.def().zh,
                value: value.to_json(),
                since: known.since.to_string(),
                until: known.until.map(|day| day.to_string()),
                recorded: known.recorded.to_string(),
                source: known.source.clone(),
            })
        })
        .collect();
    answer(&FactsOut {
        on: on.to_string(),
        facts,
        withheld: withheld.words(consent),
    })
}

/// A fact to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FactIn {
    /// Name in the fact dictionary.
    fact: String,
    /// Its value; null says that it is not known.
    #[schema(value_type = Object)]
    value: Json,
    /// First day it is true, not after today.
    since: String,
    /// What it rests on, in words.
    source: String,
}

/// What a write came to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Written {
    /// The person.
    id: String,
    /// The version after it.
    version: String,
}

/// Records a fact: it supersedes what was known, answers and lists move in the same transaction.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/facts", tag = "facts", security(("token" = [])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header, description = "读到的版本；别人先改过时回答 409"),
        ("Idempotency-Key" = String, Header, description = "同一次写入重发时相同")
    ),
    request_body = FactIn,
    responses((status = 200, body = Written), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem))
)]
pub(crate) async fn post(
    ctx: Ctx,
    Path(id): Path<String>,
    Extension(token): Extension<Arc<Token>>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let write = Write::of(&token, &headers, uri.path(), &body)?;
    let asked: FactIn = serde_json::from_str(&body)
        .map_err(|error| Problem::wrong("body", format!("内容读不了：{error}")))?;
    let fact = find(&asked.fact).ok_or_else(|| {
        Problem::wrong("unknown_fact", format!("事实字典里没有「{}」", asked.fact)).at("fact")
    })?;
    let text = match &asked.value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let value = text
        .map(|text| parse_value(fact, &text))
        .transpose()
        .map_err(|error| Problem::wrong("bad_value", error).at("value"))?;
    let since: Day = asked
        .since
        .parse()
        .ok()
        .filter(|day| *day <= ctx.today())
        .ok_or_else(|| Problem::wrong("bad_value", "「since」应为不晚于今天的日期").at("since"))?;
    if asked.source.trim().is_empty() || asked.source.chars().count() > 40 {
        return Err(Problem::wrong("bad_value", "「source」写明依据，40 字以内").at("source"));
    }
    let version = headers
        .get(header::IF_MATCH)
        .and_then(|value| value.to_str().ok())
        .and_then(|tag| {
            let version = tag.trim_matches('"').strip_prefix('v')?;
            version.trim_end_matches(".w").parse::<i64>().ok()
        })
        .ok_or_else(|| {
            Problem::bad("if_match", "写入要带 If-Match 请求头，值为读到的 version").at("If-Match")
        })?;
    let offices = fact.def().owner;
    let action = Action::CorrectFact { offices };
    if !action.allowed_to(ctx.actor().role) {
        let detail = format!(
            "「{}」由{}登记，这个令牌不能写",
            fact.def().zh,
            offices.join("、")
        );
        return Err(Problem::forbidden("not_the_owner", detail).at("fact"));
    }
    let person = super::person(&ctx, &id, action).await?;
    if let Some(before) = write.before(&ctx.app.store).await? {
        return Ok(before);
    }
    let mut tx = ctx.begin().await?;
    if !claim(&mut tx, &person.key, version).await? {
        tx.rollback().await?;
        // The same write may have come twice at once.
        if let Some(before) = write.before(&ctx.app.store).await? {
            return Ok(before);
        }
        return Err(Problem::stale("别人先改动了这份档案，请重新读取后再写"));
    }
    let correction = Correction {
        fact,
        value,
        since,
        source: asked.source.trim().to_owned(),
        by: ctx.actor().name,
        reason: "department".to_owned(),
        remark: None,
    };
    let changed = correct(&ctx.app, &mut tx, &person.key, correction).await?;
    let written = Written {
        id: person.key.id.clone(),
        version: etag(version + 1),
    };
    let text = serde_json::to_string(&written)
        .map_err(|error| store::StoreError::Other(error.to_string()))?;
    write.keep(&mut tx, StatusCode::OK, &text).await?;
    tx.commit().await?;
    ctx.app
        .part::<NameIndex>()?
        .put(&ctx.app.store, &changed)
        .await?;
    Ok(json(StatusCode::OK, text))
}

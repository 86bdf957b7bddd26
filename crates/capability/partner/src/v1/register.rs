//! Registering a person, once.

use super::{etag, may};
use crate::problem::{Answer, Problem};
use crate::tokens::Token;
use crate::writes::{Write, json};
use authz::{Action, Subject};
use axum::Extension;
use axum::http::{HeaderMap, StatusCode, Uri};
use host::{Ctx, PersonKey};
use kernel::AreaCode;
use kernel::id_number::IdNumber;
use people::api::{
    NameIndex, NewPerson, Record, Registered as Outcome, first_sets, register, shard_of,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::Audit;
use utoipa::ToSchema;

/// A person to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonIn {
    /// 姓名
    name: String,
    /// 证号, 18 characters with a right check digit; birth and sex follow from it.
    id_number: String,
    /// 户籍地, 6 to 12 digits.
    hukou_area: Option<String>,
    /// 常住地, 6 to 12 digits.
    residence_area: String,
    /// 电话
    phone: Option<String>,
    /// Address below the village.
    address: Option<String>,
    /// Where it comes from, in words.
    source: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Registered {
    id: String,
    version: String,
}

fn area(field: &str, text: &str) -> Result<AreaCode, Problem> {
    people::api::words::area_from(text)
        .map_err(|detail| Problem::wrong("bad_value", detail).at(field))
}

/// Registers a person whose number nobody has; 409 where somebody has it.
#[utoipa::path(
    post, path = "/api/v1/people", tag = "people", security(("token" = [])),
    params(("Idempotency-Key" = String, Header)),
    request_body = PersonIn,
    responses((status = 201, body = Registered), (status = 409, body = Problem), (status = 422, body = Problem))
)]
pub(crate) async fn post(
    ctx: Ctx,
    Extension(token): Extension<Arc<Token>>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Answer {
    may(&ctx, Action::RegisterPerson)?;
    let write = Write::of(&token, &headers, uri.path(), &body)?;
    if let Some(before) = write.before(&ctx.app.store).await? {
        return Ok(before);
    }
    let asked: PersonIn = serde_json::from_str(&body)
        .map_err(|error| Problem::wrong("body", format!("内容读不了：{error}")))?;
    let today = ctx.today();
    let number = IdNumber::parse(&asked.id_number, today)
        .map_err(|error| Problem::wrong("bad_value", error.to_string()).at("id_number"))?;
    let birth = number
        .birth_date()
        .ok_or_else(|| Problem::wrong("bad_value", "证号里没有出生日期").at("id_number"))?;
    let residence = area("residence_area", &asked.residence_area)?;
    let hukou = asked
        .hukou_area
        .as_deref()
        .map(|text| area("hukou_area", text))
        .transpose()?;
    let subject = Subject {
        person: String::new(),
        hukou,
        residence: Some(residence),
    };
    if !ctx.scope().admits(&subject) {
        return Err(
            Problem::wrong("out_of_scope", "户籍地、常住地都不在令牌的范围").at("residence_area"),
        );
    }
    let name = asked.name.trim();
    if name.is_empty() || name.chars().count() > 50 {
        return Err(Problem::wrong("bad_value", "请填写姓名，50 字以内").at("name"));
    }
    let now = ctx.app.clock().now();
    let key = PersonKey {
        shard: shard_of(hukou.or(Some(residence))),
        id: ctx.app.store.new_id(),
    };
    let person = NewPerson {
        key: key.clone(),
        name: name.to_owned(),
        provisional: None,
        id_number: Some(number.reveal().to_owned()),
        phone: asked.phone.clone(),
        address: asked.address.clone(),
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household: None,
        relation: None,
        registered: now,
        guardians: Vec::new(),
        records: vec![Record {
            seq: 1,
            recorded: now,
            source: asked.source.trim().to_owned(),
            by: ctx.actor().name,
            sets: first_sets(birth, number.is_male(), hukou, residence, today),
            reason: None,
            withdrawn: None,
        }],
    };
    let tx = ctx.begin().await?;
    let (mut tx, registered) = match register(&ctx.app, tx, person, "api").await? {
        Outcome::New(new) => *new,
        Outcome::Known(_) => {
            // The same write may have come twice at once.
            if let Some(before) = write.before(&ctx.app.store).await? {
                return Ok(before);
            }
            return Err(Problem::conflict("registered", "这个证号已经建档").at("id_number"));
        }
    };
    tx.audit(
        Audit::new("person.register")
            .person(&key.shard, &key.id)
            .with("by", "api"),
    );
    let out = Registered {
        id: key.id.clone(),
        version: etag(registered.version),
    };
    let text =
        serde_json::to_string(&out).map_err(|error| store::StoreError::Other(error.to_string()))?;
    write.keep(&mut tx, StatusCode::CREATED, &text).await?;
    tx.commit().await?;
    ctx.app
        .part::<NameIndex>()?
        .put(&ctx.app.store, &registered)
        .await?;
    Ok(json(StatusCode::CREATED, text))
}

//! The interface, version 1: one use case a file, described in OpenAPI by the code itself.

pub(crate) mod answers;
pub(crate) mod facts;
pub(crate) mod lists;
pub(crate) mod persons;
pub(crate) mod register;
pub(crate) mod withheld;

use crate::problem::{Answer, Problem};
use authz::{Action, Decision, decide};
use host::Ctx;
use people::api::Person;
use store::Audit;
use utoipa::OpenApi;

/// People of one page at the most.
pub(crate) const MOST: i64 = 500;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "老幼通接口",
        description = "按令牌读写：令牌等于一个账号，职责、管辖范围和操作记录与该账号相同。证号、电话只给遮蔽值。能力评估和医疗健康信息须本人单独同意，没有的不给，并在 withheld 里写明。出错时回答 application/problem+json。",
    ),
    paths(
        persons::list,
        persons::one,
        register::post,
        facts::list,
        facts::post,
        answers::of_person,
        answers::findings,
        lists::list,
        lists::indicators
    ),
    components(schemas(Problem)),
    modifiers(&Bearer)
)]
struct Described;

/// The one way to sign in.
struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        if let Some(components) = &mut openapi.components {
            components.add_security_scheme("token", scheme);
        }
    }
}

/// `GET /api/v1/openapi.json`
pub(crate) async fn openapi() -> Answer {
    crate::writes::answer(&Described::openapi())
}

/// Parameters of an address, each known by name; an unknown one is an error that names it.
pub(crate) fn parameters<'a>(
    raw: Option<&str>,
    known: &[&'a str],
) -> Result<Vec<(&'a str, String)>, Problem> {
    let mut out = Vec::new();
    for (name, value) in ui::list::query_pairs(raw.unwrap_or_default()) {
        let Some(known) = known.iter().copied().find(|known| *known == name) else {
            let detail = format!("没有参数「{name}」，可用的有：{}", known.join("、"));
            return Err(Problem::bad("unknown_parameter", detail).at(&name));
        };
        if out.iter().any(|(seen, _)| *seen == known) {
            return Err(
                Problem::bad("doubled_parameter", format!("参数「{name}」出现了两次")).at(&name),
            );
        }
        if !value.is_empty() {
            out.push((known, value));
        }
    }
    Ok(out)
}

/// A parameter read as `T`, or the error that says what it should look like.
pub(crate) fn parsed<T: std::str::FromStr>(
    name: &str,
    value: &str,
    like: &str,
) -> Result<T, Problem> {
    let wrong =
        |_error| Problem::bad("bad_parameter", format!("参数「{name}」应为{like}")).at(name);
    value.parse().map_err(wrong)
}

/// Rows of a page, up to [`MOST`].
pub(crate) fn most_of(value: &str) -> Result<i64, Problem> {
    let most: i64 = parsed("most", value, "1 至 500 的整数")?;
    if (1..=MOST).contains(&most) {
        return Ok(most);
    }
    Err(Problem::bad("bad_parameter", "参数「most」应为 1 至 500 的整数").at("most"))
}

/// Whether the token's account may do this at all.
pub(crate) fn may(ctx: &Ctx, action: Action) -> Result<(), Problem> {
    let role = ctx.actor().role;
    if action.allowed_to(role) {
        return Ok(());
    }
    let detail = format!("令牌的账号是「{}」，没有这项权限", role.zh());
    Err(Problem::forbidden("not_your_work", detail))
}

/// The person of this id, if the token may do this to them. Whoever is not in scope is not there; the try is logged.
pub(crate) async fn person(ctx: &Ctx, id: &str, action: Action) -> Result<Person, Problem> {
    may(ctx, action)?;
    let found = people::api::person(&ctx.app.store, id).await?;
    let person = found.ok_or_else(Problem::missing)?;
    match decide(&ctx.actor(), action, &person.subject()) {
        Decision::Allow => Ok(person),
        Decision::OutOfScope | Decision::NotYourWork => {
            let refusal = Audit::new("person.refused")
                .person(&person.key.shard, &person.key.id)
                .with("by", "api");
            ctx.log_reads(&[refusal]).await?;
            Err(Problem::missing())
        }
    }
}

/// The version of a record as an ETag.
pub(crate) fn etag(version: i64) -> String {
    format!("\"v{version}\"")
}

//! What holds no personal data: the list in force, and indicators with their values.

use super::{may, parameters, parsed};
use crate::problem::{Answer, Problem};
use crate::writes::answer;
use authz::Action;
use axum::extract::RawQuery;
use host::Ctx;
use kernel::Day;
use plan::api::PlanBook;
use serde::Serialize;
use utoipa::ToSchema;

/// An item of the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemOut {
    no: u16,
    name: String,
    /// Named conditions in words.
    conditions: Vec<String>,
}

/// The list in force.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListOut {
    name: String,
    /// In force from.
    from: String,
    /// SM3 of the plan folder; every answer names it.
    digest: String,
    items: Vec<ItemOut>,
}

/// The list in force on a day.
#[utoipa::path(
    get, path = "/api/v1/list", tag = "plan", security(("token" = [])),
    params(("on" = Option<String>, Query)),
    responses((status = 200, body = ListOut), (status = 409, body = Problem))
)]
pub(crate) async fn list(ctx: Ctx, RawQuery(raw): RawQuery) -> Answer {
    may(&ctx, Action::ReadPlan)?;
    let mut on = ctx.today();
    for (name, value) in parameters(raw.as_deref(), &["on"])? {
        on = parsed::<Day>(name, &value, "日期，例如 2025-06-30")?;
    }
    let published = ctx
        .app
        .part::<PlanBook>()?
        .in_force(on)
        .ok_or_else(|| Problem::conflict("no_list", "这一天没有执行中的清单").at("on"))?;
    let items = published
        .list
        .items()
        .iter()
        .map(|item| ItemOut {
            no: item.service.no,
            name: item.service.name.clone(),
            conditions: item.says.clone(),
        })
        .collect();
    answer(&ListOut {
        name: published.list.head().name.clone(),
        from: published.in_force_from.to_string(),
        digest: published.digest.clone(),
        items,
    })
}

/// A value of a measure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ValueOut {
    /// Measure of the shared list.
    measure: String,
    /// Area code, or `E:` and the key of a body.
    area: String,
    /// For which day.
    day: String,
    /// In the measure's base unit, as a decimal text.
    value: String,
    /// 实报、填报、估计、计算
    kind: &'static str,
    /// File, ledger or formula.
    source: String,
}

/// Values of measures until a day.
#[utoipa::path(
    get, path = "/api/v1/indicators", tag = "plan", security(("token" = [])),
    params(
        ("measure" = String, Query, description = "指标编号，多个用逗号分开"),
        ("until" = Option<String>, Query)
    ),
    responses((status = 200, body = Vec<ValueOut>), (status = 400, body = Problem))
)]
pub(crate) async fn indicators(ctx: Ctx, RawQuery(raw): RawQuery) -> Answer {
    may(&ctx, Action::ReadCounts)?;
    let (mut until, mut measures) = (ctx.today(), Vec::new());
    for (name, value) in parameters(raw.as_deref(), &["measure", "until"])? {
        if name == "until" {
            until = parsed::<Day>(name, &value, "日期，例如 2025-06-30")?;
        } else {
            measures = value.split(',').map(|one| one.trim().to_owned()).collect();
        }
    }
    if measures.is_empty() || measures.len() > 50 {
        return Err(Problem::bad(
            "missing_parameter",
            "要带参数「measure」：1 至 50 个指标编号，用逗号分开",
        )
        .at("measure"));
    }
    let scope = ctx.scope();
    let values = dashboard::api::values(&ctx.app.store, &measures, until).await?;
    let mut out = Vec::new();
    for ((measure, area), series) in values {
        // Counts of an area belong to whom the area belongs; those of a body stand on the public page of figures.
        let mine = area.parse().map_or(true, |code| scope.admits_area(&code));
        if !mine {
            continue;
        }
        out.extend(series.into_iter().map(|known| ValueOut {
            measure: measure.clone(),
            area: area.clone(),
            day: known.day.to_string(),
            value: known.value.to_string(),
            kind: known.kind.zh(),
            source: known.source,
        }));
    }
    answer(&out)
}

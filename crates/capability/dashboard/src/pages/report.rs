//! Reporting one value: what is typed is kept on a mistake; a correction supersedes and stays visible.
//!
//! Rows A03, A22–A52; invariants 5 and 10.

use super::bits::Shown;
use super::report_check;
use crate::aim::Target;
use crate::board::Board;
use crate::places::{self, Place};
use crate::value;
use askama::Template;
use axum::extract::{Path, RawQuery};
use host::{Ctx, Failure, Page};
use store::StoreError;
use ui::{Choice, Field, Form, FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["area"]);

#[derive(Template)]
#[template(path = "pages/report.html")]
struct ReportPage {
    shell: Shell,
    form: Form,
    id: String,
    area_name: String,
    areas: Vec<Choice>,
    area: String,
    unit: String,
    meaning: Vec<String>,
    goals: Vec<(String, String, String)>,
    /// Names of what a ratio is made of.
    parts: Option<(String, String)>,
    history: Vec<Shown>,
    stale: bool,
    seen: String,
}

impl ReportPage {
    fn area_field(&self) -> Field {
        let field = Field::select("area", "地区", self.areas.clone()).required();
        self.form.field(field.value(self.area.clone()))
    }
    fn day(&self) -> Field {
        self.form.field(
            Field::date("day", "数据日期")
                .required()
                .hint("这个数是哪一天的情况；同一天再报一次就是更正"),
        )
    }
    fn value(&self) -> Field {
        self.form.field(
            Field::text("value", "数值")
                .required()
                .inputmode("decimal")
                .unit(self.unit.clone())
                .width("short")
                .hint("只写数字和小数点，按台账上的位数写"),
        )
    }
    fn numerator(&self) -> Field {
        self.form.field(
            Field::text("numerator", "分子")
                .inputmode("decimal")
                .width("short")
                .hint(
                    self.parts
                        .as_ref()
                        .map_or("可不填", |parts| parts.0.as_str()),
                ),
        )
    }
    fn denominator(&self) -> Field {
        self.form.field(
            Field::text("denominator", "分母")
                .inputmode("decimal")
                .width("short")
                .hint(
                    self.parts
                        .as_ref()
                        .map_or("可不填", |parts| parts.1.as_str()),
                ),
        )
    }
    fn kind(&self) -> Field {
        let choices = vec![
            Choice::new("actual", "实报").hint("有台账或系统记录"),
            Choice::new("typed", "填报").hint("按下级上报汇总"),
            Choice::new("estimate", "估计").hint("推算或抽样"),
        ];
        self.form
            .field(Field::radio("kind", "数据性质", choices).required())
    }
    fn source(&self) -> Field {
        self.form.field(
            Field::text("source", "来源")
                .required()
                .maxlength(120)
                .hint("台账、报表或文件的名称"),
        )
    }
    fn note(&self) -> Field {
        self.form
            .field(Field::lines("note", "说明").hint("可不填").maxlength(300))
    }
}

/// The measure and the area, both checked.
struct Asked {
    board: Board,
    mine: Vec<Place>,
    place: Place,
}

impl Asked {
    async fn of(ctx: &Ctx, measure: &str, area: Option<&str>) -> Result<Self, Failure> {
        let board = Board::of(ctx, None).await?;
        if crate::computed::of(measure).is_some() {
            return Err(
                PageError::bad_request("这个数由人员档案计算，不能手工填报。")
                    .title("不用填报")
                    .link("回到填报", "/reports")
                    .into(),
            );
        }
        if board.target(measure).is_none() {
            return Err(PageError::not_found()
                .text("本地规划没有这个指标的目标，可能已经换了新的版本。")
                .link("回到填报", "/reports")
                .into());
        }
        let mine = places::reportable(&board.areas, &ctx.scope());
        let place = match area {
            None => mine.first(),
            Some(key) => mine.iter().find(|place| place.key == key),
        }
        .cloned()
        .ok_or_else(|| {
            PageError::refused("市民政局").text("这个地区不在您的管辖范围，可向市民政局申请。")
        })?;
        Ok(Self { board, mine, place })
    }

    fn target(&self, measure: &str) -> Result<&Target, Failure> {
        self.board
            .target(measure)
            .ok_or_else(|| PageError::not_found().into())
    }
}

/// `GET /reports/{measure}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let asked = Asked::of(&ctx, &id, query.filter("area")).await?;
    let form = Form::filled([
        ("day", ctx.today().to_string()),
        ("kind", "typed".to_owned()),
        ("area", asked.place.key.clone()),
    ]);
    Ok(ui::page_no_store(
        page(&ctx, &asked, &id, form, false).await?,
    ))
}

/// `POST /reports/{measure}`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let mut form = Form::from(data);
    let area = form.text("area");
    let asked = Asked::of(&ctx, &id, area.as_deref()).await?;
    let new = report_check::checked(ctx.today(), &asked.place.key, asked.target(&id)?, &mut form);
    let Some(new) = new.filter(|_| !form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, &asked, &id, form, false).await?));
    };
    let mut tx = ctx.begin().await?;
    let current = value::current(&tx, &id, &new.area, new.day).await?;
    // What the reporter saw of this day: a value that came since must be looked at first.
    let seen = form.text("seen").unwrap_or_default();
    let fresh = current
        .as_ref()
        .is_none_or(|value| seen.split(',').any(|id| id == value.id));
    if !fresh {
        tx.rollback().await?;
        return Ok(ui::page_409(page(&ctx, &asked, &id, form, true).await?));
    }
    let corrects = current.is_some();
    match value::record(&mut tx, &new).await {
        Ok(_) => tx.commit().await?,
        Err(StoreError::Duplicate(_)) => {
            tx.rollback().await?;
            return Ok(ui::page_409(page(&ctx, &asked, &id, form, true).await?));
        }
        Err(error) => return Err(error.into()),
    }
    let words = if corrects {
        "已更正，原来的数留在记录里。"
    } else {
        "已填报。"
    };
    let to = format!("/reports/{id}?area={}", ui::query_encode(&new.area));
    Ok(ctx.saved(&to, words))
}

async fn page(
    ctx: &Ctx,
    asked: &Asked,
    id: &str,
    form: Form,
    stale: bool,
) -> Result<ReportPage, Failure> {
    let target = asked.target(id)?;
    let rows = value::history(&ctx.app.store, id).await?;
    let rows: Vec<_> = rows
        .iter()
        .filter(|value| value.area == asked.place.key)
        .collect();
    let name = |measure: &str| {
        let known = asked.board.shelved.book.measures.get(measure);
        known.map_or_else(|| measure.to_owned(), |measure| measure.name.clone())
    };
    let ids = rows
        .iter()
        .filter(|value| value.superseded_by.is_none())
        .map(|value| value.id.as_str());
    // On a second look the values that came meanwhile have been seen.
    let seen: Vec<&str> = ids.collect();
    Ok(ReportPage {
        shell: ctx
            .shell(format!("填报：{}", target.name()))
            .crumb("统计报表", "/reports")
            .crumb("填报", "/reports"),
        form,
        id: id.to_owned(),
        area_name: asked.place.name.clone(),
        areas: asked
            .mine
            .iter()
            .map(|place| Choice::new(&place.key, &place.name))
            .collect(),
        area: asked.place.key.clone(),
        unit: target.unit.printed.clone(),
        meaning: meaning(target),
        goals: target
            .aims
            .iter()
            .map(|aim| {
                (
                    format!("{} {}", aim.when, aim.says),
                    aim.stands.clone(),
                    format!("/plan/rows/{}", aim.row),
                )
            })
            .collect(),
        parts: target
            .measure
            .ratio
            .as_ref()
            .map(|ratio| (name(&ratio.numerator), name(&ratio.denominator))),
        history: rows
            .iter()
            .take(60)
            .map(|value| Shown::of(value, &target.unit, String::new()))
            .collect(),
        stale,
        seen: seen.join(","),
    })
}

/// What the number means, in words.
pub(crate) fn meaning(target: &Target) -> Vec<String> {
    let mut out = Vec::new();
    if target.flow {
        out.push("填当年1月1日起累计完成的数；跨年重新从零计。".to_owned());
    } else {
        out.push("填当日的存量或比率，不是新增数。".to_owned());
    }
    if !target.per.is_empty() {
        out.push(format!("是{}的数。", target.per));
    }
    if let Some(max) = target.measure.max {
        out.push(format!("不会大于 {max}{}。", target.measure.unit));
    }
    out
}

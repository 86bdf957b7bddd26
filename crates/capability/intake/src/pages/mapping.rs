//! 第二步: which column is which, where the list comes from, whether it names everybody.

use super::{one, words};
use crate::acts::{self, Said};
use crate::batch::{self, Batch};
use crate::kind::Shape;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::AreaCode;
use std::collections::BTreeMap;
use tabular::headers::Mapping;
use ui::{Choice, Field, Form, FormData};

/// The form of the second step, as it is shown.
pub(crate) struct MappingForm {
    pub(crate) form: Form,
    /// Heading of the file, its field.
    pub(crate) columns: Vec<(String, Field)>,
    pub(crate) source: Field,
    pub(crate) sources: Vec<String>,
    pub(crate) complete: Option<Field>,
    pub(crate) area: Field,
    pub(crate) day: Field,
    /// Lines above the headings, encoding, sheet: what was found out.
    pub(crate) found: Vec<String>,
    /// How the file is read: sheet, encoding, line of the headings.
    pub(crate) reading: Vec<Field>,
    /// The same bytes were brought in before.
    pub(crate) same: Option<(String, String)>,
}

/// The form, filled with what was typed or found.
pub(crate) async fn form(
    ctx: &Ctx,
    batch: &Batch,
    typed: Option<Form>,
) -> Result<MappingForm, Failure> {
    let detected = crate::start::detected(batch)?;
    let mapping = match &batch.mapping {
        Some(mapping) => mapping.clone(),
        None => acts::found(&ctx.app, &batch.kind, detected, &batch.source).await?,
    };
    let form = match typed {
        Some(form) => form,
        None => first(ctx, batch, detected, &mapping),
    };
    let meanings = || {
        batch
            .kind
            .columns
            .iter()
            .map(|column| {
                let star = if column.spec.required {
                    "（必需）"
                } else {
                    ""
                };
                Choice::new(column.spec.key, format!("{}{star}", column.spec.title))
            })
            .collect::<Vec<_>>()
    };
    let columns = detected
        .header
        .iter()
        .enumerate()
        .map(|(place, heading)| {
            let heading = if heading.trim().is_empty() {
                format!("第 {} 列（没有列名）", place + 1)
            } else {
                heading.clone()
            };
            let field = Field::select(&format!("c{place}"), &heading, meanings()).blank("不导入");
            (heading, form.field(field))
        })
        .collect();
    let root = one::root(ctx)?;
    let paid = batch.kind.shape == Shape::Receipts;
    let complete = batch.kind.can_be_complete().then(|| {
        form.field(
            Field::radio(
                "complete",
                "名单范围",
                vec![
                    Choice::new("no", "增量").hint("只登记名单上写到的人，别人不变"),
                    Choice::new("yes", "全量名单").hint(if paid {
                        "名单写到的每个项目，这个地区里不在名单上的人从名单日期所在的月起按停发登记"
                    } else {
                        "这个地区里不在名单上的人，从名单日期起都登记为“不是”"
                    }),
                ],
            )
            .required(),
        )
    });
    let same = batch::same_file(&ctx.app.store, batch).await?.map(|same| {
        (
            format!(
                "{} {}（{}）",
                same.created.day(),
                same.source,
                same.state.zh()
            ),
            format!("/intake/{}", same.id),
        )
    });
    Ok(MappingForm {
        columns,
        source: form.field(
            Field::text("source", "名单来源")
                .required()
                .maxlength(60)
                .hint("写进每个人的记录，例如“2025年6月低保名册”"),
        ),
        sources: batch::sources(&ctx.app.store, &batch.kind).await?,
        complete,
        area: form.field(
            Field::area("area", "名单地区", "/areas/children", &root).hint(
                if batch.kind.can_be_complete() {
                    "全量名单必选；选了就只导入这个地区的人"
                } else {
                    "可不选；选了就只导入这个地区的人"
                },
            ),
        ),
        day: form.field(
            Field::date("day", "名单日期")
                .required()
                .hint("名单反映哪一天的情况；没有起始日期的行从这天算起"),
        ),
        found: about(detected),
        reading: super::reading::fields(detected, &form),
        same,
        form,
    })
}

fn first(ctx: &Ctx, batch: &Batch, detected: &tabular::Detected, mapping: &Mapping) -> Form {
    let mut pairs: Vec<(String, String)> = mapping
        .columns
        .iter()
        .map(|(key, place)| (format!("c{place}"), key.clone()))
        .collect();
    let day = batch.day.unwrap_or_else(|| ctx.today());
    pairs.extend(super::reading::pairs(detected));
    pairs.push(("day".to_owned(), day.to_string()));
    pairs.push(("source".to_owned(), batch.source.clone()));
    if batch.day.is_some() {
        let complete = if batch.complete { "yes" } else { "no" };
        pairs.push(("complete".to_owned(), complete.to_owned()));
    }
    if let Some(area) = batch.area {
        pairs.push(("area".to_owned(), area.to_string()));
    }
    Form::filled(pairs)
}

/// What was found out about the file, in sentences.
fn about(detected: &tabular::Detected) -> Vec<String> {
    let mut out = Vec::new();
    match &detected.kind {
        tabular::Kind::Csv { encoding, .. } => out.push(format!("CSV，{} 编码", encoding.zh())),
        tabular::Kind::Xlsx { sheets, sheet } => {
            let name = sheets.get(*sheet).map_or("", |sheet| sheet.name.as_str());
            out.push(format!("Excel，读工作表“{name}”"));
        }
    }
    out.push(format!("表头在第 {} 行", detected.header_line));
    out.push(format!("约 {} 行", ui::grouped(detected.rows_about)));
    out.extend(detected.notes.iter().map(|note| note.says.clone()));
    out
}

/// `POST /intake/{id}/mapping`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let batch = super::open(&ctx, &id).await?;
    let mut form = Form::from(data);
    let source = form.required("source", "请写明名单来源");
    let day = match form.required("day", "请填写名单日期") {
        Some(_) => form.day("day"),
        None => None,
    };
    let complete = if batch.kind.can_be_complete() {
        form.one_of("complete", &["yes", "no"], "请选择是全量名单还是增量")
    } else {
        Some("no".to_owned())
    };
    let area: Option<AreaCode> = match form.text("area").map(|text| text.parse()) {
        None => None,
        Some(Ok(code)) => Some(code),
        Some(Err(_not_an_area)) => {
            form.errors.add("area", "请从列表里选择地区");
            None
        }
    };
    let columns = columns(&batch, &mut form);
    let (Some(source), Some(day), Some(complete), false) =
        (source, day, complete, form.has_errors())
    else {
        return Ok(ui::page_422(one::page(&ctx, batch, Some(form)).await?));
    };
    let said = Said {
        source,
        complete: complete == "yes",
        area,
        day,
        columns: Some(columns),
    };
    match acts::say(&ctx.app, &ctx.actor(), &id, said).await {
        Ok(()) => Ok(ctx.redirect_with(&format!("/intake/{id}"), "ok", "正在校验，可以离开本页。")),
        Err(refusal) => {
            form.errors.add_form(words(refusal)?);
            Ok(ui::page_422(one::page(&ctx, batch, Some(form)).await?))
        }
    }
}

/// What was said of each column: key → column of the file.
fn columns(batch: &Batch, form: &mut Form) -> BTreeMap<String, usize> {
    let mut out: BTreeMap<String, usize> = BTreeMap::new();
    let count = batch
        .detected
        .as_ref()
        .map_or(0, |found| found.header.len());
    for place in 0..count {
        let name = format!("c{place}");
        let Some(key) = form.text(&name) else {
            continue;
        };
        let Some(column) = batch
            .kind
            .columns
            .iter()
            .find(|column| column.spec.key == key)
        else {
            form.errors.add(name, "没有这种内容");
            continue;
        };
        if out.insert(key, place).is_some() {
            form.errors.add(
                name,
                format!("有两列都选了「{}」，请改一列", column.spec.title),
            );
        }
    }
    out
}

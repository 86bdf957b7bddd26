//! Second step, where the file was read otherwise than it was meant: another sheet, encoding, separator or line of
//! headings, without uploading it again and without losing what was typed.

use super::{one, words};
use crate::acts::{self, Typed};
use crate::batch::Batch;
use axum::extract::Path;
use host::{Ctx, Page};
use tabular::{Choice as Wanted, Detected, Encoding, Kind};
use ui::{Choice, Field, Form, FormData};

/// Encodings that can be chosen, by key.
const ENCODINGS: [(&str, Encoding); 4] = [
    ("gbk", Encoding::Gb18030),
    ("utf8", Encoding::Utf8),
    ("utf16le", Encoding::Utf16Le),
    ("utf16be", Encoding::Utf16Be),
];

/// Separators that can be chosen, by key.
const DELIMITERS: [(&str, char, &str); 4] = [
    ("comma", ',', "逗号"),
    ("semicolon", ';', "分号"),
    ("tab", '\t', "制表符"),
    ("bar", '|', "竖线"),
];

/// What is read now, as the fields have it.
pub(super) fn pairs(detected: &Detected) -> Vec<(String, String)> {
    let mut out = vec![("header_line".to_owned(), detected.header_line.to_string())];
    match &detected.kind {
        Kind::Csv {
            encoding,
            delimiter,
            ..
        } => {
            let key = ENCODINGS.iter().find(|(_, one)| one == encoding);
            out.extend(key.map(|(key, _)| ("encoding".to_owned(), (*key).to_owned())));
            let key = DELIMITERS.iter().find(|(_, one, _)| one == delimiter);
            out.extend(key.map(|(key, ..)| ("delimiter".to_owned(), (*key).to_owned())));
        }
        Kind::Xlsx { sheet, .. } => out.push(("sheet".to_owned(), sheet.to_string())),
    }
    out
}

/// The fields: the sheets of a workbook, or encoding and separator of a text; and the line of the headings.
pub(super) fn fields(detected: &Detected, form: &Form) -> Vec<Field> {
    let mut out = Vec::new();
    match &detected.kind {
        Kind::Csv { .. } => {
            let encodings = ENCODINGS
                .iter()
                .map(|(key, encoding)| {
                    let order = if *key == "utf16be" {
                        "（高位在前）"
                    } else {
                        ""
                    };
                    Choice::new(*key, format!("{}{order}", encoding.zh()))
                })
                .collect();
            out.push(Field::select("encoding", "编码", encodings));
            let delimiters = DELIMITERS
                .iter()
                .map(|(key, _, name)| Choice::new(*key, *name))
                .collect();
            out.push(Field::select("delimiter", "列之间的分隔", delimiters));
        }
        Kind::Xlsx { sheets, .. } => {
            let sheets = sheets
                .iter()
                .enumerate()
                .map(|(place, sheet)| {
                    let note = match (sheet.has_data, sheet.hidden) {
                        (false, _) => "（空）",
                        (true, true) => "（隐藏）",
                        (true, false) => "",
                    };
                    Choice::new(place.to_string(), format!("{}{note}", sheet.name))
                })
                .collect();
            out.push(Field::select("sheet", "工作表", sheets));
        }
    }
    out.push(Field::text("header_line", "表头在第几行").hint("列名所在的一行；换工作表时可以留空"));
    out.into_iter().map(|field| form.field(field)).collect()
}

/// What was chosen otherwise than it is read now; the line of the headings is only asked for where it was changed.
fn wanted(batch: &Batch, form: &mut Form) -> Option<Wanted> {
    let detected = batch.detected.as_ref()?;
    let mut out = Wanted::default();
    let line = if form.text("header_line").is_none() {
        None
    } else {
        let line = form.whole("header_line", "请填行号，例如 2");
        if line.is_some_and(|line| line < 1) {
            form.errors.add("header_line", "请填行号，例如 2");
        }
        line.and_then(|line| u64::try_from(line).ok())
    };
    let mut other = false;
    match &detected.kind {
        Kind::Csv {
            encoding,
            delimiter,
            ..
        } => {
            let key = form.text("encoding").unwrap_or_default();
            let asked = ENCODINGS.iter().find(|(one, _)| *one == key);
            out.encoding = Some(asked.map_or(*encoding, |(_, encoding)| *encoding));
            let key = form.text("delimiter").unwrap_or_default();
            let asked = DELIMITERS.iter().find(|(one, ..)| *one == key);
            out.delimiter = Some(asked.map_or(*delimiter, |(_, delimiter, _)| *delimiter));
            other |= out.encoding != Some(*encoding) || out.delimiter != Some(*delimiter);
        }
        Kind::Xlsx { sheets, sheet } => {
            let asked = form.text("sheet").and_then(|text| text.parse().ok());
            let place: usize = asked.unwrap_or(*sheet);
            out.sheet = sheets.get(place).map(|sheet| sheet.name.clone());
            if out.sheet.is_none() {
                form.errors.add("sheet", "请从列表里选择工作表");
            }
            other = place != *sheet;
        }
    }
    let same = line == Some(detected.header_line);
    out.header_line = line.filter(|_| !(other && same));
    (!form.has_errors()).then_some(out)
}

/// `POST /intake/{id}/reading`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let batch = super::open(&ctx, &id).await?;
    let mut form = Form::from(data);
    let Some(wanted) = wanted(&batch, &mut form) else {
        return Ok(ui::page_422(one::page(&ctx, batch, Some(form)).await?));
    };
    let typed = Typed {
        source: form.text("source").unwrap_or_default(),
        complete: form.text("complete").as_deref() == Some("yes"),
        area: form.text("area").and_then(|text| text.parse().ok()),
        day: form.text("day").and_then(|text| ui::day_from_typed(&text)),
    };
    match acts::read_again(&ctx.app, &ctx.actor(), &id, wanted, typed).await {
        Ok(()) => {
            let to = format!("/intake/{id}");
            Ok(ctx.redirect_with(&to, "ok", "已按所选重新读，请核对每一列。"))
        }
        Err(refusal) => {
            form.errors.add_form(words(refusal)?);
            Ok(ui::page_422(one::page(&ctx, batch, Some(form)).await?))
        }
    }
}

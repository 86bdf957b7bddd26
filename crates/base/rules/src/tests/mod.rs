//! A small made-up plan that the tests of this crate vary, and what they share.

mod alone;
mod amounts;
mod answers;
mod change;
mod county;
mod examples;
mod explaining;
mod folders;
mod hostile;
mod language;
mod oracle;
mod programmes;
mod sql;
mod typed;
mod what_if;

use crate::folder::{Folder, load};
use crate::{Facts, Files, ItemAnswer, List, Problem, compile};
use kernel::Day;

const PLAN: &str = r#"
format = 1
slug = "sample"
place = "样例市"
area = "4213"
[[document]]
number = "样〔2023〕1号"
title = "样例"
issuer = "样例市人民政府"
issued_on = "2023-06-01"
"#;

const PARAMS: &str = r#"
[[param]]
name = "低保标准"
unit = "fen"
says = "分/月"
source = { basis = "样例" }
values = [
  { from = "2023-06-01", area = "421303", urban = true, fen = 68033 },
  { from = "2023-06-01", area = "421303", urban = false, fen = 54000 },
  { from = "2023-06-01", area = "421321", fen = 50000 },
  { from = "2025-07-01", area = "421321", fen = 52000 },
]
[[param]]
name = "比例"
unit = "percent"
says = "百分比"
source = { basis = "样例" }
values = [ { from = "2023-06-01", number = 20 } ]
[[param]]
name = "无值"
unit = "age"
says = "没有值的参数"
source = { basis = "样例" }
values = []
[[param]]
name = "方式"
unit = "word"
says = "选项"
source = { basis = "样例" }
values = [ { from = "2023-06-01", word = "按类别" } ]
[[param]]
name = "开关"
unit = "flag"
says = "是否"
source = { basis = "样例" }
values = [ { from = "2023-06-01", flag = true } ]
[[param]]
name = "比例金额取整"
unit = "word"
says = "取整"
source = { basis = "样例" }
values = [ { from = "2023-06-01", word = "四舍五入到分" } ]
"#;

const HEAD: &str = r#"[list]
name = "样例清单"
version = "2023-06-01"
common = [ { says = "在世", when = "alive" } ]
source = { document = "样〔2023〕1号", section = "附件1", quote = "样例" }
"#;

/// An item; `rest` may add amount, tiers …; the conditions start on its line 11.
fn service(no: u16, conditions: &str, rest: &str) -> String {
    format!(
        r#"[[service]]
no = {no}
name = "项目{no}"
content = "内容"
audience = "对象"
service_type = "物质帮助"
lead = ["市民政局"]
access = "依申请"
area_basis = "hukou"
beneficiary = "self"
conditions = [ {conditions} ]
source = {{ document = "样〔2023〕1号", section = "附件1", quote = "样例" }}
{}
"#,
        if rest.contains("benefit") {
            rest.to_owned()
        } else {
            format!("benefit = {{ kind = \"money\", unit = \"month\" }}\n{rest}")
        }
    )
}

/// A condition as a row.
fn when(text: &str) -> String {
    format!("{{ says = \"条件\", when = \"{text}\" }}")
}

/// The files of a folder with these items.
fn files(services: &[String]) -> Files {
    [
        ("plan.toml", PLAN.to_owned()),
        ("params.toml", PARAMS.to_owned()),
        ("services.toml", format!("{HEAD}{}", services.concat())),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text))
    .collect()
}

fn folder(services: &[String]) -> Folder {
    load(&files(services)).unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

fn list(services: &[String]) -> List {
    compile(&folder(services), None).unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

fn told(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A living person with these further facts, as JSON without the braces.
fn person(facts: &str) -> Facts {
    let comma = if facts.is_empty() { "" } else { "," };
    let json: serde_json::Value =
        serde_json::from_str(&format!("{{\"alive\": true{comma} {facts}}}")).unwrap();
    Facts::from_json(json.as_object().unwrap()).unwrap_or_else(|e| panic!("{e:?}"))
}

/// What is missing, as the JSON names it.
fn missing(answer: &ItemAnswer) -> Vec<String> {
    answer.missing.iter().map(ToString::to_string).collect()
}

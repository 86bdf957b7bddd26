//! Folders for tests: a small one to change, and the real one of 随州.

use rules::Files;
use std::path::Path;

const PLAN: &str = r#"format = 1
slug = "ceshi"
place = "测试市"
area = "4213"

[[document]]
number = "测政办发〔2023〕1号"
title = "关于印发测试市基本养老服务清单的通知"
issuer = "测试市人民政府办公室"
issued_on = "2023-06-01"
"#;

const SERVICES: &str = r#"[list]
name = "测试市基本养老服务清单"
version = "2023-06-01"
common = [ { says = "在世", when = "alive" } ]
source = { document = "测政办发〔2023〕1号", section = "附件", quote = "清单" }

[[service]]
no = 1
name = "高龄津贴"
content = "按月发放<高龄>津贴"
audience = "80周岁及以上老年人"
service_type = "物质帮助"
lead = ["市民政局"]
access = "依申请"
area_basis = "hukou"
beneficiary = "self"
benefit = { kind = "money", unit = "month" }
conditions = [ { says = "80周岁及以上", when = "age >= 80" } ]
amount = "param('高龄津贴')"
source = { document = "测政办发〔2023〕1号", section = "第1项", quote = "高龄津贴" }
"#;

const PARAMS: &str = r#"[[param]]
name = "高龄津贴"
unit = "fen"
says = "高龄津贴标准，分/月/人"
confirm = true
source = { basis = "原文没有写标准" }
values = []
"#;

const CASES: &str = r#"[[case]]
says = "满80周岁"
service = 1
as_of = "2025-06-30"
person = { birth_date = "1945-06-30", alive = true, merit = "none" }
expect = "yes"
fen = 5000
params = { "高龄津贴" = 5000 }

[[case]]
says = "不知道多大"
service = 1
as_of = "2025-06-30"
person = { alive = true }
expect = "unknown"
missing = ["birth_date"]
"#;

/// A folder with one item.
pub(crate) fn small() -> Files {
    let files = [
        ("plan.toml", PLAN),
        ("services.toml", SERVICES),
        ("params.toml", PARAMS),
        ("services.cases.toml", CASES),
    ];
    files
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect()
}

/// The small folder with one text put in the place of another.
pub(crate) fn changed(name: &str, from: &str, to: &str) -> Files {
    let mut files = small();
    let text = files.get_mut(name).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    *text = text.replace(from, to);
    files
}

/// The real plan of 随州.
pub(crate) fn suizhou() -> Files {
    place("suizhou")
}

/// A real folder under `plans/`.
pub(crate) fn place(slug: &str) -> Files {
    let place = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../plans")
        .join(slug);
    let mut files = Files::new();
    for entry in std::fs::read_dir(place).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    files
}

/// Demo values for the small folder.
pub(crate) const OVERLAY: &str =
    "[[param]]\nname = \"高龄津贴\"\nvalues = [ { from = \"2023-06-01\", fen = 8000 } ]\n";

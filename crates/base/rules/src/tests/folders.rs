//! Reading a folder: every problem has its file, line and remedy, and all are told at once.

use super::{PLAN, files, folder, service, told, when};
use crate::Files;
use crate::folder::load;

fn with(name: &str, text: &str) -> Files {
    let mut files = files(&[service(1, &when("dibao"), "")]);
    files.insert(name.to_owned(), text.to_owned());
    files
}

/// Rows A01, C01; invariants 1 and 4: unknown keys, wrong words, dangling names, with their lines.
#[test]
fn problems_name_file_line_and_remedy() {
    let one = service(1, &when("dibao"), "");
    let head = super::HEAD;
    for (name, text, line, what) in [
        ("plan.toml", "format = 2", 1, "format"),
        ("plan.toml", "format = 1\nslug = \"x", 2, "TOML"),
        (
            "plan.toml",
            "format = 1\nslug = \"x\"\nslug = \"y\"",
            3,
            "TOML",
        ),
        (
            "plan.toml",
            &PLAN.replace("area = \"4213\"", "area = \"42130\""),
            5,
            "42130",
        ),
        ("plan.toml", &PLAN.replace("slug", "slog"), 3, "slog"),
        (
            "plan.toml",
            &PLAN.replace("2023-06-01", "2023-06-31"),
            10,
            "2023-06-31",
        ),
        ("services.toml", "", 1, "缺少 list"),
        ("services.toml", head, 1, "没有任何项目"),
        (
            "services.toml",
            &format!("{head}{}", one.replace("no = 1", "no = 2")),
            6,
            "这里应为 1",
        ),
        (
            "services.toml",
            &format!("{head}{one}{one}"),
            20,
            "这里应为 2",
        ),
        (
            "services.toml",
            &format!("{head}{}", one.replace("物质帮助", "现金")),
            11,
            "现金",
        ),
        (
            "services.toml",
            &format!("{head}{}", one.replace("hukou", "birth")),
            14,
            "birth",
        ),
        (
            "services.toml",
            &format!("{head}{}", one.replace("\"month\"", "\"week\"")),
            18,
            "week",
        ),
        (
            "services.toml",
            &format!("{head}{}", one.replace("audience", "audiense")),
            10,
            "audiense",
        ),
        (
            "services.toml",
            &format!(
                "{head}{}",
                one.replace("lead = [\"市民政局\"]", "lead = []")
            ),
            12,
            "牵头单位",
        ),
        (
            "services.toml",
            &format!("{head}{}", one.replace("样〔2023〕1号", "样〔2024〕1号")),
            17,
            "样〔2024〕1号",
        ),
        (
            "services.toml",
            &format!("{head}{}", service(1, "", "")),
            16,
            "没有条件",
        ),
        (
            "services.toml",
            &format!("{head}{}", service(1, &when("dibao"), "amount = 5")),
            19,
            "amount",
        ),
        (
            "services.toml",
            &format!(
                "{head}{}",
                service(1, "{ says = \"x\", wenn = \"dibao\" }", "")
            ),
            16,
            "wenn",
        ),
        (
            "services.toml",
            &head
                .replace(
                    "common",
                    "classes = [{ from = 1, until = 3, name = \"甲\" }]\ncommon",
                )
                .replace("[list]", &format!("{one}[list]")),
            1,
            "清单有 1 项",
        ),
        (
            "params.toml",
            "[[param]]\nname = \"甲\"\nunit = \"yuan\"\nsays = \"x\"\nsource = { basis = \"x\" }\nvalues = []",
            3,
            "yuan",
        ),
        (
            "params.toml",
            "[[param]]\nname = \"甲\"\nunit = \"fen\"\nsays = \"x\"\nsource = { basis = \"x\" }",
            1,
            "values",
        ),
        (
            "params.toml",
            "[[param]]\nname = \"甲\"\nunit = \"fen\"\nsays = \"x\"\nsource = { basis = \"x\" }\nvalues = [ { from = \"2023-01-01\", number = 1 } ]",
            6,
            "不符",
        ),
        (
            "params.toml",
            "[[param]]\nname = \"甲\"\nunit = \"fen\"\nsays = \"x\"\nsource = { basis = \"x\" }\nvalues = [ { from = \"2023-01-01\", fen = 1.5 } ]",
            6,
            "fen",
        ),
        (
            "params.toml",
            "[[param]]\nname = \"甲\"\nunit = \"fen\"\nsays = \"x\"\nsource = { basis = \"x\" }\nvalues = [ { from = \"2023-01-01\", fen = 1, flag = true } ]",
            6,
            "之一",
        ),
        (
            "params.toml",
            "[[param]]\nname = \"甲\"\nunit = \"fen\"\nsays = \"x\"\nsource = { basis = \"x\" }\nvalues = [ { from = \"2023-01-01\", area = \"430000\", fen = 1 } ]",
            6,
            "430000",
        ),
        (
            "params.toml",
            "[[param]]\nname = \"甲\"\nunit = \"fen\"\nsays = \"x\"\nsource = { basis = \"x\", quote = \"y\" }\nvalues = []",
            5,
            "同时",
        ),
        (
            "services.cases.toml",
            "[[case]]\nsays = \"x\"\nservice = 1\nas_of = \"2025-06-30\"\nperson = { dibaoo = true }\nexpect = \"yes\"",
            5,
            "dibaoo",
        ),
        (
            "services.cases.toml",
            "[[case]]\nsays = \"x\"\nservice = 7\nas_of = \"2025-06-30\"\nperson = { dibao = true }\nexpect = \"yes\"",
            1,
            "没有第 7 项",
        ),
        (
            "services.cases.toml",
            "[[case]]\nsays = \"x\"\nservice = 1\nas_of = \"2025-06-30\"\nperson = { dibao = true }\nexpect = \"maybe\"",
            6,
            "maybe",
        ),
        (
            "services.cases.toml",
            "[[case]]\nsays = \"x\"\nservice = 1\nas_of = \"2025-06-30\"\nperson = { dibao = true }\nexpect = \"yes\"\nmissing = [\"age\"]",
            7,
            "age",
        ),
        (
            "services.cases.toml",
            "[[case]]\nsays = \"x\"\nservice = 1\nas_of = \"2025-06-30\"\nperson = { dibao = true }\nexpect = \"yes\"\nparams = { \"比例\" = 3 }",
            1,
            "已有值",
        ),
        (
            "areas.toml",
            "source = { basis = \"x\" }\n[[county]]\ncode = \"420102\"\nname = \"x\"",
            3,
            "上级",
        ),
        (
            "areas.toml",
            "source = { basis = \"x\" }\n[[county]]\ncode = \"421303\"\nname = \"x\"\n[[county.town]]\ncode = \"421303001\"\nname = \"y\"\nvillages = [ [\"001\", \"a\"], [\"001\", \"b\"] ]",
            8,
            "重复",
        ),
        (
            "areas.toml",
            "source = { basis = \"x\" }\n[[management]]\ncode = \"M1\"\nname = \"x\"\ntowns = [\"421303001\"]\nsource = { basis = \"x\" }",
            5,
            "没有乡镇",
        ),
        ("service.toml", "", 1, "没有这种文件"),
    ] {
        let problems = load(&with(name, text)).expect_err(what);
        let found = problems
            .iter()
            .any(|p| p.file == name && p.line == line && p.what.contains(what));
        assert!(
            found,
            "{name} «{text}» wants line {line} {what}, told\n{}",
            told(&problems)
        );
        assert!(problems.iter().all(|problem| !problem.remedy.is_empty()));
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let mut files = with("params.toml", "[[parm]]\n");
    files.insert("plan.toml".into(), PLAN.replace("slug", "slog"));
    files.remove("services.toml");
    let problems = load(&files).unwrap_err();
    assert!(problems.len() >= 4, "{}", told(&problems));
    let first = problems.first().unwrap().to_string();
    assert!(
        first.starts_with("plan.toml:3: 不认识的键 slog → 是不是 slug"),
        "{first}"
    );
}

/// engineering.md 6: the digest follows every byte; every row keeps its line.
#[test]
fn a_folder_keeps_lines_and_a_digest() {
    let one = folder(&[service(1, &when("dibao"), "")]);
    let two = folder(&[service(1, &when("dibao "), "")]);
    assert_ne!(one.digest, two.digest);
    let row = one.services.first().unwrap();
    assert_eq!((row.line, row.conditions.first().unwrap().line), (6, 16));
    let json = serde_json::to_value(&one).unwrap();
    assert_eq!(
        json.pointer("/services/0/benefit/kind"),
        Some(&"money".into())
    );
}

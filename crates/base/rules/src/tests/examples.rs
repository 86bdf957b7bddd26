//! The examples of a folder: each passes or says what differs.

use super::{files, service, told, when};
use crate::folder::load;
use crate::run_cases;

/// design.md: cases run without any overlay, with values assumed for open parameters only.
#[test]
fn cases_pass_or_say_what_differs() {
    let case = |rest: &str| {
        format!("[[case]]\nsays = \"x\"\nservice = 1\nas_of = \"2025-06-30\"\n{rest}\n")
    };
    let amount = "amount = \"case when age >= param('无值') then 5 end\"";
    let mut files = files(&[service(1, &when("dibao"), amount)]);
    let person = "person = { alive = true, dibao = true, birth_date = \"1940-01-01\" }";
    let cases = [
        (
            format!("{person}\nexpect = \"yes\"\nfen_unknown = true"),
            "",
        ),
        (
            format!("{person}\nexpect = \"yes\"\nfen = 5\nparams = {{ \"无值\" = 80 }}"),
            "",
        ),
        (
            format!("{person}\nexpect = \"yes\"\nfen = 6\nparams = {{ \"无值\" = 80 }}"),
            "金额应为 6 分，得到 5 分",
        ),
        (
            format!("{person}\nexpect = \"no\""),
            "应为不符合，得到符合；「在世」满足；「条件」满足",
        ),
        (
            "person = { alive = true }\nexpect = \"unknown\"\nmissing = [\"dibao\"]".into(),
            "",
        ),
        (
            "person = { alive = true }\nexpect = \"unknown\"\nmissing = []".into(),
            "缺少应为 []，得到 [dibao]",
        ),
        ("person = { alive = false }\nexpect = \"no\"".into(), ""),
        (
            "person = { alive = false }\nexpect = \"no\"\ntier = \"免票\"".into(),
            "档次应为免票，得到没有",
        ),
    ];
    let text: String = cases.iter().map(|(rest, _)| case(rest)).collect();
    files.insert("services.cases.toml".into(), text);
    let folder = load(&files).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    let results = run_cases(&folder).unwrap();
    assert_eq!(results.len(), cases.len());
    for (result, (_, why)) in results.iter().zip(&cases) {
        assert_eq!((result.why.as_str(), result.pass), (*why, why.is_empty()));
    }
}

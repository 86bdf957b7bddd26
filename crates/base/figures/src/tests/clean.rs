//! Clean figures raise no finding (rows A01, A21).

use super::folder::{files, planted};
use crate::{Texts, check, load};

/// Tables by year and class, ratios, flows, dated tasks, percents, two documents: nothing to find.
#[test]
fn clean_figures_raise_none() {
    let book = load(&files()).unwrap();
    assert!(book.rows.len() >= 40, "{} rows", book.rows.len());
    let found: Vec<String> = check(&book, None)
        .into_iter()
        .map(|finding| finding.says)
        .collect();
    assert_eq!(found, [""; 0]);
}

/// With the documents at hand too: every quote, clause and deadline stands in its document.
#[test]
fn clean_quotes_raise_none() {
    let book = load(&files()).unwrap();
    let texts = super::planted::texts(&book, "");
    let texts = Texts::new(texts.iter().map(String::as_str));
    let found: Vec<String> = check(&book, Some(&texts))
        .into_iter()
        .map(|finding| finding.says)
        .collect();
    assert_eq!(found, [""; 0]);
}

/// What may differ without being a conflict: file and replacements.
const HARMLESS: &[(&str, &[(&str, &str)])] = &[
    // 0.16万张 is 1600张.
    (
        "indicators.toml",
        &[(
            r#"value = "1600", unit = "张" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "全市养老床位1600张""#,
            r#"value = "0.16", unit = "万张" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "全市养老床位0.16万张""#,
        )],
    ),
    // 4.50 is 4.5.
    (
        "indicators.toml",
        &[
            (
                r#"value = "4.5", unit = "个" }]"#,
                r#"value = "4.50", unit = "个" }]"#,
            ),
            ("托位达到4.5个", "托位达到4.50个"),
        ],
    ),
    // 家 and 所 are words for one thing.
    (
        "indicators.toml",
        &[(
            r#"value = "10", unit = "家" }]"#,
            r#"value = "10", unit = "所" }]"#,
        )],
    ),
    // Rebuilding counts too: 10 and at most 8 more may be 18.
    (
        "indicators.toml",
        &[
            (r#"value = "15""#, r#"value = "18""#),
            ("托育机构数|10|15", "托育机构数|10|18"),
        ],
    ),
    // A goal that additions exceed, where the goal is a minimum.
    (
        "indicators.toml",
        &[
            (
                r#"year = 2025, value = "30", unit = "家""#,
                r#"year = 2025, op = ">=", value = "29", unit = "家""#,
            ),
            ("养老机构数|20|30", "养老机构数|20|29"),
        ],
    ),
    // The level in front of a department is written once before a list.
    (
        "indicators.toml",
        &[(
            r#"measure = "care_beds"
with = ["市民政局", "市卫生健康委"]
figures = [{"#,
            r#"measure = "care_beds"
with = ["市民政局", "卫生健康委"]
figures = [{"#,
        )],
    ),
    // The words say another thing: another measure is not compared.
    (
        "indicators.toml",
        &[(
            r#"name = "全市养老床位"
measure = "care_beds"
figures = [{ role = "target", year = 2025, value = "1600", unit = "张" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "全市养老床位1600张""#,
            r#"name = "全市家庭养老床位"
measure = "family_beds"
figures = [{ role = "target", year = 2025, value = "200", unit = "张" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "全市家庭养老床位200张""#,
        )],
    ),
    // One county's figure is not the whole place's.
    (
        "indicators.toml",
        &[(
            r#"year = 2025, value = "1600", unit = "张" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "全市养老床位1600张""#,
            r#"year = 2025, area = "429901", value = "500", unit = "张" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "甲县养老床位500张""#,
        )],
    ),
    // More tasks than the goal asks for.
    (
        "tasks.toml",
        &[
            (
                r#"year = 2025, flow = true, value = "100""#,
                r#"year = 2025, flow = true, value = "150""#,
            ),
            (r#"quote = "末年改造100户""#, r#"quote = "末年改造150户""#),
        ],
    ),
    // Ninety-one days between issue and deadline.
    (
        "standards.toml",
        &[(r#"due = "2023-12-31""#, r#"due = "2023-03-02""#)],
    ),
    // A forecast may be missed.
    (
        "standards.toml",
        &[
            (
                r#"role = "forecast", year = 2025, value = "5.00""#,
                r#"role = "forecast", year = 2024, value = "6.00""#,
            ),
            ("到2025年约5.00万人", "到2024年约6.00万人"),
        ],
    ),
    // A ratio whose rounded count allows it: 4.0万 is anything from 3.95 to 4.05.
    (
        "standards.toml",
        &[
            (
                r#"role = "status", year = 2020, value = "4.00", unit = "万人" },"#,
                r#"role = "status", year = 2020, value = "4.0", unit = "万人" },"#,
            ),
            (r#"quote = "老年人4.00万人""#, r#"quote = "老年人4.0万人""#),
        ],
    ),
    // More digits in the quote around the number.
    (
        "capacity.toml",
        &[(
            "甲县福利院|改扩建|520万元",
            "甲县福利院|2022年改扩建|5200平方米|520万元",
        )],
    ),
];

/// Other ways to write the same, and figures about something else, raise nothing either.
#[test]
fn harmless_differences_raise_none() {
    for (file, edits) in HARMLESS {
        let found: Vec<String> = check(&planted(file, edits), None)
            .into_iter()
            .map(|finding| finding.says)
            .collect();
        assert_eq!(found, [""; 0], "{edits:?}");
    }
}
#[test]
fn zz_dump() {
    let q = |s: &str| if s.contains('\n') { format!("'''{s}'''") } else { format!("'{s}'") };
    let mut out = String::new();
    for (file, edits) in HARMLESS {
        out.push_str(&format!("[[harmless]]\nfile = \"{file}\"\nedits = [\n"));
        for (a, b) in *edits { out.push_str(&format!("  [{}, {}],\n", q(a), q(b))); }
        out.push_str("]\n\n");
    }
    std::fs::write("/tmp/harmless.toml", out).unwrap();
}

//! Each planted error raises exactly its own finding (rows A01–A11, A21–A53; invariant 2).

use super::folder::{files, planted};
use crate::FindingKind::{
    Addition, BeforeIssue, BelowBaseline, DepartmentSpelling, Differ, DuplicateDepartment,
    DuplicateRow, EmptyAnnex, Impossible, NameUnit, NoProgress, NoText, PartOverWhole,
    QuoteNotInDocument, Ratio, RepeatedTask, SharePath, ShortNotice, Shortfall, Sum,
    UndatedBaseline, UnitWords, ValueNotInQuote,
};
use crate::Severity::{Minor, Note, Serious};
use crate::{Book, FindingKind, Severity, Texts, check, load};

/// File, replacements, and the one finding: kind, what it is about, severity.
type Planted = (
    &'static str,
    &'static [(&'static str, &'static str)],
    FindingKind,
    &'static str,
    Severity,
);

const I: &str = "indicators.toml";
const T: &str = "tasks.toml";
const C: &str = "capacity.toml";
const S: &str = "standards.toml";

const PLANTED: &[Planted] = &[
    // Sums.
    (
        C,
        &[(
            r#""120", unit = "张", quote = "2023|120""#,
            r#""121", unit = "张", quote = "2023|121""#,
        )],
        Sum,
        "t_beds_year",
        Serious,
    ),
    (
        C,
        &[
            (r#"value = "80""#, r#"value = "81""#),
            ("市场化80个", "市场化81个"),
        ],
        Sum,
        "t_places_class",
        Serious,
    ),
    (
        I,
        &[
            (
                r#"value = "100", unit = "名""#,
                r#"value = "120", unit = "名""#,
            ),
            ("每年培训100名", "每年培训120名"),
        ],
        Sum,
        "carers_trained:yearly",
        Serious,
    ),
    // Baseline, additions, target.
    (
        I,
        &[
            (r#"value = "20""#, r#"value = "18""#),
            ("养老机构数|20|30", "养老机构数|18|30"),
        ],
        Addition,
        "elder_homes:2025",
        Serious,
    ),
    (
        I,
        &[
            (r#"value = "15""#, r#"value = "19""#),
            ("托育机构数|10|15", "托育机构数|10|19"),
        ],
        Addition,
        "childcare_centres:2025",
        Minor,
    ),
    // Ratios.
    (
        I,
        &[
            (
                r#"value = "25", unit = "张""#,
                r#"value = "28", unit = "张""#,
            ),
            ("养老床位数|25|32", "养老床位数|28|32"),
        ],
        Ratio,
        "beds_per_1000_elders:2020",
        Serious,
    ),
    (
        I,
        &[
            (
                r#"value = "32", unit = "张""#,
                r#"value = "35", unit = "张""#,
            ),
            ("养老床位数|25|32", "养老床位数|25|35"),
        ],
        Ratio,
        "beds_per_1000_elders:2025",
        Minor,
    ),
    (
        I,
        &[(
            r#""50", unit = "%" },
]
source = { document = "测政发〔2021〕1号", section = "表1", quote = "4|普惠性养老床位占比|40|50""#,
            r#""70", unit = "%" },
]
source = { document = "测政发〔2021〕1号", section = "表1", quote = "4|普惠性养老床位占比|40|70""#,
        )],
        SharePath,
        "inclusive_bed_share",
        Minor,
    ),
    (
        I,
        &[
            (r#"value = "12""#, r#"value = "16""#),
            ("托育机构数|8|12", "托育机构数|8|16"),
        ],
        PartOverWhole,
        "a_filed:target",
        Serious,
    ),
    // What cannot be.
    (
        T,
        &[(
            r#"year = 2025, value = "100", unit = "%""#,
            r#"year = 2025, op = ">=", value = "100", unit = "%""#,
        )],
        Impossible,
        "b25_visit:visit_rate:2025",
        Serious,
    ),
    (
        S,
        &[(
            r#"value = "100", unit = "%", says = "全部达标""#,
            r#"value = "101", unit = "%", says = "全部达标""#,
        )],
        Impossible,
        "s_estates:new_estate_rate:undated",
        Serious,
    ),
    // Targets and tasks against what is.
    (
        I,
        &[
            (
                r#"value = "80", unit = "%" },
]"#,
                r#"value = "45", unit = "%" },
]"#,
            ),
            ("覆盖率|50|80", "覆盖率|50|45"),
        ],
        NoProgress,
        "a_rural",
        Serious,
    ),
    (
        I,
        &[
            (
                r#"value = "80", unit = "%" },
]"#,
                r#"value = "50", unit = "%" },
]"#,
            ),
            ("覆盖率|50|80", "覆盖率|50|50"),
        ],
        NoProgress,
        "a_rural",
        Minor,
    ),
    (
        T,
        &[
            (r#"value = "90""#, r#"value = "70""#),
            (
                r#"quote = "月探访率达到90%以上""#,
                r#"quote = "月探访率达到70%以上""#,
            ),
        ],
        BelowBaseline,
        "visit_rate",
        Serious,
    ),
    // Less is better: the best that already is, is the smallest.
    (
        T,
        &[(
            r#"text = "制定养老服务规划，报市政府""#,
            r#"text = "制定养老服务规划，报市政府"
measure = "bed_fee_ratio"
figures = [
  { role = "status", year = 2020, value = "60", unit = "%", quote = "60%" },
  { role = "status", year = 2021, value = "50", unit = "%", quote = "50%" },
  { role = "task", year = 2023, value = "55", unit = "%", quote = "55%" },
]"#,
        )],
        BelowBaseline,
        "bed_fee_ratio",
        Serious,
    ),
    // Dated tasks against the goal.
    (
        T,
        &[
            (
                r#"year = 2025, flow = true, value = "100""#,
                r#"year = 2025, flow = true, value = "90""#,
            ),
            (r#"quote = "末年改造100户""#, r#"quote = "末年改造90户""#),
        ],
        Shortfall,
        "home_adaptation:2025",
        Serious,
    ),
    (
        T,
        &[
            (
                r#"year = 2024, flow = true, per = "county", value = "1""#,
                r#"year = 2024, flow = true, value = "0""#,
            ),
            (r#"quote = "各县再建成1所""#, r#"quote = "再建成0所""#),
        ],
        Shortfall,
        "town_complex_share:2025",
        Minor,
    ),
    (
        T,
        &[
            (r#"value = "5""#, r#"value = "4""#),
            (
                r#"quote = "建成幸福食堂5个""#,
                r#"quote = "建成幸福食堂4个""#,
            ),
        ],
        Shortfall,
        "canteens:2025",
        Minor,
    ),
    // One thing, two values: text and table, two sections, two documents, what is, two totals, count and share.
    (
        I,
        &[(
            r#"value = "1600", unit = "张" }]
source = { document = "测政发〔2021〕1号", section = "二（一）", quote = "养老床位达到1600张""#,
            r#"value = "1650", unit = "张" }]
source = { document = "测政发〔2021〕1号", section = "二（一）", quote = "养老床位达到1650张""#,
        )],
        Differ,
        "care_beds:goal:2025",
        Serious,
    ),
    (
        S,
        &[(
            r#"value = "80", unit = "%" }]
source = { document = "测政发〔2021〕1号", section = "附件2", quote = "价格上限为市场价格的80%""#,
            r#"value = "70", unit = "%" }]
source = { document = "测政发〔2021〕1号", section = "附件2", quote = "价格上限为市场价格的70%""#,
        )],
        Differ,
        "inclusive_price_ratio:goal:2025",
        Serious,
    ),
    (
        I,
        &[(
            r#"value = "1600", unit = "张" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "全市养老床位1600张""#,
            r#"value = "1500", unit = "张" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "全市养老床位1500张""#,
        )],
        Differ,
        "care_beds:goal:2025",
        Serious,
    ),
    (
        I,
        &[(
            r#"measure = "care_beds"
figures = [{ role = "target", year = 2025, value = "1600", unit = "张" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "全市养老床位1600张""#,
            r#"measure = "care_beds"
note = "含家庭养老床位"
figures = [{ role = "target", year = 2025, value = "1500", unit = "张" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "全市养老床位1500张""#,
        )],
        Differ,
        "care_beds:goal:2025",
        Minor,
    ),
    (
        I,
        &[
            (
                r#"value = "4.5", unit = "个" }]"#,
                r#"value = "4.51", unit = "个" }]"#,
            ),
            ("托位达到4.5个", "托位达到4.51个"),
        ],
        Differ,
        "places_per_1000:goal:2025",
        Minor,
    ),
    (
        S,
        &[
            (
                r#"value = "4.00", unit = "万人" }]"#,
                r#"value = "4.20", unit = "万人" }]"#,
            ),
            ("全市老年人4.00万人", "全市老年人4.20万人"),
        ],
        Differ,
        "elders_60:state:2020",
        Serious,
    ),
    (
        C,
        &[
            (r#"value = "80""#, r#"value = "90""#),
            ("市场化80个", "市场化90个"),
            (
                r#"value = "250", unit = "个", measure"#,
                r#"value = "260", unit = "个", measure"#,
            ),
            ("托位250个", "托位260个"),
        ],
        Differ,
        "childcare_places:goal:2025:period",
        Serious,
    ),
    (
        I,
        &[
            (r#"value = "3", unit = "个""#, r#"value = "5", unit = "个""#),
            ("服务设施3个", "服务设施5个"),
        ],
        Differ,
        "town_complex_share:as_count:2025",
        Minor,
    ),
    // Names and units.
    (
        I,
        &[(
            r#"name = "农村养老设施覆盖率""#,
            r#"name = "农村养老设施数""#,
        )],
        NameUnit,
        "a_rural",
        Minor,
    ),
    (
        I,
        &[(r#"name = "养老机构数""#, r#"name = "养老机构占比""#)],
        NameUnit,
        "a_homes",
        Minor,
    ),
    (
        I,
        &[(r#"name = "养老床位""#, r#"name = "养老床位规模及增加值""#)],
        NameUnit,
        "a_g_beds",
        Minor,
    ),
    (
        I,
        &[(
            r#"name = "每千人口托位""#,
            r#"name = "每千名老人、每百张床位社工""#,
        )],
        NameUnit,
        "a_g_places",
        Minor,
    ),
    (
        I,
        &[(
            r#"value = "1600", unit = "张" }]
source = { document = "测政发〔2021〕1号", section = "二（一）""#,
            r#"value = "1600", unit = "个" }]
source = { document = "测政发〔2021〕1号", section = "二（一）""#,
        )],
        UnitWords,
        "测政发〔2021〕1号:个、张",
        Note,
    ),
    // Rows, departments, tasks and annexes.
    (
        I,
        &[(r#"name = "养老机构数""#, r#"name = "养老床位数""#)],
        DuplicateRow,
        "a_beds:a_homes",
        Minor,
    ),
    (
        I,
        &[(
            r#"measure = "care_beds"
with = ["市民政局", "市卫生健康委"]
figures = [{"#,
            r#"measure = "care_beds"
with = ["市民政局", "民政局"]
figures = [{"#,
        )],
        DuplicateDepartment,
        "a_g_beds",
        Note,
    ),
    (
        I,
        &[(
            r#"measure = "care_beds"
with = ["市民政局", "市卫生健康委"]
figures = [{"#,
            r#"measure = "care_beds"
with = ["市民政局", "市卫健委"]
figures = [{"#,
        )],
        DepartmentSpelling,
        "测政发〔2021〕1号:市卫生健康委",
        Note,
    ),
    (
        T,
        &[(
            r#"text = "落实养老服务规划""#,
            r#"text = "制定养老服务规划""#,
        )],
        RepeatedTask,
        "b23_plan",
        Note,
    ),
    (
        "plan.toml",
        &[(r#""政策表""#, r#""政策表", "清单""#)],
        EmptyAnnex,
        "测政发〔2021〕1号:3",
        Serious,
    ),
    // 附件10 is not 附件1.
    (
        C,
        &[(r#"section = "附件1""#, r#"section = "附件10""#)],
        EmptyAnnex,
        "测政发〔2021〕1号:1",
        Serious,
    ),
    // Days.
    (
        S,
        &[(r#"due = "2023-12-31""#, r#"due = "2022-10-31""#)],
        BeforeIssue,
        "s_estates",
        Note,
    ),
    (
        S,
        &[(r#"due = "2023-12-31""#, r#"due = "2023-01-31""#)],
        ShortNotice,
        "s_estates",
        Note,
    ),
    (
        I,
        &[(r#"year = 2020, value = "50""#, r#"value = "50""#)],
        UndatedBaseline,
        "测政发〔2021〕1号:表1",
        Note,
    ),
    // Digits and words against the quote.
    (
        C,
        &[(r#"value = "520""#, r#"value = "530""#)],
        ValueNotInQuote,
        "p_home:amount:530",
        Serious,
    ),
    (
        C,
        &[(r#"value = "520""#, r#"value = "20""#)],
        ValueNotInQuote,
        "p_home:amount:20",
        Serious,
    ),
    (
        S,
        &[(r#"says = "全部达标""#, r#"says = "百分之百""#)],
        ValueNotInQuote,
        "s_estates:standard:百分之百",
        Serious,
    ),
];

/// Exactly the planted finding, and nothing else.
#[test]
fn planted_errors_are_found_alone() {
    for (file, edits, kind, about, severity) in PLANTED {
        let found = check(&planted(file, edits), None);
        let told: Vec<(&str, Severity)> = found
            .iter()
            .map(|finding| (finding.id.as_str(), finding.severity))
            .collect();
        let wanted = format!("{}:{about}", kind.key());
        assert_eq!(told, [(wanted.as_str(), *severity)], "{edits:?}");
        assert_eq!(found[0].kind, *kind);
        assert!(
            !found[0].places.is_empty() && !found[0].settle.is_empty() && !found[0].says.is_empty()
        );
    }
}

/// Every kind of finding is planted at least once here.
#[test]
fn every_kind_is_planted() {
    for (kind, key, _) in FindingKind::ALL {
        let here = PLANTED.iter().any(|planted| planted.2 == kind)
            || [QuoteNotInDocument, NoText].contains(&kind);
        assert!(here, "{key}");
    }
}

/// Texts of the documents as they would be read from files, without `left_out`.
pub(super) fn texts(book: &Book, left_out: &str) -> Vec<String> {
    let of = |number: &str, title: &str| {
        let rows = book.rows.iter().filter(|row| row.source.document == number);
        let said = rows.flat_map(|row| {
            let own = row
                .figures
                .iter()
                .filter_map(|figure| figure.quote.as_deref());
            let clause = [
                Some(row.source.quote.as_str()),
                row.text.as_deref(),
                row.due_says.as_deref(),
            ];
            clause.into_iter().flatten().chain(own).collect::<Vec<_>>()
        });
        let body: String = said.map(|quote| format!("{quote}。\n")).collect();
        format!(
            "{title}\n{number}\n{}",
            body.replace(left_out, if left_out.is_empty() { "" } else { "……" })
        )
    };
    book.head
        .documents
        .iter()
        .map(|document| of(&document.number, &document.title))
        .collect()
}

/// A quote that does not stand in its document; a document whose text is not at hand.
#[test]
fn quotes_are_looked_up_in_the_documents() {
    let book = load(&files()).unwrap();
    let all = texts(&book, "甲县福利院");
    let found = check(&book, Some(&Texts::new(all.iter().map(String::as_str))));
    let told: Vec<(&str, FindingKind, Severity)> = found
        .iter()
        .map(|finding| (finding.id.as_str(), finding.kind, finding.severity))
        .collect();
    let id = "quote_not_in_document:p_home:甲县福利院|改扩建|52";
    assert_eq!(told, [(id, QuoteNotInDocument, Serious)]);

    let all = texts(&book, "");
    let found = check(
        &book,
        Some(&Texts::new(all.iter().take(1).map(String::as_str))),
    );
    let told: Vec<(&str, FindingKind, Severity)> = found
        .iter()
        .map(|finding| (finding.id.as_str(), finding.kind, finding.severity))
        .collect();
    assert_eq!(told, [("no_text:测政办发〔2022〕30号", NoText, Note)]);
}

/// Full-width digits and whitespace of a document do not hide a quote.
#[test]
fn typography_does_not_hide_a_quote() {
    let book = load(&files()).unwrap();
    let wide = |text: &String| {
        text.replace('0', "０")
            .replace("%", " ％ ")
            .replace('（', "(")
    };
    let all: Vec<String> = texts(&book, "").iter().map(wide).collect();
    let found = check(&book, Some(&Texts::new(all.iter().map(String::as_str))));
    assert_eq!(found, []);
}
#[test]
fn zz_dump() {
    let q = |s: &str| if s.contains('\n') { format!("'''{s}'''") } else { format!("'{s}'") };
    let mut out = String::new();
    for (file, edits, kind, about, severity) in PLANTED {
        out.push_str(&format!("[[planted]]\nfinding = \"{}:{about}\"\nseverity = \"{}\"\nfile = \"{file}\"\nedits = [\n", kind.key(), severity.key()));
        for (a, b) in *edits { out.push_str(&format!("  [{}, {}],\n", q(a), q(b))); }
        out.push_str("]\n\n");
    }
    std::fs::write("/tmp/planted.toml", out).unwrap();
}

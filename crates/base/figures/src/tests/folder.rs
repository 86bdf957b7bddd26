//! A small but complete plan without a single conflict: two documents, two counties, five towns.

use crate::{Book, load};
use rules::Files;

const PLAN: &str = include_str!("folder/plan.toml");
const AREAS: &str = include_str!("folder/areas.toml");
/// 表1 of the first document: name, measure, unit, now, 2025, and the domain.
const TABLE: [(&str, &str, &str, &str, &str, &str, &str); 9] = [
    (
        "a_homes",
        "养老",
        "养老机构数",
        "elder_homes",
        "家",
        "20",
        "30",
    ),
    (
        "a_beds",
        "养老",
        "养老床位数",
        "care_beds",
        "张",
        "1000",
        "1600",
    ),
    (
        "a_per_1000",
        "养老",
        "每千名老年人养老床位数",
        "beds_per_1000_elders",
        "张",
        "25",
        "32",
    ),
    (
        "a_inclusive",
        "养老",
        "普惠性养老床位占比",
        "inclusive_bed_share",
        "%",
        "40",
        "50",
    ),
    (
        "a_rural",
        "养老",
        "农村养老设施覆盖率",
        "rural_coverage",
        "%",
        "50",
        "80",
    ),
    (
        "a_visit",
        "养老",
        "特殊困难老年人月探访率",
        "visit_rate",
        "%",
        "80",
        "100",
    ),
    (
        "a_centres",
        "托育",
        "托育机构数",
        "childcare_centres",
        "家",
        "10",
        "15",
    ),
    (
        "a_filed",
        "托育",
        "登记备案的托育机构数",
        "filed_centres",
        "家",
        "8",
        "12",
    ),
    (
        "a_places",
        "托育",
        "每千人口拥有托位数",
        "places_per_1000",
        "个",
        "3.0",
        "4.5",
    ),
];

const GOALS: &str = include_str!("folder/goals.toml");
/// Dated tasks of the second document: id, year, name, text, figure.
const TASKS: [(&str, i32, &str, &str, &str); 11] = [
    (
        "b23_visit",
        2023,
        "探访关爱",
        "月探访率达到90%以上",
        r#"measure = "visit_rate", year = 2023, op = ">=", value = "90", unit = "%""#,
    ),
    (
        "b24_visit",
        2024,
        "探访关爱",
        "月探访率达到95%以上",
        r#"measure = "visit_rate", year = 2024, op = ">=", value = "95", unit = "%""#,
    ),
    (
        "b25_visit",
        2025,
        "探访关爱",
        "月探访率达到100%",
        r#"measure = "visit_rate", year = 2025, value = "100", unit = "%""#,
    ),
    (
        "b23_adapt",
        2023,
        "适老化改造",
        "当年改造100户",
        r#"measure = "home_adaptation", year = 2023, flow = true, value = "100", unit = "户""#,
    ),
    (
        "b24_adapt",
        2024,
        "适老化改造",
        "再改造100户以上",
        r#"measure = "home_adaptation", year = 2024, flow = true, op = ">=", value = "100", unit = "户""#,
    ),
    (
        "b25_adapt",
        2025,
        "适老化改造",
        "末年改造100户",
        r#"measure = "home_adaptation", year = 2025, flow = true, value = "100", unit = "户""#,
    ),
    (
        "b23_complex",
        2023,
        "街道设施",
        "各县建成1所",
        r#"measure = "town_complexes", year = 2023, flow = true, per = "county", value = "1", unit = "所""#,
    ),
    (
        "b24_complex",
        2024,
        "街道设施",
        "各县再建成1所",
        r#"measure = "town_complexes", year = 2024, flow = true, per = "county", value = "1", unit = "所""#,
    ),
    (
        "b23_canteen",
        2023,
        "幸福食堂",
        "建成幸福食堂5个",
        r#"measure = "canteens", year = 2023, flow = true, value = "5", unit = "个""#,
    ),
    (
        "b23_plan",
        2023,
        "服务规划",
        "制定养老服务规划，报市政府",
        "",
    ),
    ("b24_plan", 2024, "服务规划", "落实养老服务规划", ""),
];

const CAPACITY: &str = include_str!("folder/capacity.toml");
const STANDARDS: &str = include_str!("folder/standards.toml");
fn indicators() -> String {
    let mut out = String::new();
    for (index, (id, domain, name, measure, unit, now, goal)) in TABLE.iter().enumerate() {
        let no = index + 1;
        out.push_str(&format!(
            r#"
[[indicator]]
id = "{id}"
table = "表1"
no = {no}
domain = "{domain}"
name = "{name}"
nature = "预期性"
measure = "{measure}"
with = ["市民政局", "市卫生健康委"]
figures = [
  {{ role = "baseline", year = 2020, value = "{now}", unit = "{unit}" }},
  {{ role = "target", year = 2025, value = "{goal}", unit = "{unit}" }},
]
source = {{ document = "测政发〔2021〕1号", section = "表1", quote = "{no}|{name}|{now}|{goal}" }}
"#
        ));
    }
    out + GOALS
}

fn tasks() -> String {
    let mut out = String::new();
    for (id, year, name, text, figure) in TASKS {
        let figures = if figure.is_empty() {
            String::new()
        } else {
            format!("figures = [{{ role = \"task\", {figure} }}]\n")
        };
        out.push_str(&format!(
            r#"
[[task]]
id = "{id}"
list = "任务表（{year}年）"
year = {year}
domain = "养老"
name = "{name}"
text = "{text}"
due = "{year}-12-31"
due_says = "{year}年底前"
lead = ["市民政局"]
with = ["各县人民政府"]
{figures}source = {{ document = "测政办发〔2022〕30号", section = "任务表（{year}年）{name}", quote = "{text}" }}
"#
        ));
    }
    out
}

/// The folder.
pub(super) fn files() -> Files {
    [
        ("plan.toml", PLAN.to_owned()),
        ("areas.toml", AREAS.to_owned()),
        ("indicators.toml", indicators()),
        ("tasks.toml", tasks()),
        ("capacity.toml", CAPACITY.to_owned()),
        ("standards.toml", STANDARDS.to_owned()),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into()
}

/// One edit of a data file beside this one: what it shows, the file it changes, texts and what takes their place.
pub(super) struct Edit {
    pub(super) why: String,
    /// The one finding that it raises, and its severity; empty where it raises none.
    pub(super) finding: String,
    pub(super) severity: String,
    file: String,
    edits: Vec<(String, String)>,
}

/// Edits of a data file: its tables of this name.
pub(super) fn edits(text: &str, name: &str) -> Vec<Edit> {
    let table: toml::Table = text.parse().unwrap();
    let rows = table[name].as_array().unwrap().iter();
    rows.map(|row| {
        let text = |key: &str| {
            row.get(key)
                .and_then(toml::Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let pair = |pair: &toml::Value| {
            let texts = pair.as_array().unwrap();
            (
                texts[0].as_str().unwrap().to_owned(),
                texts[1].as_str().unwrap().to_owned(),
            )
        };
        Edit {
            why: text("why"),
            finding: text("finding"),
            severity: text("severity"),
            file: text("file"),
            edits: row["edits"].as_array().unwrap().iter().map(pair).collect(),
        }
    })
    .collect()
}

impl Edit {
    /// The folder with this edit made.
    pub(super) fn book(&self) -> Book {
        let edits: Vec<(&str, &str)> = self
            .edits
            .iter()
            .map(|(from, to)| (from.as_str(), to.as_str()))
            .collect();
        planted(&self.file, &edits)
    }
}

/// The folder with texts replaced; each must stand there exactly once.
pub(super) fn planted(file: &str, edits: &[(&str, &str)]) -> Book {
    let mut files = files();
    for (from, to) in edits {
        let text = &files[file];
        assert_eq!(text.matches(from).count(), 1, "{file}: {from}");
        let text = text.replacen(from, to, 1);
        files.insert(file.to_owned(), text);
    }
    load(&files).unwrap_or_else(|problems| panic!("{edits:?}: {problems:#?}"))
}

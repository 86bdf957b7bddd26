//! A small but complete plan without a single conflict: two documents, two counties, five towns.

use crate::{Book, load};
use rules::Files;

const PLAN: &str = r#"
format = 1
slug = "ceshi"
place = "测试市"
area = "4299"
level = "市"

[[document]]
number = "测政发〔2021〕1号"
title = "测试市“一老一小”整体解决方案"
issuer = "测试市人民政府"
issued_on = "2021-03-01"
from = "2021-01-01"
until = "2025-12-31"
annexes = ["项目表", "政策表"]

[[document]]
number = "测政办发〔2022〕30号"
title = "测试市三年行动计划"
issuer = "测试市人民政府办公室"
issued_on = "2022-12-01"
from = "2023-01-01"
until = "2025-12-31"

[[department]]
name = "市民政局"
also = ["民政局"]
[[department]]
name = "市卫生健康委"
also = ["市卫健委"]
"#;

const AREAS: &str = r#"
source = { basis = "测试" }
[[county]]
code = "429901"
name = "甲县"
[[county.town]]
code = "429901001"
name = "一镇"
villages = [["001", "一村"]]
[[county.town]]
code = "429901002"
name = "二镇"
villages = [["001", "二村"]]
[[county]]
code = "429902"
name = "乙县"
[[county.town]]
code = "429902001"
name = "三镇"
villages = [["001", "三村"]]
[[county.town]]
code = "429902002"
name = "四镇"
villages = [["001", "四村"]]
[[county.town]]
code = "429902003"
name = "五镇"
villages = [["001", "五村"]]
"#;

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

const GOALS: &str = r#"
[[indicator]]
id = "a_g_beds"
domain = "养老"
name = "养老床位"
measure = "care_beds"
with = ["市民政局", "市卫生健康委"]
figures = [{ role = "target", year = 2025, value = "1600", unit = "张" }]
source = { document = "测政发〔2021〕1号", section = "二（一）", quote = "养老床位达到1600张" }

[[indicator]]
id = "a_g_places"
domain = "托育"
name = "每千人口托位"
measure = "places_per_1000"
figures = [{ role = "target", year = 2025, value = "4.5", unit = "个" }]
source = { document = "测政发〔2021〕1号", section = "二（三）", quote = "每千人口托位达到4.5个" }

[[indicator]]
id = "a_g_homes"
domain = "养老"
name = "新增养老机构"
measure = "elder_homes"
figures = [{ role = "target", from = 2021, until = 2025, flow = true, value = "10", unit = "家" }]
source = { document = "测政发〔2021〕1号", section = "二（二）", quote = "新增养老机构10家" }

[[indicator]]
id = "a_g_centres"
domain = "托育"
name = "新建改建托育机构"
measure = "childcare_centres"
figures = [{ role = "target", from = 2021, until = 2025, flow = true, mixed = true, value = "8", unit = "家" }]
source = { document = "测政发〔2021〕1号", section = "二（三）", quote = "新建改建托育机构8家" }

[[indicator]]
id = "a_g_complexes"
domain = "养老"
name = "街道综合养老服务设施"
measure = "town_complexes"
figures = [{ role = "target", year = 2025, value = "3", unit = "个" }]
source = { document = "测政发〔2021〕1号", section = "二（二）", quote = "建成街道综合养老服务设施3个" }

[[indicator]]
id = "b_g_beds"
domain = "养老"
name = "全市养老床位"
measure = "care_beds"
figures = [{ role = "target", year = 2025, value = "1600", unit = "张" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "全市养老床位1600张" }

[[indicator]]
id = "b_g_adaptation"
domain = "养老"
name = "居家适老化改造"
measure = "home_adaptation"
figures = [{ role = "target", from = 2023, until = 2025, flow = true, op = ">=", value = "300", unit = "户" }]
source = { document = "测政办发〔2022〕30号", section = "二（一）", quote = "三年改造300户以上" }

[[indicator]]
id = "b_g_complexes"
domain = "养老"
name = "街道综合养老服务设施覆盖率"
measure = "town_complex_share"
figures = [{ role = "target", year = 2025, op = ">=", value = "60", unit = "%" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "60%以上的街道有综合养老服务设施" }

[[indicator]]
id = "b_g_canteens"
domain = "养老"
name = "幸福食堂"
measure = "canteens"
figures = [{ role = "target", year = 2025, per = "town", op = ">=", value = "1", unit = "个" }]
source = { document = "测政办发〔2022〕30号", section = "二（二）", quote = "每个街道至少1个幸福食堂" }

[[indicator]]
id = "b_g_carers"
domain = "养老"
name = "培训养老护理员"
measure = "carers_trained"
figures = [{ role = "target", from = 2023, until = 2025, flow = true, value = "300", unit = "名" }]
source = { document = "测政办发〔2022〕30号", section = "一", quote = "三年培训养老护理员300名" }

[[indicator]]
id = "b_g_carers_yearly"
domain = "养老"
name = "每年培训养老护理员"
measure = "carers_trained"
figures = [{ role = "target", from = 2023, until = 2025, flow = true, each_year = true, value = "100", unit = "名" }]
source = { document = "测政办发〔2022〕30号", section = "三（一）", quote = "每年培训100名" }
"#;

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

const CAPACITY: &str = r#"
[[table]]
id = "t_beds_year"
domain = "养老"
by = "year"
name = "养老床位年度计划"
measure = "care_beds"
figures = [
  { role = "part", year = 2021, flow = true, value = "100", unit = "张", quote = "2021|100" },
  { role = "part", year = 2022, flow = true, value = "110", unit = "张", quote = "2022|110" },
  { role = "part", year = 2023, flow = true, value = "120", unit = "张", quote = "2023|120" },
  { role = "part", year = 2024, flow = true, value = "130", unit = "张", quote = "2024|130" },
  { role = "part", year = 2025, flow = true, value = "140", unit = "张", quote = "2025|140" },
  { role = "total", from = 2021, until = 2025, flow = true, value = "600", unit = "张", quote = "合计|600" },
]
source = { document = "测政发〔2021〕1号", section = "表2", quote = "年度|床位" }

[[table]]
id = "t_beds_class"
domain = "养老"
by = "class"
name = "养老床位分类计划"
figures = [
  { role = "part", class = "公办", from = 2021, until = 2025, flow = true, value = "150", unit = "张", measure = "public_beds" },
  { role = "part", class = "普惠", from = 2021, until = 2025, flow = true, value = "400", unit = "张", measure = "inclusive_beds" },
  { role = "part", class = "市场化", from = 2021, until = 2025, flow = true, value = "50", unit = "张", measure = "market_beds" },
  { role = "total", from = 2021, until = 2025, flow = true, value = "600", unit = "张", measure = "care_beds" },
]
source = { document = "测政发〔2021〕1号", section = "二（一）", quote = "床位600张，其中公办150张，普惠400张，市场化50张" }

[[table]]
id = "t_places_year"
domain = "托育"
by = "year"
name = "托位年度计划"
measure = "childcare_places"
figures = [
  { role = "part", year = 2024, flow = true, value = "101", unit = "个", quote = "2024|101" },
  { role = "part", year = 2025, flow = true, value = "149", unit = "个", quote = "2025|149" },
  { role = "total", from = 2024, until = 2025, flow = true, value = "250", unit = "个", quote = "合计|250" },
]
source = { document = "测政发〔2021〕1号", section = "表2", quote = "年度|托位" }

[[table]]
id = "t_places_class"
domain = "托育"
by = "class"
name = "托位分类计划"
figures = [
  { role = "part", class = "公办", from = 2024, until = 2025, flow = true, value = "170", unit = "个", measure = "public_places" },
  { role = "part", class = "市场化", from = 2024, until = 2025, flow = true, value = "80", unit = "个", measure = "market_places" },
  { role = "total", from = 2024, until = 2025, flow = true, value = "250", unit = "个", measure = "childcare_places" },
]
source = { document = "测政发〔2021〕1号", section = "二（三）", quote = "托位250个，公办170个、市场化80个" }

[[project]]
id = "p_home"
name = "甲县福利院"
domain = "养老"
what = "改扩建"
lead = ["市民政局"]
figures = [{ role = "amount", value = "520", unit = "万元", measure = "project_investment" }]
source = { document = "测政发〔2021〕1号", section = "附件1", quote = "甲县福利院|改扩建|520万元" }
"#;

const STANDARDS: &str = r#"
[[standard]]
id = "s_price"
kind = "价格"
domain = "综合"
name = "普惠价格"
measure = "inclusive_price_ratio"
figures = [{ role = "limit", year = 2025, op = "<=", value = "80", unit = "%" }]
source = { document = "测政发〔2021〕1号", section = "二（二）", quote = "普惠价格不高于市场价格的80%" }

[[standard]]
id = "s_price_again"
kind = "价格"
domain = "综合"
name = "普惠价格"
measure = "inclusive_price_ratio"
figures = [{ role = "limit", year = 2025, op = "<=", value = "80", unit = "%" }]
source = { document = "测政发〔2021〕1号", section = "附件2", quote = "价格上限为市场价格的80%" }

[[standard]]
id = "s_elders"
kind = "现状"
domain = "养老"
name = "老年人"
measure = "elders_60"
figures = [
  { role = "status", year = 2020, value = "4.00", unit = "万人" },
  { role = "forecast", year = 2025, value = "5.00", unit = "万人", quote = "到2025年约5.00万人" },
]
source = { document = "测政发〔2021〕1号", section = "前言", quote = "老年人4.00万人" }

[[standard]]
id = "s_elders_again"
kind = "现状"
domain = "养老"
name = "全市老年人"
measure = "elders_60"
figures = [{ role = "status", year = 2020, value = "4.00", unit = "万人" }]
source = { document = "测政办发〔2022〕30号", section = "前言", quote = "2020年全市老年人4.00万人" }

[[standard]]
id = "s_estates"
kind = "标准"
domain = "养老"
name = "新建小区配套"
measure = "new_estate_rate"
due = "2023-12-31"
due_says = "2023年底前"
figures = [{ role = "standard", value = "100", unit = "%", says = "全部达标" }]
source = { document = "测政办发〔2022〕30号", section = "三（二）", quote = "新建小区配套全部达标" }
"#;

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

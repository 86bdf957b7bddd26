//! Every form of the condition language, not only those that 随州 uses.

use crate::agrees::all_agree;
use crate::common::{Scratch, day, numbers, person, write};
use kernel::Day;
use rules::facts::{FactId, Facts, Value};
use rules::folder::load;
use rules::{Files, List, compile};

/// Conditions and amounts, an item each, with every corner of the language.
const ROWS: [(&str, &str); 30] = [
    (
        "months < 36 and birth_order in (1, 3)",
        "case when months < 12 then 100 else 200 end",
    ),
    (
        "age between 18 and 59 or age in (3, 65, 90)",
        "age * 100 + months",
    ),
    ("age <> 60", "9000000000 * 999999999 * (age - 50) * 0"),
    ("60 <= age and not (age > 79)", "param('分地区')"),
    (
        "disability_card_until >= as_of or disability_card_until < date '2024-01-01'",
        "0 - age",
    ),
    ("dead_on <= moved_out_on", "pct(param('分地区'), 20)"),
    (
        "living not in ('alone', 'other')",
        "pct(param('单价') * age, param('比例'))",
    ),
    ("tekun_choice = tekun_mode", "pct(0 - age, 10)"),
    (
        "tekun_choice <> tekun_mode",
        "case when urban then 1 when not urban then 2 end",
    ),
    (
        "residence_area = '421303001' or hukou_area in ('4203', '421381')",
        "param('无值')",
    ),
    (
        "residence_area <> '421303'",
        "case when dibao then param('无值') else 5 end",
    ),
    ("age >= param('分地区年龄')", "param('单价')"),
    (
        "ability_level >= param('等级') or param('开关')",
        "ability_level * param('单价')",
    ),
    ("param('选项') = '甲'", "1"),
    ("param('选项') <> '乙' or alive = false", "2"),
    (
        "case when urban then dibao when dibao_household then false else low_income end",
        "3",
    ),
    ("case when sex = 'male' then 60 else 55 end <= age", "4"),
    (
        "case when tekun then birth_date when dibao then dead_on else as_of end <= as_of",
        "5",
    ),
    ("(urban = dibao) or (tekun <> low_income)", "6"),
    ("entitled(4) and not entitled(12)", "7"),
    (
        "entitled(20) or entitled(16)",
        "case when entitled(3) then 8 else 9 end",
    ),
    (
        "disability_grade = ability_level or disability_grade + 1 > birth_order",
        "10",
    ),
    ("true and (age >= 0 or false)", "11"),
    ("age >= 200 and alive", "12"),
    ("age < 1000 and months >= 0", "13"),
    (
        "case when true then dementia else orphan end",
        "case when false then 1 else 14 end",
    ),
    (
        "case when disability_grade = 0 then false else disability_card_until >= as_of end",
        "15",
    ),
    ("alive in (true)", "age * age * months - 7"),
    ("not (age >= 60 and age < 70) and not (months = 100)", "16"),
    (
        "age >= 60 and (birth_date < date '1950-01-01' or birth_date > date '1960-01-01')",
        "17",
    ),
];

const PARAMS: &str = r#"
[[param]]
name = "比例金额取整"
unit = "word"
says = "取整"
source = { basis = "测试" }
values = [ { from = "2020-01-01", word = "舍去不足一分" }, { from = "2020-01-01", area = "421303", word = "四舍五入到元" } ]
[[param]]
name = "闰日出生的平年生日"
unit = "word"
says = "闰日"
source = { basis = "测试" }
values = [ { from = "2020-01-01", word = "LEAP" } ]
[[param]]
name = "分地区"
unit = "fen"
says = "分地区"
source = { basis = "测试" }
values = [
  { from = "2020-01-01", fen = 100033 },
  { from = "2020-01-01", urban = true, fen = 120077 },
  { from = "2020-01-01", area = "421303", fen = 68033 },
  { from = "2024-07-01", area = "421303", urban = false, fen = 54001 },
]
[[param]]
name = "分地区年龄"
unit = "age"
says = "年龄"
source = { basis = "测试" }
values = [ { from = "2020-01-01", area = "421303", number = 60 }, { from = "2020-01-01", area = "421321", number = 65 } ]
[[param]]
name = "单价"
unit = "fen"
says = "单价"
source = { basis = "测试" }
values = [ { from = "2020-01-01", fen = 333 }, { from = "2025-01-01", fen = 377 } ]
[[param]]
name = "比例"
unit = "percent"
says = "比例"
source = { basis = "测试" }
values = [ { from = "2020-01-01", urban = true, number = 17 } ]
[[param]]
name = "等级"
unit = "level"
says = "等级"
source = { basis = "测试" }
values = [ { from = "2020-01-01", number = 2 } ]
[[param]]
name = "开关"
unit = "flag"
says = "开关"
source = { basis = "测试" }
values = [ { from = "2020-01-01", urban = true, flag = true } ]
[[param]]
name = "选项"
unit = "word"
says = "选项"
source = { basis = "测试" }
values = [ { from = "2020-01-01", area = "421303", word = "甲" }, { from = "2020-01-01", word = "乙" } ]
[[param]]
name = "无值"
unit = "fen"
says = "无值"
source = { basis = "测试" }
values = []
"#;

fn list(leap: &str, rows: &[(&str, &str)]) -> List {
    let plan = "format = 1\nslug = \"test\"\nplace = \"测试市\"\narea = \"4213\"\n";
    let until = rows.len();
    let mut services = format!(
        "[list]\nname = \"清单\"\nversion = \"2023-06-01\"\n\
         classes = [ {{ from = 1, until = {until}, name = \"全部\" }} ]\nsource = {{ basis = \"测试\" }}\n",
    );
    for (at, (when, amount)) in rows.iter().enumerate() {
        let no = at + 1;
        let basis = if no % 2 == 0 { "hukou" } else { "residence" };
        services.push_str(&format!(
            "[[service]]\nno = {no}\nname = \"项{no}\"\ncontent = \"内容\"\naudience = \"对象\"\n\
             service_type = \"物质帮助\"\nlead = [\"市民政局\"]\naccess = \"依申请\"\n\
             area_basis = \"{basis}\"\nbeneficiary = \"self\"\n\
             benefit = {{ kind = \"money\", unit = \"month\" }}\n\
             conditions = [ {{ says = \"条件\", when = \"{when}\" }} ]\n\
             amount = \"{amount}\"\nsource = {{ basis = \"测试\" }}\n",
        ));
    }
    let mut files = Files::new();
    files.insert("plan.toml".into(), plan.into());
    files.insert("services.toml".into(), services);
    files.insert("params.toml".into(), PARAMS.replace("LEAP", leap));
    let folder = load(&files).unwrap_or_else(|problems| panic!("{problems:#?}"));
    compile(&folder, None).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Rows C01, C03; engineering 5: three answers, overflow, rounding, areas, words, months, leap days.
#[test]
fn every_form_agrees_with_the_rules() {
    for leap in ["3月1日", "2月28日"] {
        let list = list(leap, &ROWS);
        for as_of in [
            "2025-06-30",
            "2025-02-28",
            "2024-02-29",
            "2024-07-01",
            "2019-12-31",
        ] {
            let as_of: Day = day(as_of);
            let mut next = numbers(as_of.number() as u64);
            let people: Vec<Facts> = (0..1_200).map(|_| person(as_of, &mut next)).collect();
            all_agree(&list, as_of, &people, "language").unwrap_or_else(|e| panic!("{as_of} {e}"));
        }
    }
}

/// Invariant 3: of somebody of whom nothing is known nothing is refused that could be true.
#[test]
fn a_list_over_nobody_and_over_somebody_unknown() {
    let (list, as_of) = (list("3月1日", &ROWS), day("2025-06-30"));
    all_agree(&list, as_of, &[], "nobody").unwrap();
    all_agree(&list, as_of, &[Facts::default()], "unknown").unwrap();
}

/// Invariant 6: a sum that no number holds is an error, not another number.
#[test]
fn a_sum_too_large_is_refused() {
    let list = list("3月1日", &[("alive", "9000000000 * 999999999")]);
    let (scratch, as_of) = (Scratch::new("sum"), day("2025-06-30"));
    let path = scratch.path("people.parquet");
    let mut alive = Facts::default();
    alive.set(FactId::ALIVE, Some(Value::Bool(true)));
    write(&path, as_of, &[alive.clone()]);
    let totals = engine::run(&list, &path, as_of, 1).unwrap();
    assert_eq!(totals.items[0].all.fen, 8_999_999_991_000_000_000);
    write(&path, as_of, &[alive.clone(), alive]);
    let refused = engine::run(&list, &path, as_of, 1).unwrap_err();
    assert!(matches!(refused, engine::Error::Sum { no: 1 }));
}

//! The whitelist: what is refused, where and with which remedy; what is allowed and typed.

use super::{files, list, service, told, when};
use crate::folder::load;
use crate::{Problem, compile};

fn problems(services: &[String]) -> Vec<Problem> {
    load(&files(services))
        .and_then(|folder| compile(&folder, None))
        .expect_err("compiles")
}

/// Invariants 3 and 4; engineering.md 5: each form outside the language is refused with its place
/// and what to write instead.
#[test]
fn forms_outside_the_language_are_refused_with_line_and_remedy() {
    for (text, what, remedy) in [
        ("dibao is null", "is …", "待核实"),
        ("dibao is not null", "is …", "待核实"),
        ("dibao is true", "is …", "待核实"),
        ("dibao is not false", "is …", "待核实"),
        ("dibao is unknown", "is …", "待核实"),
        ("dibao is distinct from tekun", "is …", "待核实"),
        ("coalesce(dibao, false)", "coalesce()", "待核实"),
        ("nullif(ability_level, 0) = 1", "nullif()", "待核实"),
        ("dibao = null", "null", "待核实"),
        ("age / 2 > 40", "运算符 /", "pct"),
        ("age % 2 = 0", "运算符 %", "pct"),
        ("age >= 79.5", "数字", "整数"),
        ("age >= 1e2", "数字", "整数"),
        ("age >= 99999999999999999999", "数字", "整数"),
        ("living like 'a%'", "like", "in"),
        ("living || 'x' = 'alone'", "||", "in"),
        ("lower(living) = 'alone'", "lower()", "in"),
        ("substring(living from 1) = 'alone'", "文字函数", "in"),
        ("cast(age as text) = '80'", "类型转换", "直接比较"),
        ("age::text = '80'", "类型转换", "直接比较"),
        ("extract(year from birth_date) < 1945", "日期函数", "age"),
        ("now() > birth_date", "now()", "as_of"),
        ("birth_date < interval '1 day'", "日期函数", "as_of"),
        ("exists (select 1)", "子查询", "本人的事实"),
        ("age > (select 1)", "子查询", "本人的事实"),
        ("living in (select 1)", "子查询", "字面值"),
        ("person.dibao", "带点", "dibao"),
        ("\\\"dibao\\\"", "没有这种写法", "事实"),
        ("random() > 1", "random()", "事实"),
        ("count(*) > 1", "count()", "事实"),
        ("param('比例') over () > 1", "调用", "事实"),
        ("param(distinct '比例') > 1", "调用", "事实"),
        (
            "case living when 'alone' then true else false end",
            "case 值",
            "case when",
        ),
        ("case when dibao then true end", "else", "补上 else"),
        ("case when dibao then 1 else false end", "各支", "同一种"),
        (
            "case when dibao then 'a' else 'b' end = 'a'",
            "各支",
            "同一种",
        ),
        ("pct(100, 20) > 1", "pct", "amount"),
        ("age > any(array[1])", "没有这种写法", "事实"),
        ("true; drop table person", "之后的内容", "一个表达式"),
        ("dibao tekun", "之后的内容", "一个表达式"),
        ("", "when", "文字"),
        ("(dibao", "看不懂", "SQL"),
        ("dibao and 'x", "看不懂", "SQL"),
        ("$1", "字面值", "单引号"),
        ("+age > 1", "没有这种写法", "事实"),
    ] {
        let found = problems(&[service(1, &when("true"), ""), service(2, &when(text), "")]);
        let problem = found.first().unwrap();
        assert_eq!(problem.file, "services.toml", "{text}");
        assert!(
            problem.line == 30 || problem.line == 29,
            "{text}: {problem}"
        );
        assert!(problem.what.contains(what), "{text}: {problem}");
        assert!(problem.remedy.contains(remedy), "{text}: {problem}");
    }
}

/// Invariant 4 (fail closed): unknown names, wrong types and values a fact cannot have.
#[test]
fn names_types_and_values_are_checked() {
    for (text, what, remedy) in [
        ("dibao_houshold", "dibao_houshold", "是不是 dibao_household"),
        ("Age >= 80", "Age", "是不是 age"),
        ("agee >= 80", "agee", "birth_date"),
        ("merit = 'veteran'", "merit", "merit_martyr_family"),
        ("guardian_ids = 'x'", "只登记", "事实"),
        ("age", "条件得出的是整数", "age >= 80"),
        ("living", "条件得出的是选项", "比较"),
        ("living = 'together'", "together", "alone、empty_nest"),
        ("living = 'alnoe'", "是不是 alone", "empty_nest"),
        ("living in ('alone', 'x')", "「x」", "alone"),
        ("living > 'alone'", "不能用 >", "="),
        ("living = tekun_choice", "", ""),
        ("living = param('方式')", "字面值", "alone"),
        ("tekun_mode = sex", "", ""),
        ("dibao > tekun", "不能用 >", "="),
        ("dibao = 1", "是否不能与整数", "同一类型"),
        ("age = '80'", "整数不能与文字", "同一类型"),
        ("birth_date < '1945-01-01'", "日期", "date '2025-06-30'"),
        (
            "birth_date < date '1945-02-30'",
            "1945-02-30",
            "date '2025-06-30'",
        ),
        ("birth_date < 19450101", "日期不能与整数", "同一类型"),
        ("ability_level >= 5", "不会是 5", "0 到 4"),
        ("disability_grade in (1, 7)", "不会是 7", "0 到 4"),
        ("disability_grade between 1 and 9", "不会是 9", "0 到 4"),
        ("hukou_area = '4213x'", "4213x", "421303"),
        ("hukou_area < '421303'", "不能用 <", "="),
        ("age in (60, param('无值'))", "字面值", "or"),
        ("not age", "这里要是否", "比较"),
        ("age and dibao", "这里要是否", "比较"),
        ("age + dibao > 1", "这里要整数", "比较"),
        ("age >= param('无直')", "无直", "是不是 无值"),
        ("age >= param('全新')", "全新", "params.toml"),
        ("age >= param(比例)", "参数", "param("),
        ("age >= param(\\\"比例\\\")", "", ""),
        ("age >= param('方式')", "整数不能与文字", "同一类型"),
        ("entitled(2)", "entitled(2)", "更小"),
        ("entitled(3)", "entitled(3)", "更小"),
        ("entitled(0)", "entitled(0)", "更小"),
        ("entitled('1')", "编号", "entitled(15)"),
        ("entitled(1, 2)", "参数", "entitled(编号)"),
    ] {
        let found = problems(&[service(1, &when("true"), ""), service(2, &when(text), "")]);
        let problem = found.first().unwrap();
        assert!(problem.what.contains(what), "{text}: {problem}");
        assert!(problem.remedy.contains(remedy), "{text}: {problem}");
        assert!(!problem.remedy.is_empty());
    }
}

/// Invariant 6: an amount is a whole number and says how it is rounded.
#[test]
fn amounts_are_whole_numbers() {
    for (text, what) in [
        ("age >= 80", "金额得出的是是否"),
        ("param('方式')", "金额得出的是文字"),
        ("pct(pct(100, 20), 20)", "不能再写 pct"),
        ("pct(100)", "参数不对"),
        ("pct(100, 0.5)", "数字"),
        ("case when dibao then 1 else true end", "各支"),
    ] {
        let amount = format!("amount = \"{text}\"");
        let found = problems(&[service(1, &when("true"), &amount)]);
        assert!(
            found.iter().any(|problem| problem.what.contains(what)),
            "{text}: {}",
            told(&found)
        );
    }
    let mut without = files(&[service(1, &when("true"), "amount = \"pct(100, 20)\"")]);
    without.insert("params.toml".into(), String::new());
    let found = compile(&load(&without).unwrap(), None).unwrap_err();
    assert!(
        found.first().unwrap().remedy.contains("比例金额取整"),
        "{}",
        told(&found)
    );
}

/// plan-format.md, "The condition language": everything it allows compiles.
#[test]
fn the_whole_language_compiles() {
    let texts = [
        "age >= 80",
        "80 <= age",
        "months < 36",
        "not dibao",
        "alive = true",
        "dibao <> tekun",
        "living in ('alone', 'empty_nest')",
        "living not in ('institution')",
        "'alone' = living",
        "disability_kind = '智力'",
        "tekun_choice = tekun_mode",
        "age between 60 and 69",
        "age not between 60 and 69",
        "disability_card_until >= as_of",
        "birth_date < date '1945-01-01'",
        "hukou_local",
        "hukou_area = '421303'",
        "residence_area in ('421303', '421321')",
        "hukou_area <> residence_area",
        "age >= param('无值')",
        "param('方式') = '按类别'",
        "param('开关') and dibao",
        "age + 1 >= 60 * 1 - 0",
        "age > -1",
        "-age < 0",
        "entitled(1) or dibao",
        "case when urban then low_income when dibao then true else false end",
        "merit_veteran or merit_pension",
        "true",
        "(((dibao)))",
        "dibao and tekun or not urban",
    ];
    let mut services = vec![service(1, &when("dibao"), "")];
    for (text, no) in texts.iter().zip(2..) {
        services.push(service(no, &when(text), ""));
    }
    let list = list(&services);
    // «alive», «dibao» and each text once.
    assert_eq!(list.conditions().len(), texts.len() + 2);
    assert_eq!(list.items().last().unwrap().conditions.len(), 2);
}

/// Invariant 4: no text, however long or deep, brings the reader down.
#[test]
fn long_and_deep_texts_are_refused_or_read() {
    let chain = vec!["dibao"; 400].join(" or ");
    assert_eq!(list(&[service(1, &when(&chain), "")]).items().len(), 1);
    let deep = format!("{}dibao{}", "(".repeat(300), ")".repeat(300));
    let nots = format!("{} dibao", "not ".repeat(300));
    let sum = format!("{} > 1", vec!["age"; 300].join(" + "));
    let long = vec!["dibao"; 1000].join(" or ");
    for text in [deep, nots, sum, long] {
        assert_eq!(problems(&[service(1, &when(&text), "")]).len(), 1);
    }
    let mut nested = "dibao".to_owned();
    for _ in 0..16 {
        nested = format!("case when {nested} then true else false end");
    }
    let found = problems(&[service(1, &when(&nested), "")]);
    assert!(
        found.first().unwrap().remedy.contains("case"),
        "{}",
        told(&found)
    );
    let mut chained = vec![service(1, &when("dibao"), "")];
    for no in 2..20_u16 {
        chained.push(service(no, &when(&format!("entitled({})", no - 1)), ""));
    }
    assert!(
        problems(&chained)
            .first()
            .unwrap()
            .remedy
            .contains("entitled")
    );
}

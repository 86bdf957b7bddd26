//! Holes in procedures are refused by name.

use super::*;

const TEXT: &str = include_str!("../../../../procedures/suizhou/procedures.toml");

fn programmes() -> BTreeSet<String> {
    [
        "senior_allowance",
        "care_service_subsidy",
        "nursing_subsidy",
        "severe_disability_nursing",
        "hard_disability_living",
    ]
    .map(str::to_owned)
    .into()
}

/// Rows C05, C17–C19, C33: the place's own procedures are whole, every one with its clause.
#[test]
fn the_place_has_a_whole_procedure_for_everything_it_pays() {
    let read = Procedures::parse(TEXT, &programmes()).unwrap();
    assert_eq!(read.procedures.len(), 5);
    let severe = read.of("severe_disability_nursing").unwrap();
    let stages: Vec<usize> = severe.stages().iter().map(Vec::len).collect();
    assert_eq!(stages, [1, 2, 1], "town and 残联 check at the same time");
    assert_eq!(severe.days_of(1), 10);
    assert_eq!(severe.all_days(), 25);
    assert!(severe.publicity.is_none(), "its name tells a grade");
    let senior = read.of("senior_allowance").unwrap();
    let names = |applicant| -> Vec<&str> {
        let asked = read.asked(senior, applicant);
        asked.iter().map(|one| one.id.as_str()).collect()
    };
    assert_eq!(names("self"), ["id_card", "hukou", "bank_card"]);
    assert_eq!(names("family"), ["id_card", "hukou", "bank_card", "proxy"]);
}

/// Row C33, invariant 4: each planted hole is named, and nothing is loaded.
#[test]
fn every_hole_is_refused_by_name() {
    for (from, to, said) in [
        (
            "by = \"town\", days = 5 },\n  { id = \"check\"",
            "days = 5 },\n  { id = \"check\"",
            "没有写由谁办 by",
        ),
        (
            ", by = \"town\", days = 5 }",
            ", by = \"mayor\", days = 5 }",
            "不认识的办理单位「mayor」",
        ),
        (
            ", by = \"town\", days = 5 }",
            ", by = \"town\" }",
            "没有写几个工作日 days",
        ),
        (
            ", by = \"town\", days = 5 }",
            ", by = \"town\", days = 0 }",
            "至少 1 个工作日",
        ),
        (
            "programme = \"senior_allowance\"",
            "programme = \"seniors\"",
            "清单里没有由本系统决定的这个待遇",
        ),
        (
            "\"id_card\", \"hukou\", \"bank_card\"",
            "\"passport\", \"hukou\", \"bank_card\"",
            "没有这份材料「passport」",
        ),
        (
            "known = [\"hukou_area\"]",
            "known = [\"hukuo\"]",
            "没有这个信息项「hukuo\u{300d}",
        ),
        (
            "applicants = [\"self\", ",
            "applicants = [\"robot\", ",
            "不认识的申请方式「robot」",
        ),
        (
            "shows = [\"name\", ",
            "shows = [\"phone\", ",
            "公示不得显示「phone」",
        ),
        (
            "publicity = { days = 7",
            "publicity = { days = 0",
            "公示至少 1 天",
        ),
        (
            "kind = \"decide\"",
            "kind = \"check\"",
            "最后一个环节是决定",
        ),
        ("kind = \"accept\"", "kind = \"check\"", "第一个环节是受理"),
        (
            "papers = [\"application\"",
            "papers = [\"diploma\"",
            "没有这种文书「diploma」",
        ),
        ("version = \"2023-06-01\"", "version = \"soon\"", "不是日期"),
        ("supplement_days = 10", "supplement_days = 0", "都至少 1 天"),
    ] {
        let broken = TEXT.replacen(from, to, 1);
        assert_ne!(broken, TEXT, "{from} is not there");
        let problems = Procedures::parse(&broken, &programmes()).unwrap_err();
        let told = problems.join("\n");
        assert!(told.contains(said), "{said} is not in {told}");
    }
    let unknown = TEXT.replacen("free = true", "fre = true", 1);
    assert!(Procedures::parse(&unknown, &programmes()).is_err());
}

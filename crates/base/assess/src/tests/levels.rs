//! Levels: every total, every change alone and together.

use super::{plain, scheme, score, with_total};
use crate::{Answers, Kind, Refused, Scheme, all};
use proptest::prelude::*;

/// 26 items in four groups of 32, 15, 28 and 15 points, 90 together (B10).
#[test]
fn the_national_scale_has_its_items_and_maxima() {
    let scale = scheme("gbt-42195-2022");
    let groups: Vec<(&str, usize, i64)> = scale
        .groups
        .iter()
        .map(|group| (group.id.as_str(), group.items.len(), group.most()))
        .collect();
    let wanted = [
        ("B.1", 8, 32),
        ("B.2", 4, 15),
        ("B.3", 9, 28),
        ("B.4", 5, 15),
    ];
    assert_eq!(groups, wanted);
    assert_eq!((scale.items().count(), scale.most()), (26, 90));
    let short: Vec<(&str, i64)> = scale
        .items()
        .filter(|item| item.most() != 4)
        .map(|item| (item.id.as_str(), item.most()))
        .collect();
    let wanted = [
        ("B.2.4", 3),
        ("B.3.7", 1),
        ("B.3.8", 1),
        ("B.3.9", 2),
        ("B.4.1", 2),
        ("B.4.2", 2),
        ("B.4.4", 3),
    ];
    assert_eq!(short, wanted);
}

/// Each of the 91 totals has the level of its band (B10).
#[test]
fn every_total_has_its_level() {
    for total in 0..=90 {
        let wanted = match total {
            90 => 0,
            66..=89 => 1,
            46..=65 => 2,
            30..=45 => 3,
            _ => 4,
        };
        let outcome = score(&plain(total));
        assert_eq!(outcome.total, Some(total));
        assert_eq!(
            (outcome.preliminary_level, outcome.final_level),
            (wanted, wanted),
            "total {total}"
        );
        assert!(outcome.adjustments.is_empty(), "total {total}");
    }
}

/// A case: total, coma, dementia, mental disorder, falls, chokings, level before, level after.
type Case = (i64, bool, bool, bool, i64, i64, usize, usize);

fn answers(case: &Case) -> Answers {
    let scale = scheme("gbt-42195-2022");
    let mut answers = plain(case.0);
    answers.set_flag(scale, "coma", case.1).unwrap();
    answers.set_flag(scale, "dementia_f00_f03", case.2).unwrap();
    answers.set_flag(scale, "mental_f04_f99", case.3).unwrap();
    answers
        .set_count(scale, "risk_events_30d", "fall", case.4)
        .unwrap();
    answers
        .set_count(scale, "risk_events_30d", "choking", case.5)
        .unwrap();
    answers
}

/// 等级变更 of C.4, alone and together; one raise in all, and none above the worst (B10).
#[test]
fn changes_raise_once_and_never_above_the_worst() {
    let cases: [Case; 18] = [
        (90, false, false, false, 0, 0, 0, 0),
        (90, false, true, false, 0, 0, 0, 1),
        (90, false, false, true, 0, 0, 0, 1),
        (90, false, false, false, 1, 0, 0, 0),
        (90, false, false, false, 2, 0, 0, 1),
        (66, false, false, false, 2, 0, 1, 2),
        (66, false, false, false, 1, 1, 1, 2),
        (66, false, false, false, 3, 5, 1, 2),
        (65, false, true, true, 0, 0, 2, 3),
        (50, false, true, false, 2, 0, 2, 3),
        (50, false, true, true, 9, 9, 2, 3),
        (30, false, true, false, 0, 0, 3, 4),
        (29, false, true, false, 0, 0, 4, 4),
        (20, false, true, true, 2, 2, 4, 4),
        (0, true, false, false, 0, 0, 4, 4),
        (90, true, false, false, 0, 0, 0, 4),
        (66, true, true, false, 0, 0, 1, 4),
        (45, true, true, true, 2, 0, 3, 4),
    ];
    for case in cases {
        let outcome = score(&answers(&case));
        assert_eq!(
            (outcome.preliminary_level, outcome.final_level),
            (case.6, case.7),
            "{case:?}"
        );
        let sum = case.4 + case.5 >= 2;
        let causes = [case.1, case.2, case.3, sum].into_iter().filter(|yes| *yes);
        assert_eq!(outcome.adjustments.len(), causes.count(), "{case:?}");
    }
}

/// Each change is told with what it moved; one without effect says why (B10, invariant 11).
#[test]
fn a_change_without_effect_says_why() {
    let outcome = score(&answers(&(50, false, true, false, 2, 0, 2, 3)));
    let moves: Vec<(&str, usize, usize)> = outcome
        .adjustments
        .iter()
        .map(|one| (one.key.as_str(), one.from, one.to))
        .collect();
    let wanted = [("dementia_f00_f03", 2, 3), ("risk_events_30d", 3, 3)];
    assert_eq!(moves, wanted);
    let last = outcome.adjustments.last().unwrap();
    assert!(last.says.contains("不再提高"), "{}", last.says);
    let told = outcome.reasons.join("\n");
    assert!(told.contains("总分 50 分，初步等级：2"), "{told}");
    assert!(told.contains("最终等级：3"), "{told}");
}

/// What was not answered beside the items is not a silent no (invariant 3).
#[test]
fn an_unanswered_question_is_told() {
    let scale = scheme("gbt-42195-2022");
    let outcome = scale.score(&with_total(scale, 90)).unwrap();
    let told = outcome.reasons.join("\n");
    assert!(told.contains("「处于昏迷状态」没有填"), "{told}");
    assert!(told.contains("照护风险事件（次）」没有填"), "{told}");
}

/// Six abilities: all kept able, up to three lost partial, four or more none (B09).
#[test]
fn six_abilities_have_three_levels() {
    let scale = scheme("tekun-2021");
    let words = [
        "none", "none", "none", "partial", "partial", "partial", "able",
    ];
    for (kept, word) in words.into_iter().enumerate() {
        let outcome = scale.score(&with_total(scale, kept as i64)).unwrap();
        let value = scale.fact_value(outcome.final_level).unwrap();
        assert_eq!(value, ("tekun_self_care", word.to_owned()), "{kept} kept");
    }
}

fn long_care(adl: i64, cognition: i64, senses: i64) -> usize {
    let scale = scheme("ltc-2021");
    let mut answers = Answers::default();
    for (group, total) in scale.groups.iter().zip([adl, cognition, senses]) {
        let mut left = total;
        for item in &group.items {
            let points = left.min(item.most());
            answers.set_points(scale, &item.id, points).unwrap();
            left -= points;
        }
        assert_eq!(left, 0, "{} of {total}", group.id);
    }
    let outcome = scale.score(&answers).unwrap();
    assert_eq!(outcome.total, None);
    outcome.final_level
}

/// The long-term-care scale joins the daily-life grade with the worse of the two others (B13).
#[test]
fn the_long_care_table_joins_two_grades() {
    let scale = scheme("ltc-2021");
    let most: Vec<i64> = scale.groups.iter().map(crate::Group::most).collect();
    assert_eq!(most, [100, 16, 12]);
    let adl = [[100, 100], [95, 65], [60, 45], [40, 0]];
    let other = [[16, 16], [15, 4], [3, 2], [1, 0]];
    let senses = [[12, 12], [11, 4], [3, 2], [1, 0]];
    let table = &scale.table.as_ref().unwrap().levels;
    for (row, scores) in adl.iter().enumerate() {
        for column in 0..4 {
            for edge in 0..2 {
                let wanted = table[row][column];
                let by_cognition = long_care(scores[edge], other[column][edge], 12);
                let by_senses = long_care(scores[edge], 16, senses[column][edge]);
                assert_eq!(
                    (by_cognition, by_senses),
                    (wanted, wanted),
                    "{row} {column}"
                );
            }
        }
    }
    assert_eq!(
        (table[2][1], table[3][1]),
        (2, 3),
        "the two cells found in print"
    );
}

/// Results of the withdrawn standard are kept, nobody is assessed by it (B10).
#[test]
fn the_old_standard_is_not_scored() {
    let scale = scheme("mzt-039-2013");
    assert_eq!(scale.kind, Kind::Recorded);
    let refused = scale.score(&Answers::default()).unwrap_err();
    assert!(matches!(refused, Refused::OnlyRecorded(_)), "{refused}");
}

/// All that ships reads, and no level of one scale is given as another's (B11, B13).
#[test]
fn every_scale_that_ships_reads() {
    for text in crate::shipped::TEXTS {
        Scheme::parse(text).unwrap();
    }
    assert_eq!(all().len(), crate::shipped::TEXTS.len());
    let mut facts: Vec<&str> = all().iter().filter_map(|one| one.fact.as_deref()).collect();
    facts.sort_unstable();
    assert_eq!(facts, ["ability_level", "tekun_self_care"]);
}

proptest! {
    /// Whatever is answered, the level lies between the preliminary one and the worst, and a raise moves one level (B10).
    #[test]
    fn any_answers_have_a_level(
        points in proptest::collection::vec(0i64..5, 26),
        flags in proptest::array::uniform3(any::<bool>()),
        falls in 0i64..4,
    ) {
        let scale = scheme("gbt-42195-2022");
        let mut answers = Answers::default();
        let mut total = 0;
        for (item, points) in scale.items().zip(&points) {
            let points = (*points).min(item.most());
            answers.set_points(scale, &item.id, points).unwrap();
            total += points;
        }
        for (flag, yes) in scale.flags.iter().zip(flags) {
            answers.set_flag(scale, &flag.id, yes).unwrap();
        }
        answers.set_count(scale, "risk_events_30d", "fall", falls).unwrap();
        let outcome = score(&answers);
        prop_assert_eq!(outcome.total, Some(total));
        let raised = flags[1] || flags[2] || falls >= 2;
        let wanted = if flags[0] {
            4
        } else {
            (outcome.preliminary_level + usize::from(raised)).min(4)
        };
        prop_assert_eq!(outcome.final_level, wanted);
    }
}

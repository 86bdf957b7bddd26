//! The conflicts that the rows name, with both values and where each stands (rows A21–A53; invariant 2).

use super::places::book;
use crate::{Finding, check};
use std::collections::BTreeSet;

fn finding(place: &str, id: &str) -> Finding {
    check(&book(place), None)
        .into_iter()
        .find(|finding| finding.id == id)
        .unwrap_or_else(|| panic!("{place}: no {id}"))
}

/// The conflicts that an officer has to know, with the values that clash and where each stands.
#[test]
fn the_known_conflicts_name_their_values() {
    let known: [(&str, &str, &[&str], &[&str]); 12] = [
        (
            "suizhou",
            "addition:childcare_places:2025",
            &["2030", "8250", "10280", "9340"],
            &["表3"],
        ),
        (
            "suizhou",
            "differ:tekun_disabled_rate:goal:2025",
            &["80%", "≥60%"],
            &["表2", "二（一）1（1）"],
        ),
        (
            "suizhou",
            "shortfall:home_adaptation:2025",
            &["≥3000户", "961户", "2761"],
            &["附件2（2023年）"],
        ),
        (
            "suizhou",
            "shortfall:family_beds:2025",
            &["≥500张", "100张"],
            &["二（一）2"],
        ),
        (
            "suizhou",
            "below_baseline:visit_rate",
            &["97.3%", "≥90%", "≥95%"],
            &["表2", "附件2"],
        ),
        (
            "suizhou",
            "impossible:b_2025_01:visit_rate:2025",
            &["≥100%"],
            &["附件2（2025年）"],
        ),
        (
            "suizhou",
            "differ:care_beds:goal:2025",
            &["23129", "≥2万张"],
            &["一（二）表2"],
        ),
        (
            "xianning",
            "ratio:beds_per_1000_elders:2020",
            &["36.4", "18577", "46.92万人", "39.6"],
            &[],
        ),
        (
            "xianning",
            "differ:social_workers:goal:2025",
            &["2人", "≥1名"],
            &["二（四）", "四（十三）"],
        ),
        (
            "xianning",
            "empty_annex:送审稿:1",
            &["重大项目清单"],
            &["附件"],
        ),
        (
            "shaoyang",
            "differ:carers_trained:goal:2025:yearly",
            &["4000", "100名"],
            &["三（一）4"],
        ),
        (
            "shaoyang",
            "no_progress:s_a_03",
            &["55%", "≥55%"],
            &["目标任务表"],
        ),
    ];
    for (place, id, values, sections) in known {
        let finding = finding(place, id);
        for value in values {
            assert!(
                finding.says.contains(value),
                "{id}: {} has no {value}",
                finding.says
            );
        }
        for section in sections {
            assert!(
                finding.places.iter().any(|at| at.section.contains(section)),
                "{id}: nothing at {section}"
            );
        }
    }
}

/// The two documents of 随州 against each other: both stand among the places.
#[test]
fn two_documents_are_told_apart() {
    for id in [
        "differ:care_beds:goal:2025",
        "below_baseline:visit_rate",
        "differ:rural_coverage:goal:2025",
    ] {
        let finding = finding("suizhou", id);
        let documents: BTreeSet<&str> = finding
            .places
            .iter()
            .map(|at| at.document.as_str())
            .collect();
        assert_eq!(documents.len(), 2, "{id}: {documents:?}");
    }
}

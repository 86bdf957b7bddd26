//! The four places' real documents: every finding is known and judged, a new one fails (rows A21–A53; invariants 1 and 2).

use crate::{Book, Severity, check, load};
use rules::Files;
use std::collections::BTreeSet;
use std::path::Path;

fn files(place: &str) -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../plans")
        .join(place);
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .map(|path| {
            (
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

pub(super) fn book(place: &str) -> Book {
    load(&files(place)).unwrap_or_else(|problems| panic!("{place}: {problems:#?}"))
}

/// What a finding of the real documents is, looked up in their texts one by one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Is {
    /// The documents contradict themselves or each other.
    Conflict,
    /// The words allow two readings; somebody must say which holds.
    Open,
    /// A slip of the pen.
    Slip,
}

use Is::{Conflict, Open, Slip};

pub(super) const PLACES: [(&str, &[(&str, Is)]); 4] = [
    (
        "suizhou",
        &[
            ("addition:childcare_places:2025", Conflict),
            ("shortfall:family_beds:2025", Conflict),
            ("shortfall:home_adaptation:2025", Conflict),
            ("below_baseline:visit_rate", Conflict),
            ("differ:tekun_disabled_rate:goal:2025", Conflict),
            ("impossible:b_2025_01:visit_rate:2025", Conflict),
            ("addition:childcare_centres:2025", Open),
            ("shortfall:canteens:2025", Open),
            ("shortfall:town_complex_share:2025", Open),
            ("below_baseline:rural_coverage", Open),
            ("differ:care_beds:goal:2025", Open),
            ("differ:home_adaptation:goal:2025:period", Open),
            ("differ:rural_coverage:goal:2025", Open),
            ("differ:town_complex_share:as_count:2025", Open),
            ("ratio:market_place_share:2025", Open),
            ("share_path:inclusive_bed_share", Open),
            ("share_path:inclusive_place_share", Open),
            ("share_path:public_bed_share", Open),
            ("name_unit:a_g_social_worker", Slip),
            ("name_unit:a_t2_18", Slip),
            ("name_unit:a_t2_21", Slip),
            ("name_unit:a_t2_22", Slip),
            ("name_unit:a_t2_25", Slip),
            ("differ:wellness_bases:goal:2025:county", Slip),
            ("unit_words:随政发〔2022〕28号:个、张", Slip),
            ("unit_words:随政发〔2022〕28号:人次、名", Slip),
            ("repeated_task:b_2023_05", Slip),
            ("before_issue:a_t1_beds", Slip),
            ("before_issue:a_t1_places", Slip),
            ("undated_baseline:随政发〔2022〕28号:表2", Slip),
            ("undated_baseline:随政发〔2022〕28号:表3", Slip),
        ],
    ),
    (
        "xianning",
        &[
            ("differ:social_workers:goal:2025", Conflict),
            ("ratio:beds_per_1000_elders:2020", Conflict),
            ("empty_annex:送审稿:1", Conflict),
            ("name_unit:x_i_social_workers_2", Slip),
            ("ratio:elder_share:2020", Slip),
            ("duplicate_department:x_t8_3", Slip),
            ("duplicate_department:x_t8_4", Slip),
            ("department_spelling:送审稿:市住建局", Slip),
            ("department_spelling:送审稿:市卫生健康委", Slip),
            ("department_spelling:送审稿:市自然资源和规划局", Slip),
        ],
    ),
    (
        "chongxin",
        &[
            (
                "department_spelling:崇政办发〔2021〕109号:县应急管理局",
                Slip,
            ),
            (
                "department_spelling:崇政办发〔2021〕109号:城市社区管委会",
                Slip,
            ),
            ("short_notice:c_t_01", Slip),
        ],
    ),
    (
        "shaoyang",
        &[
            ("differ:carers_trained:goal:2025:yearly", Conflict),
            ("sum:carers_trained:yearly", Open),
            ("no_progress:s_a_02", Open),
            ("no_progress:s_a_03", Open),
            ("differ:places_per_1000:goal:2025", Slip),
            ("no_progress:s_a_05", Slip),
            ("no_progress:s_a_09", Slip),
            ("no_progress:s_a_10", Slip),
            ("no_progress:s_a_12", Slip),
            ("duplicate_department:s_m1_1", Slip),
            ("short_notice:s_t3_2_3_1", Slip),
            ("short_notice:s_t3_3_3_4", Slip),
        ],
    ),
];

/// Exactly the known findings: a new false alarm fails here, and so does one that is no longer found.
#[test]
fn every_finding_of_the_places_is_known() {
    for (place, known) in PLACES {
        let found = check(&book(place), None);
        let told: BTreeSet<&str> = found.iter().map(|finding| finding.id.as_str()).collect();
        let wanted: BTreeSet<&str> = known.iter().map(|(id, _)| *id).collect();
        assert_eq!(told, wanted, "{place}");
        assert_eq!(found.len(), known.len(), "{place}: an id stands twice");
        for (id, is) in known {
            let finding = found.iter().find(|finding| finding.id == *id).unwrap();
            let serious = finding.severity == Severity::Serious;
            assert_eq!(
                serious,
                matches!(is, Conflict),
                "{place} {id}: {is:?} is {:?}",
                finding.severity
            );
        }
    }
}

/// Every finding says where both values stand and what could settle it.
#[test]
fn every_finding_has_places_and_a_way_out() {
    use crate::FindingKind::{
        Addition, BelowBaseline, Differ, DuplicateRow, NoProgress, PartOverWhole, Ratio,
        RepeatedTask, SharePath, Shortfall, Sum, UnitWords,
    };
    let of_two = [
        Addition,
        BelowBaseline,
        Differ,
        DuplicateRow,
        NoProgress,
        PartOverWhole,
        Ratio,
        RepeatedTask,
        SharePath,
        Shortfall,
        Sum,
        UnitWords,
    ];
    for (place, _) in PLACES {
        let book = book(place);
        for finding in check(&book, None) {
            let least = if of_two.contains(&finding.kind) { 2 } else { 1 };
            assert!(
                finding.places.len() >= least,
                "{place} {}: {:?}",
                finding.id,
                finding.places
            );
            assert!(
                !finding.settle.is_empty() && !finding.says.is_empty(),
                "{}",
                finding.id
            );
            for at in &finding.places {
                assert!(
                    !at.document.is_empty() && !at.section.is_empty() && !at.quote.is_empty(),
                    "{at:?}"
                );
                assert!(at.row.is_empty() || book.row(&at.row).is_some(), "{at:?}");
            }
        }
    }
}

/// Ids stay when rows move within a folder: links and acknowledgements hold.
#[test]
fn ids_do_not_depend_on_the_order_of_rows() {
    let ids = |book: &Book| {
        check(book, None)
            .into_iter()
            .map(|finding| finding.id)
            .collect::<BTreeSet<_>>()
    };
    for (place, _) in PLACES {
        let mut book = book(place);
        let before = ids(&book);
        book.rows.reverse();
        assert_eq!(ids(&book), before, "{place}, back to front");
        let half = book.rows.len() / 2;
        book.rows.rotate_left(half);
        assert_eq!(ids(&book), before, "{place}, from the middle");
    }
}

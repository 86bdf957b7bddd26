//! Every indicator row of the requirements stands in the folders with its printed values (rows A22–A52).

use super::places::book;
use std::collections::BTreeMap;

/// Row, place, measure, what is, what shall be; empty where the document says nothing.
const ROWS: &[(&str, &str, &str, &str, &str)] = &[
    ("A22", "suizhou", "elder_homes", "109", "133"),
    ("A22", "suizhou", "care_beds", "17252", "23129"),
    ("A22", "suizhou", "care_beds", "", "≥2万张"),
    ("A22", "xianning", "elder_homes", "105", ""),
    ("A22", "xianning", "care_beds", "18577张", ""),
    ("A22", "shaoyang", "care_beds", "", "2.0–2.5万张"),
    ("A23", "suizhou", "beds_per_1000_elders", "40.3", "45"),
    ("A23", "xianning", "beds_per_1000_elders", "36.4", ""),
    ("A24", "suizhou", "nursing_bed_share", "45.5%", "60%"),
    ("A24", "xianning", "nursing_bed_share", "", "≥60%"),
    ("A24", "shaoyang", "nursing_bed_share", "55%", "≥55%"),
    ("A25", "suizhou", "public_bed_share", "15.3%", "20%"),
    ("A25", "suizhou", "inclusive_bed_share", "70.1%", "75%"),
    ("A26", "suizhou", "social_bed_share", "", "≥60%"),
    ("A26", "shaoyang", "social_home_share", "", "60%"),
    ("A27", "suizhou", "community_centres", "629", "749"),
    ("A27", "suizhou", "town_complexes", "", "50个"),
    ("A27", "suizhou", "town_complex_share", "", "≥60%"),
    ("A28", "suizhou", "day_care_coverage", "", "100%"),
    ("A28", "xianning", "day_care_coverage", "", "100%"),
    ("A28", "shaoyang", "day_care_coverage", "", "100%"),
    ("A29", "suizhou", "rural_coverage", "59.3%", "80%"),
    ("A29", "suizhou", "rural_coverage", "", "≥60%"),
    ("A29", "xianning", "rural_coverage", "77.2%", ""),
    ("A30", "suizhou", "home_community_coverage", "82.9%", "100%"),
    ("A30", "shaoyang", "home_community_coverage", "100%", "100%"),
    ("A31", "suizhou", "new_estate_rate", "82.1%", "100%"),
    ("A31", "shaoyang", "new_estate_rate", "100%", "100%"),
    ("A32", "suizhou", "visit_rate", "97.3%", "100%"),
    ("A32", "suizhou", "visit_rate", "", "≥90%"),
    ("A32", "xianning", "visit_rate", "", "100%"),
    ("A32", "shaoyang", "visit_rate", "100%", "100%"),
    ("A33", "shaoyang", "visit_system_coverage", "", "100%"),
    ("A33", "shaoyang", "disabled_help_rate", "", "100%"),
    ("A33", "shaoyang", "quarter_hour_coverage", "", "100%"),
    ("A34", "suizhou", "tekun_willing_rate", "73.3%", "100%"),
    ("A34", "shaoyang", "tekun_willing_rate", "100%", "100%"),
    ("A35", "suizhou", "tekun_disabled_rate", "65.2%", "80%"),
    ("A35", "suizhou", "tekun_disabled_rate", "", "≥60%"),
    ("A35", "shaoyang", "tekun_disabled_rate", "48%", "50%"),
    ("A36", "suizhou", "elder_health_rate", "60%", "75%"),
    ("A36", "suizhou", "life_expectancy", "76.5", "78"),
    ("A37", "suizhou", "pension_insured_rate", "93.8%", "95%"),
    ("A37", "xianning", "pension_insured", "", "45万人"),
    ("A37", "shaoyang", "pension_insured_rate", "88.75%", "91%"),
    ("A38", "suizhou", "medical_insured_rate", "95.6%", "96%"),
    ("A38", "shaoyang", "medical_insured_rate", ">95%", ">95%"),
    ("A39", "suizhou", "home_adaptation", "", "≥2000户"),
    ("A39", "suizhou", "home_adaptation", "", "≥3000户"),
    ("A39", "shaoyang", "home_adaptation", "", "1000"),
    ("A40", "suizhou", "industry_value", "23.3亿元", "40亿元"),
    ("A40", "suizhou", "key_enterprises", "3", "11"),
    ("A40", "suizhou", "industry_growth", "", "≥8%"),
    ("A41", "suizhou", "care_staff", "2300", "3800"),
    ("A41", "suizhou", "carers_trained", "", "≥1500人次"),
    ("A41", "shaoyang", "carers_trained", "1000", "4000"),
    ("A41", "chongxin", "carers_trained", "", "150名"),
    ("A42", "suizhou", "social_workers", "0.4", "≥1"),
    ("A42", "xianning", "social_workers", "", "2人"),
    ("A42", "xianning", "social_workers", "", "≥1名"),
    (
        "A43",
        "suizhou",
        "elder_universities",
        "每个县（市、区）0.3",
        "每个县（市、区）≥1",
    ),
    ("A43", "suizhou", "elder_education_rate", "7.1%", "15%"),
    ("A43", "shaoyang", "elder_education_rate", "≥30%", ""),
    ("A44", "suizhou", "volunteer_share", "2.2%", "5%"),
    ("A44", "suizhou", "friendly_communities", "82.9%", "100%"),
    ("A45", "suizhou", "medical_contract_rate", "", "90%"),
    ("A45", "suizhou", "medical_contract_rate", "", "95%"),
    ("A46", "suizhou", "newborn_visit_rate", "92.1%", "95%"),
    ("A46", "shaoyang", "newborn_visit_rate", "95.57%", ">96%"),
    ("A46", "xianning", "infant_health_rate", "", "≥90%"),
    ("A46", "shaoyang", "infant_health_rate", "93.61%", "95%"),
    ("A47", "suizhou", "growth_monitoring_rate", "93.0%", "95%"),
    ("A47", "suizhou", "immunisation_rate", "89.1%", "92%"),
    ("A47", "suizhou", "newborn_safety_coverage", "93.0%", "95%"),
    (
        "A47",
        "xianning",
        "immunisation_rate",
        "",
        "每个街道（镇、乡）≥95%",
    ),
    ("A48", "suizhou", "early_guidance_rate", "92.1%", "95%"),
    ("A48", "xianning", "early_guidance_rate", "", "≥90%"),
    ("A49", "suizhou", "childcare_centres", "109", "180"),
    ("A49", "suizhou", "filed_centres", "23", "50"),
    ("A49", "shaoyang", "filed_centres", "48", "110"),
    ("A49", "shaoyang", "model_centres", "2", "15"),
    ("A50", "suizhou", "childcare_places", "2030", "9340"),
    ("A50", "suizhou", "places_per_1000", "0.99", "4.50"),
    ("A50", "chongxin", "places_per_1000", "", "4.5个"),
    ("A50", "shaoyang", "childcare_places", "17103", "29500"),
    ("A50", "shaoyang", "places_per_1000", "2.64", "4.51"),
    ("A51", "suizhou", "inclusive_place_share", "45.9%", "90%"),
    ("A51", "shaoyang", "inclusive_place_share", "30%", "50%"),
    (
        "A51",
        "suizhou",
        "community_childcare_coverage",
        "62.2%",
        "80%",
    ),
    (
        "A51",
        "suizhou",
        "childcare_network_coverage",
        "73.6%",
        "90%",
    ),
    ("A52", "shaoyang", "childcare_certified_rate", "80%", "100%"),
    ("A52", "xianning", "childcare_training_rate", "", "≥90%"),
    (
        "A52",
        "xianning",
        "kindergarten_childcare_share",
        "",
        "≥50%",
    ),
];

/// The printed value, whatever sign and unit stand around it in an officer's words.
fn says(printed: &str, wanted: &str) -> bool {
    printed == wanted
        || printed.starts_with(wanted)
            && !printed[wanted.len()..].starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

/// Base and target of each row, as printed (rows A22–A52).
#[test]
fn every_indicator_row_has_its_values() {
    let books: BTreeMap<&str, _> = ["suizhou", "xianning", "chongxin", "shaoyang"]
        .map(|place| (place, book(place)))
        .into();
    let mut missing = Vec::new();
    for (row, place, measure, now, goal) in ROWS {
        let figures: Vec<_> = books[place]
            .figures()
            .map(|(_, figure)| figure)
            .filter(|figure| figure.measure == *measure)
            .collect();
        let has = |state: bool, wanted: &str| {
            figures
                .iter()
                .filter(|figure| figure.role.is_state() == state)
                .any(|figure| says(&figure.zh(), wanted))
        };
        if !now.is_empty() && !has(true, now) || !goal.is_empty() && !has(false, goal) {
            let all: Vec<String> = figures
                .iter()
                .map(|figure| format!("{} {}", figure.role.key(), figure.zh()))
                .collect();
            missing.push(format!(
                "{row} {place} {measure}: {now} → {goal} not in {all:?}"
            ));
        }
    }
    assert_eq!(missing, [""; 0]);
}

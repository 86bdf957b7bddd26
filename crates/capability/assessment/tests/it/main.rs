//! Assessments on every database, from the request to the level everybody uses.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod admissions;
mod health;
mod place;

use axum::http::StatusCode;
use place::{
    BODY, COUNTY, FAMILY, FOUR, ONE, OTHER, Place, THREE, TOWN, TWO, filled, pairs, places,
};
use rules::Value;

const ASK: [(&str, &str); 3] = [
    ("scheme", "gbt-42195-2022"),
    ("kind", "first"),
    ("origin", "family"),
];

async fn dispatched(place: &Place) -> String {
    place.done(&FAMILY, "/people/elder/assessments", &ASK).await;
    let request = place.newest().await;
    let two = [
        ("body", "b1"),
        ("assessor1", "shen"),
        ("assessor2", "tao"),
        ("version", "1"),
    ];
    place
        .done(&COUNTY, &format!("/assessments/{request}/dispatch"), &two)
        .await;
    request
}

async fn reviewed(place: &Place, total: i64) -> String {
    let request = dispatched(place).await;
    let path = format!("/assessments/{request}");
    let sheet = filled(total);
    place
        .done(&ONE, &format!("{path}/answers"), &pairs(&sheet))
        .await;
    place.done(&TWO, &format!("{path}/signature"), &[]).await;
    request
}

async fn confirmed(place: &Place, total: i64) -> String {
    let request = reviewed(place, total).await;
    let path = format!("/assessments/{request}/confirmation");
    place.done(&COUNTY, &path, &[("version", "4")]).await;
    request
}

/// Rows B10, C11; invariants 8, 10: only the county of the person dispatches, to a body with two fit assessors; only they
/// and the body see it.
#[tokio::test]
async fn a_request_is_dispatched_to_two_fit_assessors() {
    for place in places().await {
        place.done(&TOWN, "/people/elder/assessments", &ASK).await;
        let (status, again) = place.post(&FAMILY, "/people/elder/assessments", &ASK).await;
        assert_eq!(status, StatusCode::CONFLICT, "{again}");
        let request = place.newest().await;
        let path = format!("/assessments/{request}/dispatch");
        let two = |one: &'static str, two: &'static str, body: &'static str| {
            [
                ("body", body),
                ("assessor1", one),
                ("assessor2", two),
                ("version", "1"),
            ]
        };
        for who in [&TOWN, &OTHER, &ONE, &FAMILY] {
            let (status, _) = place.post(who, &path, &two("shen", "tao", "b1")).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{:?}", who.0);
        }
        for (one, other, body, wanted) in [
            ("shen", "shen", "b1", "同一人"),
            ("jin", "jiang", "b2", "到期"),
            ("shen", "jin", "b1", "在岗"),
        ] {
            let (status, page) = place.post(&COUNTY, &path, &two(one, other, body)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
        place.done(&COUNTY, &path, &two("shen", "tao", "b1")).await;
        let (status, _) = place.post(&COUNTY, &path, &two("tao", "shen", "b1")).await;
        assert_eq!(status, StatusCode::CONFLICT, "an old page");
        let one = format!("/assessments/{request}");
        for who in [&ONE, &TWO, &BODY, &COUNTY, &FAMILY] {
            let (status, page) = place.get(who, &one).await;
            assert_eq!(status, StatusCode::OK, "{:?}: {page}", who.0);
        }
        for who in [&THREE, &FOUR, &OTHER] {
            let (status, page) = place.get(who, &one).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{}", who.2);
            assert!(!page.contains("何秀英"), "{page}");
            let (_, list) = place.get(who, "/assessments").await;
            assert!(!list.contains("何秀英"), "{}: {list}", who.2);
        }
        place
            .done(&ONE, &format!("{one}/tie"), &[("kind", "relative")])
            .await;
        let form = [
            ("body", "b1"),
            ("assessor1", "shen"),
            ("assessor2", "tao"),
            ("version", "3"),
        ];
        let (status, page) = place.post(&COUNTY, &path, &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("利害关系"), "{page}");
        place.close().await;
    }
}

/// Row B10; invariants 3, 11, 14: what is missing is named and nothing typed is lost; sent twice is one; raw answers are
/// added and never changed; the other assessor signs.
#[tokio::test]
async fn answers_are_sent_once_and_stay() {
    for place in places().await {
        let request = dispatched(&place).await;
        let path = format!("/assessments/{request}/answers");
        let (status, form) = place
            .get(&ONE, &format!("/assessments/{request}/form"))
            .await;
        assert_eq!(status, StatusCode::OK, "{form}");
        for item in assess::by_id("gbt-42195-2022").unwrap().items() {
            for says in &item.scores {
                assert!(form.contains(says.as_str()), "{} {says}", item.id);
            }
        }
        let (status, _) = place
            .get(&THREE, &format!("/assessments/{request}/form"))
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let mut sheet = filled(50);
        sheet.retain(|(name, _)| name != "B.4.5");
        let (status, page) = place.post(&ONE, &path, &pairs(&sheet)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("B.4.5 社会交往能力：没有填"), "{page}");
        assert!(page.contains(r#"value="key-50""#), "the key is kept");
        let mut beyond = filled(50);
        beyond
            .iter_mut()
            .find(|(name, _)| name == "B.2.4")
            .unwrap()
            .1 = "4".into();
        let (status, page) = place.post(&ONE, &path, &pairs(&beyond)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("「B.2.4」"), "{page}");
        let sheet = filled(50);
        for _twice in 0..2 {
            let to = place.done(&ONE, &path, &pairs(&sheet)).await;
            assert_eq!(to, format!("/assessments/{request}"));
        }
        let rows = "SELECT count(*) AS n FROM assessment_answers";
        assert_eq!(place.number(rows).await, 1, "sent twice is one");
        let (status, page) = place
            .post(&ONE, &format!("/assessments/{request}/signature"), &[])
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{page}");
        place
            .done(&TWO, &format!("/assessments/{request}/disagreement"), &[])
            .await;
        place.done(&TWO, &path, &pairs(&filled(38))).await;
        assert_eq!(place.number(rows).await, 2, "the first sending stays");
        let first = "SELECT count(*) AS n FROM assessment_answers WHERE seq = 1 AND sent_by = 'shen' AND content LIKE '%\"B.1.1\":4%'";
        assert_eq!(place.number(first).await, 1);
        place.close().await;
    }
}

/// Rows B10, B11, C11; invariants 3, 5, 11: a confirmed level becomes a fact with its day, what follows is only proposed, a
/// valid result is not repeated.
#[tokio::test]
async fn a_confirmed_level_becomes_a_fact_and_proposes_two() {
    for place in places().await {
        let request = reviewed(&place, 50).await;
        let path = format!("/assessments/{request}");
        let (_, page) = place.get(&FAMILY, &path).await;
        assert!(
            !page.contains("初步等级"),
            "families are told what was decided"
        );
        assert_eq!(place.fact("ability_level").await, None);
        let to = [("version", "1")];
        let (status, _) = place
            .post(&COUNTY, &format!("{path}/confirmation"), &to)
            .await;
        assert_eq!(status, StatusCode::CONFLICT, "an old page");
        let to = [("version", "4")];
        place
            .done(&COUNTY, &format!("{path}/confirmation"), &to)
            .await;
        assert_eq!(place.fact("ability_level").await, Some(Value::Int(2)));
        assert_eq!(place.fact("cannot_self_care").await, None, "only proposed");
        assert_eq!(place.fact("needs_long_care").await, None, "only proposed");
        let (_, page) = place.get(&FAMILY, &path).await;
        assert!(page.contains("总分 50 分，初步等级：2"), "{page}");
        assert!(page.contains("2026年6月29日"), "{page}");
        let (_, page) = place.get(&COUNTY, &path).await;
        assert!(page.contains("认定口径待当地确认"), "{page}");
        let yes = [("answer", "yes")];
        place
            .done(&COUNTY, &format!("{path}/proposals/cannot_self_care"), &yes)
            .await;
        assert_eq!(
            place.fact("cannot_self_care").await,
            Some(Value::Bool(true))
        );
        place
            .done(&COUNTY, &format!("{path}/proposals/needs_long_care"), &yes)
            .await;
        assert_eq!(
            place.fact("needs_long_care").await,
            None,
            "its office decides"
        );
        let asked = "SELECT count(*) AS n FROM quality_request WHERE fact = 'needs_long_care' AND state = 'open'";
        assert_eq!(place.number(asked).await, 1);
        let (status, _) = place
            .post(&COUNTY, &format!("{path}/proposals/cannot_self_care"), &yes)
            .await;
        assert_eq!(status, StatusCode::CONFLICT, "decided once");
        let (status, page) = place.post(&FAMILY, "/people/elder/assessments", &ASK).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("不用重复评估"), "{page}");
        let mut change = ASK;
        change[1] = ("kind", "change");
        place
            .done(&FAMILY, "/people/elder/assessments", &change)
            .await;
        place.close().await;
    }
}

/// Rows B10, M05; invariant 4: an objection is answered once; who assessed before does not assess again; another body
/// sees the earlier result with a consent only, and is told that something is not there.
#[tokio::test]
async fn others_assess_after_an_objection() {
    for place in places().await {
        let request = confirmed(&place, 70).await;
        let path = format!("/assessments/{request}");
        let says = [("says", "评估那天状态好")];
        place
            .done(&FAMILY, &format!("{path}/objection"), &says)
            .await;
        let (status, _) = place
            .post(&FAMILY, &format!("{path}/objection"), &says)
            .await;
        assert_eq!(status, StatusCode::CONFLICT);
        let no = [("accept", "no")];
        let (status, _) = place
            .post(&COUNTY, &format!("{path}/objection/answer"), &no)
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "a reason is needed");
        let yes = [("accept", "yes")];
        let to = place
            .done(&COUNTY, &format!("{path}/objection/answer"), &yes)
            .await;
        let again = [
            ("body", "b1"),
            ("assessor1", "shen"),
            ("assessor2", "tao"),
            ("version", "1"),
        ];
        let (status, page) = place.post(&COUNTY, &to, &again).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("复评要由其他人做"), "{page}");
        // The other body does not see what the first one found, until that is consented to.
        place.certified("jiang").await;
        let others = [
            ("body", "b2"),
            ("assessor1", "jin"),
            ("assessor2", "jiang"),
            ("version", "1"),
        ];
        place.done(&COUNTY, &to, &others).await;
        let path = to.trim_end_matches("/dispatch");
        let sheet = filled(60);
        place
            .done(&THREE, &format!("{path}/answers"), &pairs(&sheet))
            .await;
        let (_, page) = place.get(&THREE, path).await;
        assert!(page.contains("未取得单独同意，未提供：原结论"), "{page}");
        assert!(!page.contains(&format!("href=\"/assessments/{request}\"")));
        let (_, page) = place.get(&COUNTY, path).await;
        assert!(page.contains(&format!("href=\"/assessments/{request}\"")));
        place.consented().await;
        let (_, page) = place.get(&THREE, path).await;
        assert!(
            page.contains(&format!("href=\"/assessments/{request}\"")),
            "{page}"
        );
        place.close().await;
    }
}

/// Rows B11, B13: a result of another body is taken and not repeated; an old scale is kept and says nothing of the new
/// one's fact.
#[tokio::test]
async fn results_of_others_are_recognised() {
    for place in places().await {
        let path = "/people/elder/assessments/recognition";
        let form = |level: &'static str, day: &'static str| {
            [
                ("level", level),
                ("day", day),
                ("body", "外地评估所"),
                ("number", "X-1"),
            ]
        };
        let (status, page) = place
            .post(&COUNTY, path, &form("gbt-42195-2022/3", "2024-06-30"))
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("到期"), "{page}");
        place
            .done(&COUNTY, path, &form("mzt-039-2013/3", "2020-01-01"))
            .await;
        place
            .done(&COUNTY, path, &form("ltc-2021/5", "2025-01-01"))
            .await;
        assert_eq!(place.fact("ability_level").await, None, "never converted");
        place
            .done(&COUNTY, path, &form("gbt-42195-2022/3", "2025-01-01"))
            .await;
        assert_eq!(place.fact("ability_level").await, Some(Value::Int(3)));
        let (status, page) = place.post(&FAMILY, "/people/elder/assessments", &ASK).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("不用重复评估"), "{page}");
        place.close().await;
    }
}

/// Row B10: fees by body and month; a re-check is drawn once and leaves the level as it is.
#[tokio::test]
async fn fees_are_settled_and_results_are_drawn() {
    for place in places().await {
        confirmed(&place, 50).await;
        let (_, page) = place
            .get(&COUNTY, "/assessments/settlement?month=2025-06")
            .await;
        assert!(
            page.contains("甲评估所") && page.contains("120.00"),
            "{page}"
        );
        let (_, page) = place
            .get(&OTHER, "/assessments/settlement?month=2025-06")
            .await;
        assert!(!page.contains("甲评估所"), "another county's fees");
        let month = [("month", "2025-06"), ("body", "b1")];
        let (status, _) = place.post(&COUNTY, "/assessments/settlement", &month).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "the month is not over");
        let month = [("month", "2025-06")];
        for _twice in 0..2 {
            place.done(&COUNTY, "/assessments/sample", &month).await;
        }
        let drawn = "SELECT count(*) AS n FROM assessment_request WHERE kind = 'recheck'";
        assert_eq!(place.number(drawn).await, 1);
        assert_eq!(place.fact("ability_level").await, Some(Value::Int(2)));
        place.close().await;
    }
}

/// Rows B10, C33; product rule 39: who waits for an assessment past its day is told once in each state, with who handles
/// it; a check by lot is told to nobody.
#[tokio::test]
async fn what_is_late_is_told_once() {
    for place in places().await {
        let areas = area::api::AreaBook::load(&place.store).await.unwrap();
        let request = dispatched(&place).await;
        let night = || assessment::late::tell(&place.store, &areas);
        assert_eq!(night().await.unwrap(), 0);
        let late = "UPDATE assessment_request SET due_day = 20250101";
        place.write(late).await;
        assert_eq!(night().await.unwrap(), 1);
        assert_eq!(night().await.unwrap(), 0, "once");
        let path = format!("/assessments/{request}");
        let sheet = filled(50);
        place
            .done(&ONE, &format!("{path}/answers"), &pairs(&sheet))
            .await;
        place.done(&TWO, &format!("{path}/signature"), &[]).await;
        assert_eq!(night().await.unwrap(), 1, "the county reviews");
        let said = place.told("late").await;
        assert!(said.first().unwrap().contains("甲评估所办理"), "{said:?}");
        assert!(said.last().unwrap().contains("随县民政局办理"), "{said:?}");
        place
            .write("UPDATE assessment_request SET kind = 'recheck', state = 'sent'")
            .await;
        place.write("DELETE FROM assessment_late").await;
        assert_eq!(night().await.unwrap(), 0, "by lot");
        place.close().await;
    }
}

/// Row B11; invariant 11: what annex A of the form asks beside the scores may be left out, is told at its field where it
/// cannot be, comes back where the form is opened again, and stands with the scores for who confirms.
#[tokio::test]
async fn what_the_form_asks_beside_the_scores_is_kept() {
    for place in places().await {
        let request = dispatched(&place).await;
        let path = format!("/assessments/{request}");
        let answers = format!("{path}/answers");
        let (_, page) = place.get(&ONE, &format!("{path}/form")).await;
        for wanted in ["疾病和用药", "不影响等级，可不填", "data-free"] {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
        let mut sheet = filled(70);
        for (field, value) in [
            ("bg.height", "158"),
            ("bg.weight", "6000"),
            ("bg.diseases", "I10-I15"),
            ("bg.diseases", "I63"),
            ("bg.medicines", "硝苯地平 口服 30mg 每日一次"),
        ] {
            sheet.push((field.to_owned(), value.to_owned()));
        }
        let (status, page) = place.post(&ONE, &answers, &pairs(&sheet)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        for wanted in ["「体重」应为 10～300 公斤", "value=\"6000\"", "硝苯地平"] {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
        for pair in &mut sheet {
            if pair.0 == "bg.weight" {
                pair.1 = "60".to_owned();
            }
        }
        let save: Vec<(String, String)> = sheet
            .iter()
            .filter(|pair| pair.0 != "act")
            .cloned()
            .chain([("act".to_owned(), "save".to_owned())])
            .collect();
        place.done(&ONE, &answers, &pairs(&save)).await;
        let (_, page) = place.get(&ONE, &format!("{path}/form")).await;
        assert!(
            page.contains("value=\"158\"") && page.contains("硝苯地平"),
            "{page}"
        );
        place.done(&ONE, &answers, &pairs(&sheet)).await;
        place.done(&TWO, &format!("{path}/signature"), &[]).await;
        let (_, page) = place.get(&COUNTY, &path).await;
        for wanted in ["高血压病、脑梗塞", "24.0", "硝苯地平 口服 30mg 每日一次"]
        {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
        place.close().await;
    }
}

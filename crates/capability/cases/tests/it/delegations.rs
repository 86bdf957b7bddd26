//! A county hands a step to its towns for some days.

use crate::place::{Place, SENIOR, actor, daughter, day, places};
use authz::{Actor, Role};
use axum::http::StatusCode;
use cases::acts::Refusal;
use cases::machine::{Act, State};
use cases::store::Case;
use cases::{book, doers, events};

const PATH: &str = "/cases/delegations";

async fn enter(place: &Place, who: &Actor, from: &str, until: &str) -> (StatusCode, String) {
    let step = format!("{SENIOR}/decide");
    let form = [
        ("office", crate::place::OFFICE),
        ("step", step.as_str()),
        ("from", from),
        ("until", until),
        ("document", "随县民函〔2025〕3号"),
    ];
    place.post(who, PATH, &form).await
}

/// A case of somebody that was checked on a day; the publicity of seven days follows.
async fn checked(place: &Place, n: usize, on: &str) -> Case {
    let town = actor("town", Role::TownWorker);
    place.on(on);
    let mut case = place.draft(&daughter(n), n).await;
    for (who, act) in [
        (&daughter(n), Act::Submit),
        (&town, Act::Accept),
        (&town, Act::Pass("check")),
    ] {
        case = place.act(who, &case, act, "").await.unwrap();
    }
    case
}

/// Rows C05, K03; product rule 19: what is wrong is said at its field, nothing is entered, and all that was typed stays; the
/// same twice is entered once, at once too.
#[tokio::test]
async fn what_is_wrong_is_said_and_kept() {
    let decide = format!("{SENIOR}/decide");
    let (nowhere, long) = (format!("{SENIOR}/nowhere"), "字".repeat(10_000));
    let good = [
        ("office", crate::place::OFFICE),
        ("step", decide.as_str()),
        ("from", "2025-06-10"),
        ("until", "2025-12-31"),
        ("document", "随县民函〔2025〕3号"),
    ];
    for place in places().await {
        place.on("2025-06-10");
        let county = actor("county", Role::CountyCivil);
        for (field, value, says) in [
            ("office", "", "请选择是哪个单位委托"),
            // 广水市, another county of the city.
            ("office", "421381000000", "请选择是哪个单位委托"),
            ("office", &long, "请选择是哪个单位委托"),
            ("step", "", "请选择委托哪个环节"),
            ("step", &nowhere, "请选择委托哪个环节"),
            ("step", "no_such/decide", "请选择委托哪个环节"),
            // The county's own steps only: what a town checks is no county's to hand over.
            ("step", "senior_allowance/check", "请选择委托哪个环节"),
            ("from", "", "请填写日期"),
            ("from", "2025-06-09", "不能早于今天"),
            ("from", "2025-02-30", "日期应写成"),
            ("from", &long, "日期应写成"),
            ("until", "", "请填写日期"),
            ("until", "2025-06-09", "不能早于开始的那天"),
            ("until", "明年", "日期应写成"),
            ("document", "", "请填写委托文件的文号或名称"),
            ("document", "　 ", "请填写委托文件的文号或名称"),
            ("document", &long, "最多 100 个字，现在有 10000 个"),
        ] {
            let form = good.map(|(name, kept)| (name, if name == field { value } else { kept }));
            let (status, page) = place.post(&county, PATH, &form).await;
            let short: String = value.chars().take(20).collect();
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {short}");
            assert!(page.contains(says), "{field} {short}: {says}");
            for (name, kept) in form {
                let shown = match name {
                    "office" | "step" if name != field => format!("value=\"{kept}\" selected"),
                    "office" | "step" => continue,
                    _ => format!("value=\"{}\"", kept.trim()),
                };
                assert!(page.contains(&shown), "{field} {short}: {name} is lost");
            }
        }
        let entered = "SELECT CAST(count(*) AS BIGINT) AS n FROM cases_delegation";
        assert_eq!(place.number(entered).await, 0, "{}", place.db.name);
        let twice = tokio::join!(
            place.post(&county, PATH, &good),
            place.post(&county, PATH, &good)
        );
        let mut got = [twice.0.0.as_u16(), twice.1.0.as_u16()];
        got.sort_unstable();
        assert_eq!(got, [303, 422], "{}", place.db.name);
        let (status, page) = place.post(&county, PATH, &good).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.contains("已经有委托") && page.contains("3号"),
            "{page}"
        );
        assert_eq!(place.number(entered).await, 1, "{}", place.db.name);
        place.close().await;
    }
}

async fn mine(place: &Place, who: &Actor) -> bool {
    let (status, page) = place.get(who, "/cases?box=mine").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page.contains("测000")
}

/// Rows C05, K03; product rule 19, invariant 11: the county enters it with its days and document, nobody else does; a town
/// decides what began within them, by another hand than the one that checked, and the decision names the document; what
/// began before or after is the county's; taken back, what has begun stays with the town.
#[tokio::test]
async fn a_town_decides_for_some_days() {
    for place in places().await {
        let births = [1, 2, 3, 4].map(|n| (n, "1940-05-05"));
        place.people(births.into_iter()).await;
        let (county, town) = (
            actor("county", Role::CountyCivil),
            actor("town", Role::TownWorker),
        );
        let second = actor("town2", Role::TownWorker);
        // Its publicity ends on the ninth, before anything is handed over.
        let before = checked(&place, 1, "2025-06-02").await;
        place.on("2025-06-10");
        for (who, from, until, status) in [
            (&town, "2025-06-10", "2025-12-31", StatusCode::FORBIDDEN),
            (
                &county,
                "2025-06-09",
                "2025-12-31",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            (
                &county,
                "2025-06-10",
                "2025-06-09",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            (&county, "2025-06-10", "2025-06-30", StatusCode::SEE_OTHER),
            (
                &county,
                "2025-06-30",
                "2025-12-31",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
        ] {
            let (got, page) = enter(&place, who, from, until).await;
            assert_eq!(got, status, "{from} {until}: {page}");
        }
        let refused = place.act(&second, &before, Act::Approve, "").await;
        assert!(matches!(refused, Err(Refusal::Other(_))), "began before");
        assert!(mine(&place, &county).await && !mine(&place, &second).await);
        place.act(&county, &before, Act::Approve, "").await.unwrap();
        let within = checked(&place, 2, "2025-06-11").await;
        let later = checked(&place, 3, "2025-06-12").await;
        place.on("2025-06-20");
        assert!(mine(&place, &second).await && !mine(&place, &county).await);
        let same = place.act(&town, &within, Act::Approve, "").await;
        assert!(
            matches!(same, Err(Refusal::Not(_))),
            "who checked does not decide"
        );
        let done = place.act(&second, &within, Act::Approve, "").await.unwrap();
        assert_eq!(done.standing.state, State::Approved, "{}", place.db.name);
        let last = events::last(&place.store, &done.code)
            .await
            .unwrap()
            .unwrap();
        let clause = last.clause.unwrap();
        assert!(
            clause.contains("委托") && clause.contains("随县民函〔2025〕3号"),
            "{clause}"
        );
        // Taken back: the one that waits in the town stays there.
        let (_, page) = place.get(&county, PATH).await;
        let id = page.split("/cases/delegations/").nth(1).unwrap();
        let end = format!("{PATH}/{}", id.split('"').next().unwrap());
        let mut far = actor("far", Role::CountyCivil);
        far.scope = authz::Scope::Areas(vec!["421381".parse().unwrap()]);
        assert_eq!(place.post(&far, &end, &[]).await.0, StatusCode::NOT_FOUND);
        assert_eq!(place.post(&town, &end, &[]).await.0, StatusCode::FORBIDDEN);
        assert_eq!(
            place.post(&county, &end, &[]).await.0,
            StatusCode::SEE_OTHER
        );
        let again = place.post(&county, &end, &[]).await;
        assert_eq!(again, (StatusCode::SEE_OTHER, PATH.to_owned()), "once");
        let after = checked(&place, 4, "2025-06-21").await;
        place.on("2025-06-29");
        let refused = place.act(&second, &after, Act::Approve, "").await;
        assert!(matches!(refused, Err(Refusal::Other(_))), "began after");
        assert!(mine(&place, &second).await && mine(&place, &county).await);
        place
            .act(&second, &later, Act::Refuse, "不符合")
            .await
            .unwrap();
        let history =
            "SELECT CAST(count(*) AS BIGINT) AS n FROM cases_delegation WHERE ended_day = 20250620";
        assert_eq!(place.number(history).await, 1, "kept");
        let (_, page) = place.get(&town, PATH).await;
        assert!(
            page.contains("已收回") && !page.contains("登记委托"),
            "{page}"
        );
        place.close().await;
    }
}

/// Rows C05, K03; product rule 19: the family reads who handles the case; an appeal against a town is the county's.
#[tokio::test]
async fn an_appeal_against_a_town_is_the_countys() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let county = actor("county", Role::CountyCivil);
        let second = actor("town2", Role::TownWorker);
        place.on("2025-06-02");
        let (status, page) = enter(&place, &county, "2025-06-02", "2025-12-31").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        let case = checked(&place, 1, "2025-06-02").await;
        place.on("2025-06-10");
        let (_, page) = place
            .get(&daughter(1), &format!("/cases/{}", case.code))
            .await;
        assert!(page.contains("受县里委托"), "{page}");
        let case = place
            .act(&second, &case, Act::Refuse, "年龄不够")
            .await
            .unwrap();
        let case = place
            .act(&daughter(1), &case, Act::Appeal, "户口簿写错了")
            .await
            .unwrap();
        let procedure = book::procedure_for(&place.store, &case).await.unwrap();
        let books = cases::acts::Books {
            plans: &place.plans,
            areas: &place.areas,
            procedure: &procedure,
        };
        let who = doers::waits_for(books, &case, day("2025-06-10"));
        assert_eq!(who, "随县民政局");
        let third = actor("town3", Role::TownWorker);
        let refused = place.act(&third, &case, Act::Overturn, "改").await;
        assert!(matches!(refused, Err(Refusal::Other(_))), "{refused:?}");
        place
            .act(&county, &case, Act::Overturn, "户口簿已更正")
            .await
            .unwrap();
        place.close().await;
    }
}

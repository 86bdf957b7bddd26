//! Facts that come late: overpayments, arrears, offsets, and the auditor's replay.

use crate::place::{OFFICE, Place, SENIOR, actor, day, key, month, places};
use authz::{Role, Scope};
use pay::{grants, recoveries, replay};

/// Runs a month to the end: everybody is paid.
async fn paid(place: &Place, of: &str) -> String {
    let month = month(of);
    place.on(&month.first().plus_days(24).to_string());
    let run = place.drawn(of).await;
    place.filed(&run).await;
    place.answered(&run, &[]).await;
    let maker = actor("maker", Role::CountyCivil);
    pay::answers::close(&place.app, &maker, &run, "")
        .await
        .unwrap()
        .unwrap();
    run
}

/// Invariant 5; row C03: a death of March that is known in June stops the grant and leaves three months too
/// much; the case is opened with the batch, and what others are due does not change.
#[tokio::test]
async fn a_death_in_march_known_in_june_is_three_months_too_much() {
    for place in places().await {
        place
            .people(&[(1, "1940-05-05"), (2, "1941-05-05")], true)
            .await;
        let mut runs = Vec::new();
        for of in ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"] {
            runs.push(paid(&place, of).await);
        }
        // Known after June was paid as well.
        runs.push(paid(&place, "2025-06").await);
        place.on("2025-06-28");
        place.died(1, "2025-03-12").await;
        place.on("2025-07-25");
        let july = place.drawn("2025-07").await;
        assert_eq!(place.run(&july).await.drawn, 1, "only who lives");
        let before = recoveries::page(&place.store, &Scope::Everywhere, true, 0, 10)
            .await
            .unwrap();
        assert_eq!(
            before[0].state, "proposed",
            "nothing is owed before the batch is approved"
        );
        place.filed(&july).await;
        let cases = recoveries::page(&place.store, &Scope::Everywhere, true, 0, 10)
            .await
            .unwrap();
        assert_eq!(cases.len(), 1);
        // March is paid, because who dies in a month has that month.
        assert_eq!((cases[0].fen, cases[0].state.as_str()), (15_000, "open"));
        assert_eq!(
            cases[0].months,
            "2025-04 50.00、2025-05 50.00、2025-06 50.00"
        );
        assert_eq!(cases[0].why, "2025年3月12日去世");
        let [_, _, _, _, recoverable, ..] = place.book().await;
        assert_eq!(recoverable, 15_000);
        // Told, part paid back, the rest given up by a decision: each act once, each with its posting.
        let path = format!("/recoveries/{}", cases[0].recovery);
        let civil = actor("maker", Role::CountyCivil);
        let finance = actor("finance", Role::Finance);
        let word = format!("{path}/notice.docx");
        let (_, page) = place.get(&civil, &path).await;
        assert!(page.contains(&word), "{page}");
        let text = place.word(&civil, &word).await;
        for says in ["高龄津贴多发告知书", "测00001", "合计 150.00 元", "签收人"] {
            assert!(text.contains(says), "{says}: {text}");
        }
        let note = ("note", "电话告知长子");
        let (status, _) = place.post(&civil, &path, &[("act", "notice"), note]).await;
        assert_eq!(status, 303);
        let (status, page) = place
            .post(&finance, &path, &[("act", "repaid"), ("yuan", "200"), note])
            .await;
        assert_eq!(status, 422, "more than is owed");
        assert!(page.contains("不超过 150.00 元"), "{page}");
        let (status, _) = place
            .post(
                &finance,
                &path,
                &[("act", "repaid"), ("yuan", "100.50"), note],
            )
            .await;
        assert_eq!(status, 303);
        let (status, _) = place
            .post(&finance, &path, &[("act", "written_off"), note])
            .await;
        assert_eq!(status, 303);
        let [_, _, _, _, recoverable, lost, ..] = place.book().await;
        assert_eq!((recoverable, lost), (0, 4_950));
        // The auditor draws every month again as it was known then.
        for run in &runs {
            let run = place.run(run).await;
            let again = replay::one(&place.store, &place.plans, run).await.unwrap();
            assert!(again.equal(), "{}: {:?}", again.run.month, again.differs);
            assert_eq!((again.people, again.fen), (2, 10_000));
        }
        place.close().await;
    }
}

/// Invariants 5, 6: what came back from the bank is not asked back from the family; it is no longer sent, and the book
/// is even.
#[tokio::test]
async fn what_never_arrived_is_not_asked_back() {
    for place in places().await {
        place
            .people(&[(1, "1940-05-05"), (2, "1941-05-05")], true)
            .await;
        for of in ["2025-01", "2025-02", "2025-03"] {
            paid(&place, of).await;
        }
        place.on("2025-04-25");
        let april = place.drawn("2025-04").await;
        place.filed(&april).await;
        place.answered(&april, &[(1, "1003")]).await;
        paid(&place, "2025-05").await;
        place.on("2025-06-10");
        place.died(1, "2025-03-12").await;
        paid(&place, "2025-06").await;
        let case = recoveries::page(&place.store, &Scope::Everywhere, true, 0, 10)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(
            (case.fen, case.left()),
            (10_000, 5_000),
            "May was paid, April never arrived"
        );
        let left = pay::again::sum(&place.store, &[OFFICE.to_owned()], None)
            .await
            .unwrap();
        assert_eq!(left, (0, 0), "April is not sent again");
        let [_, _, payable, transit, recoverable, ..] = place.book().await;
        assert_eq!((payable, transit, recoverable), (0, 0, 5_000));
        place.close().await;
    }
}

/// Invariants 5, 6: somebody believed dead by mistake is paid the months since with the next batch; what was kept back
/// against an overpayment comes off month by month.
#[tokio::test]
async fn arrears_join_the_next_batch_and_overpayments_are_kept_back() {
    for place in places().await {
        place
            .people(&[(1, "1940-05-05"), (2, "1941-05-05")], true)
            .await;
        paid(&place, "2025-01").await;
        place.on("2025-02-10");
        // Suspended from December by a mistake that is recorded in February: January was too much.
        let maker = actor("maker", Role::CountyCivil);
        let held = grants::find(&place.store, &key(1), SENIOR, 1)
            .await
            .unwrap()
            .unwrap();
        let mut tx = place.store.begin(&maker, None).await.unwrap();
        grants::happen(&mut tx, &maker, &held, "suspend", day("2024-12-15"), "核实")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        paid(&place, "2025-02").await;
        let owed = recoveries::sum(&place.store, &Scope::Everywhere, true)
            .await
            .unwrap();
        assert_eq!(owed, (1, 5_000));
        place.on("2025-03-10");
        let mut tx = place.store.begin(&maker, None).await.unwrap();
        let held = grants::find(&place.store, &key(1), SENIOR, 1)
            .await
            .unwrap()
            .unwrap();
        grants::happen(
            &mut tx,
            &maker,
            &held,
            "resume",
            day("2025-02-15"),
            "核实无误",
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let march = paid(&place, "2025-03").await;
        let sql = format!(
            "SELECT CAST(coalesce(sum(fen), 0) AS BIGINT) AS n FROM pay_attempt WHERE run = '{march}'"
        );
        assert_eq!(
            place.number(&sql).await,
            5_000,
            "person 1 pays back with March, person 2 is paid"
        );
        assert_eq!(
            recoveries::sum(&place.store, &Scope::Everywhere, true)
                .await
                .unwrap(),
            (0, 0)
        );
        let [purse, spending, payable, transit, recoverable, ..] = place.book().await;
        assert_eq!((payable, transit, recoverable), (0, 0, 0));
        assert_eq!(-purse, spending, "what was spent is what was paid");
        place.close().await;
    }
}

/// Invariant 8: who moves between counties on the 10th is paid once.
#[tokio::test]
async fn who_moves_in_the_month_is_paid_once() {
    for place in places().await {
        place.people(&[(1, "1940-05-05")], true).await;
        paid(&place, "2025-01").await;
        place.on("2025-02-11");
        let mut tx = place
            .store
            .begin(&actor("maker", Role::CountyCivil), None)
            .await
            .unwrap();
        let person = people::api::of_keys(&tx, &[key(1)])
            .await
            .unwrap()
            .remove(0);
        assert!(
            people::api::claim(&mut tx, &person.key, person.version)
                .await
                .unwrap()
        );
        let correction = people::api::Correction {
            fact: rules::facts::find("hukou_area").unwrap(),
            value: Some(rules::Value::Area("421381100001".parse().unwrap())),
            since: day("2025-02-10"),
            source: "户籍迁移".into(),
            by: "测试员".into(),
            reason: "moved".into(),
            remark: None,
        };
        people::api::correct(&place.app, &mut tx, &person.key, correction)
            .await
            .unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        place.on("2025-02-25");
        let old = place.drawn("2025-02").await;
        assert_eq!(
            place.run(&old).await.drawn,
            0,
            "the old county pays no more"
        );
        let held = grants::find(&place.store, &key(1), SENIOR, 1)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(held.office, "421381000000");
        let changes = place
            .number("SELECT CAST(sum(fen) AS BIGINT) AS n FROM pay_change WHERE kind = 'stop'")
            .await;
        assert_eq!(changes, -5_000, "the bridge of the old county says so");
        assert_ne!(held.office, OFFICE);
        place.close().await;
    }
}

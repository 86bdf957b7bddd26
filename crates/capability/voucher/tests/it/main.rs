//! Vouchers on every database, from the batch to the institution's money.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod place;

use authz::Role;
use pay::runs::State;
use place::{HOME, actor, key, places};
use store::{Reads, values};

/// Row C28; invariants 6, 9: given out once by finance after all hands, told once, a share of the bill taken, the rest
/// of it the person's, unused money back in the purses at the end of the month, the institution paid once.
#[tokio::test]
async fn a_month_of_vouchers() {
    for place in places().await {
        place.on("2025-01-03");
        let run = place.approved("2025-01").await;
        let finance = actor("finance", Role::Finance);
        let (_, page) = place.get(&finance, &format!("/payments/{run}")).await;
        assert!(
            page.contains("待发券") && page.contains("发券</button>"),
            "{page}"
        );
        let (status, to) = place
            .post(&finance, &format!("/payments/{run}/file"), &[])
            .await;
        assert_eq!(status, 422, "no file for the bank: {to}");
        let clerk = actor("maker", Role::CountyCivil);
        let issue = format!("/vouchers/issue/{run}");
        place.post(&clerk, &issue, &[]).await;
        assert_eq!(
            place.run(&run).await.state,
            State::Approved,
            "not the clerk's"
        );
        let (status, _) = place.post(&finance, &issue, &[]).await;
        assert_eq!(status, 303);
        place.post(&finance, &issue, &[]).await;
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM voucher_voucher";
        assert_eq!(place.store.number(sql, vec![]).await.unwrap(), 3, "once");
        let told = "SELECT CAST(count(*) AS BIGINT) AS n FROM message_message WHERE kind = 'paid'";
        assert_eq!(
            place.store.number(told, vec![]).await.unwrap(),
            3,
            "the first time"
        );
        assert_eq!(place.run(&run).await.state, State::Answered);
        // 50, 50 and 100 yuan.
        assert_eq!(place.book().await, [0, 20_000, 0, 0, 0, 0, -20_000, 0]);
        let code = place.code(1).await;
        let (status, page) = place
            .post(
                &actor(HOME, Role::ElderHome),
                "/vouchers/take",
                &[
                    ("code", &code),
                    ("scope", "meal"),
                    ("bill", "30.01"),
                    ("form", "f1"),
                ],
            )
            .await;
        assert_eq!(status, 200);
        assert!(page.contains("15.00") && page.contains("15.01"), "{page}");
        assert!(!page.contains("测00001"));
        assert_eq!(place.take(&code, "meal", "30.01", "f1").await.0, 303);
        assert_eq!(
            place.take(&code, "meal", "30.01", "f1").await.0,
            303,
            "the form again"
        );
        assert_eq!(place.book().await, [0, 20_000, 0, 0, 0, 0, -18_500, -1_500]);
        // More than is left: the rest of the voucher.
        assert_eq!(place.take(&code, "meal", "200", "f2").await.0, 303);
        let (status, page) = place.take(&code, "meal", "10", "f3").await;
        assert_eq!(status, 422);
        assert!(page.contains("已经用完"), "{page}");
        assert_eq!(place.book().await, [0, 20_000, 0, 0, 0, 0, -15_000, -5_000]);
        let (_, page) = place.get(&clerk, "/vouchers?month=2025-01").await;
        assert!(
            page.contains("25.0%") && page.contains("城东敬老院"),
            "{page}"
        );
        // The month is over.
        place.on("2025-02-01");
        let today = place.store.clock().today();
        assert_eq!(voucher::api::expire(&place.store, today).await.unwrap(), 3);
        assert_eq!(
            voucher::api::expire(&place.store, today).await.unwrap(),
            0,
            "once"
        );
        assert_eq!(place.book().await, [0, 5_000, 0, 0, 0, 0, 0, -5_000]);
        let (status, page) = place.take(&place.code(2).await, "meal", "10", "f4").await;
        assert_eq!(status, 422);
        assert!(page.contains("到期"), "{page}");
        // Settled with the institution, once.
        let draw = [("month", "2025-01"), ("place", "")];
        place.post(&clerk, "/vouchers/settlements", &draw).await;
        place.post(&clerk, "/vouchers/settlements", &draw).await;
        let sql = "SELECT settlement, fen FROM voucher_settlement";
        let drawn = place.store.all(sql, vec![]).await.unwrap();
        assert_eq!(drawn.len(), 1);
        assert_eq!(drawn[0].int("fen").unwrap(), 5_000);
        let key = drawn[0].text("settlement").unwrap();
        let (path, field) = (
            format!("/vouchers/settlements/{key}"),
            format!("document-{key}"),
        );
        let (status, page) = place.post(&finance, &path, &[]).await;
        assert_eq!(status, 422);
        assert!(page.contains("凭证号"), "{page}");
        let (status, page) = place.post(&clerk, &path, &[(&field, "付1")]).await;
        assert_eq!(status, 409);
        assert!(page.contains("由财政办理"), "{page}");
        assert_eq!(place.post(&finance, &path, &[(&field, "付1")]).await.0, 303);
        assert_eq!(
            place.post(&finance, &path, &[(&field, "付2")]).await.0,
            409,
            "once"
        );
        assert_eq!(place.book().await, [-5_000, 5_000, 0, 0, 0, 0, 0, 0]);
        place.close().await;
    }
}

/// Row C28; invariant 6: what was taken by mistake comes back, to the voucher while it is good, to the purses when it is
/// over, and not at all once it is settled; purse by purse.
#[tokio::test]
async fn a_use_is_taken_back() {
    for place in places().await {
        place.on("2025-01-03");
        let run = place.approved("2025-01").await;
        let finance = actor("finance", Role::Finance);
        place
            .post(&finance, &format!("/vouchers/issue/{run}"), &[])
            .await;
        let (home, clerk) = (
            actor(HOME, Role::ElderHome),
            actor("maker", Role::CountyCivil),
        );
        let last = "SELECT use_key FROM voucher_use ORDER BY at DESC LIMIT 1";
        let code = place.code(1).await;
        for form in ["a", "b", "c"] {
            assert_eq!(place.take(&code, "meal", "20.02", form).await.0, 303);
        }
        let row = place.store.one(last, vec![]).await.unwrap().unwrap();
        let undo = format!("/vouchers/take/{}/undo", row.text("use_key").unwrap());
        place.post(&home, &undo, &[("why", "")]).await;
        assert_eq!(place.book().await[7], -3_003, "without a reason nothing");
        place.post(&home, &undo, &[("why", "金额输错")]).await;
        place.post(&home, &undo, &[("why", "金额输错")]).await;
        assert_eq!(place.book().await, [0, 20_000, 0, 0, 0, 0, -17_998, -2_002]);
        place.on("2025-02-01");
        let today = place.store.clock().today();
        voucher::api::expire(&place.store, today).await.unwrap();
        let sql = "SELECT use_key FROM voucher_use WHERE undone_at IS NULL ORDER BY at";
        let left = place.store.all(sql, vec![]).await.unwrap();
        let key = left[0].text("use_key").unwrap();
        let why = [("why", "重复")];
        place
            .post(&home, &format!("/vouchers/take/{key}/undo"), &why)
            .await;
        assert_eq!(place.book().await[7], -2_002, "over: not the institution's");
        place
            .post(&clerk, &format!("/vouchers/uses/{key}/undo"), &why)
            .await;
        assert_eq!(place.book().await, [0, 1_001, 0, 0, 0, 0, 0, -1_001]);
        let draw = [("month", "2025-01"), ("place", "p1")];
        place.post(&clerk, "/vouchers/settlements", &draw).await;
        let key = left[1].text("use_key").unwrap();
        place
            .post(&clerk, &format!("/vouchers/uses/{key}/undo"), &why)
            .await;
        assert_eq!(place.book().await[7], -1_001, "it stands in a settlement");
        // Purse by purse nothing is left of the vouchers.
        let levels = pay::api::standing(&place.store, &run, ledger::Kind::Voucher)
            .await
            .unwrap();
        assert_eq!(levels, [0; 4]);
        place.close().await;
    }
}

/// Row C28; invariants 8, 10: only for what it is good for and where it is taken; a wrong number is told; who has no
/// part in it sees no code; somebody else's slip is refused.
#[tokio::test]
async fn where_and_for_what() {
    for place in places().await {
        place.on("2025-01-03");
        let run = place.approved("2025-01").await;
        let finance = actor("finance", Role::Finance);
        place
            .post(&finance, &format!("/vouchers/issue/{run}"), &[])
            .await;
        let code = place.code(1).await;
        for (typed, scope, bill, says) in [
            (code.as_str(), "care", "10", "没有登记这项服务"),
            (&code, "bath", "10", "只能用于：助餐、居家照护"),
            (&code, "meal", "0", "最多两位小数"),
            (&code, "meal", "一百", "最多两位小数"),
            (&code, "meal", "0.01", "抵扣不到一分钱"),
            ("0000000000000000", "meal", "10", "没有这张券"),
            ("0000000000000001", "meal", "10", "有一位不对"),
            ("12", "meal", "10", "16 位数字"),
            ("", "meal", "10", "请填写券号"),
        ] {
            let (status, page) = place.take(typed, scope, bill, "x").await;
            assert_eq!(status, 422, "{typed} {scope} {bill}");
            assert!(page.contains(says), "{says}: {page}");
            assert!(page.contains(&format!("value=\"{bill}\"")), "kept: {page}");
        }
        let stranger = actor("somebody", Role::Provider);
        let (_, page) = place.get(&stranger, "/vouchers/take").await;
        assert!(page.contains("还不是定点机构"), "{page}");
        let sql = "SELECT voucher FROM voucher_voucher WHERE id = $1";
        let row = place.store.one(sql, values![key(1).id]).await.unwrap();
        let slip = format!(
            "/people/person-1/vouchers/{}",
            row.unwrap().text("voucher").unwrap()
        );
        let family = actor("daughter", Role::Family);
        let (status, page) = place.get(&family, &slip).await;
        assert_eq!(status, 200, "{page}");
        assert!(
            page.contains("50%") && page.contains("城东敬老院"),
            "{page}"
        );
        assert!(page.replace(' ', "").contains(&code), "{page}");
        let (status, _) = place
            .get(&family, &slip.replace("person-1", "person-2"))
            .await;
        assert!(status.is_client_error(), "another person");
        let (status, _) = place.get(&actor("leader", Role::Leader), &slip).await;
        assert!(status.is_client_error());
        place.close().await;
    }
}

/// Row C29: more people than the quota are told of before anybody signs.
#[tokio::test]
async fn a_batch_over_its_quota_waits() {
    for place in places().await {
        place.on("2025-01-03");
        let terms = place::in_vouchers().replacen("covers = 5000", "covers = 5000, quota = 2", 1);
        let mut tx = place
            .store
            .begin(&authz::Actor::system("test"), None)
            .await
            .unwrap();
        pay::terms::load(&mut tx, &terms).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let run = place.drawn("2025-01").await;
        let doubts = pay::doubts::list(&place.store, &run, 0, 10).await.unwrap();
        let told: Vec<_> = doubts
            .iter()
            .map(|one| (one.kind.as_str(), one.detail.as_str()))
            .collect();
        assert_eq!(told, [("over_quota", "本月 3 人，名额 2 人，多 1 人")]);
        place.close().await;
    }
}

/// Row C28; invariant 9: of many who spend one voucher at once, the sum is never more than it.
#[tokio::test]
async fn many_at_once_never_spend_more() {
    for place in places().await {
        place.on("2025-01-03");
        let run = place.approved("2025-01").await;
        let finance = actor("finance", Role::Finance);
        place
            .post(&finance, &format!("/vouchers/issue/{run}"), &[])
            .await;
        let code = place.code(3).await;
        let spend = |form: &'static str| place.take(&code, "meal", "50", form);
        let (first, second) = tokio::join!(
            async { tokio::join!(spend("1"), spend("2"), spend("3"), spend("4")) },
            async { tokio::join!(spend("5"), spend("6"), spend("7"), spend("8")) }
        );
        let answers = [
            first.0.0, first.1.0, first.2.0, first.3.0, second.0.0, second.1.0, second.2.0,
            second.3.0,
        ];
        assert_eq!(answers.iter().filter(|status| **status == 303).count(), 4);
        assert_eq!(
            place.book().await,
            [0, 20_000, 0, 0, 0, 0, -10_000, -10_000]
        );
        place.close().await;
    }
}

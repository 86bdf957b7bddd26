//! A month from the draft to the close, over the pages.

use crate::place::{Place, actor, card, places};
use authz::Role;
use pay::runs::State;
use pay::{accounts, again, doubts};

async fn step(place: &Place, who: &str, role: Role, run: &str, step: &str) -> (u16, String) {
    let who = actor(who, role);
    let path = format!("/payments/{run}");
    let version = place.run(run).await.version.to_string();
    let (status, page) = place
        .post(
            &who,
            &format!("{path}/step"),
            &[("step", step), ("version", &version), ("note", "同意")],
        )
        .await;
    (status.as_u16(), page)
}

/// Row C03; invariants 6, 11: every step by its role and another person; doubts one by one; the
/// file once; a wrong answer is refused whole; failures are sent again after a new card; the book balances throughout.
#[tokio::test]
async fn a_month_goes_through_all_hands() {
    for place in places().await {
        let births = [
            (1, "1940-05-05"),
            (2, "1941-05-05"),
            (3, "1934-12-20"),
            (4, "1945-01-10"),
        ];
        place.people(&births, true).await;
        // Somebody without a card, and three on one.
        let mut tx = place
            .store
            .begin(&actor("maker", Role::CountyCivil), None)
            .await
            .unwrap();
        for n in [1, 2] {
            accounts::set(
                &mut tx,
                &accounts::New {
                    number: card(3).number,
                    ..card(n)
                },
            )
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        place.on("2025-01-25");
        let run = place.drawn("2025-01").await;
        let path = format!("/payments/{run}");
        let civil = actor("maker", Role::CountyCivil);
        // 4 turned eighty in January: from February. 3 turned ninety in December: 100 yuan from January.
        let (_, page) = place.get(&civil, &path).await;
        assert!(page.contains("比对中") && page.contains("200.00"), "{page}");
        assert!(page.contains("算到分，平"), "{page}");
        let (_, page) = place.get(&civil, &format!("{path}?tab=doubts")).await;
        assert_eq!(page.matches("3 人用同一个账户收款").count(), 3, "{page}");
        assert_eq!(
            step(&place, "maker", Role::CountyCivil, &run, "check")
                .await
                .0,
            422,
            "doubts are open"
        );
        for doubt in doubts::list(&place.store, &run, 0, 50).await.unwrap() {
            let to = format!("{path}/doubts/{}", doubt.no);
            let (status, _) = place.post(&civil, &to, &[("decision", "pay")]).await;
            assert_eq!(status, 422, "without a reason");
            let (status, _) = place
                .post(
                    &civil,
                    &to,
                    &[("decision", "pay"), ("reason", "一家人，已核对")],
                )
                .await;
            assert_eq!(status, 303);
            let (status, _) = place
                .post(&civil, &to, &[("decision", "hold"), ("reason", "再想想")])
                .await;
            assert_eq!(status, 409, "settled once");
        }
        assert_eq!(
            step(&place, "finance", Role::Finance, &run, "check")
                .await
                .0,
            422,
            "not finance's work"
        );
        assert_eq!(
            step(&place, "maker", Role::CountyCivil, &run, "check")
                .await
                .0,
            303
        );
        let (status, page) = step(&place, "maker", Role::CountyCivil, &run, "review").await;
        assert_eq!(status, 422);
        assert!(page.contains("不能是同一人"), "{page}");
        assert_eq!(
            step(&place, "second", Role::CountyCivil, &run, "review")
                .await
                .0,
            303
        );
        // The leader sees sums and no names.
        let leader = actor("leader", Role::Leader);
        for tab in ["changes", "doubts", "roster"] {
            let (_, page) = place.get(&leader, &format!("{path}?tab={tab}")).await;
            assert!(!page.contains("测00001"), "{tab}: {page}");
        }
        assert_eq!(
            step(&place, "leader", Role::Leader, &run, "lead").await.0,
            303
        );
        assert_eq!(
            place.book().await,
            [0; 8],
            "nothing is owed before finance approves"
        );
        assert_eq!(
            step(&place, "finance", Role::Finance, &run, "approve")
                .await
                .0,
            303
        );
        assert_eq!(
            step(&place, "other", Role::Finance, &run, "approve")
                .await
                .0,
            409,
            "approved once"
        );
        let (_, page) = place.get(&civil, &path).await;
        for (file, title) in [
            ("paper.docx", "高龄津贴发放审批表"),
            ("publicity.docx", "高龄津贴发放公开表"),
        ] {
            let word = format!("{path}/{file}");
            assert!(page.contains(&word), "{word}: {page}");
            let text = place.word(&civil, &word).await;
            assert!(text.contains(title), "{text}");
            assert!(!text.contains("测00001"), "no whole name: {text}");
        }
        let finance = actor("finance", Role::Finance);
        let (status, _) = place.post(&finance, &format!("{path}/file"), &[]).await;
        assert_eq!(status, 303);
        let (status, _) = place.post(&finance, &format!("{path}/file"), &[]).await;
        assert_eq!(status, 409, "the file is made once");
        let [purse, spending, payable, transit, ..] = place.book().await;
        assert_eq!((purse, spending, payable, transit), (0, 20_000, 0, -20_000));
        let auditor = actor("audit", Role::InspectorDiscipline);
        let (status, _) = place.get(&auditor, &format!("{path}/files/body/1")).await;
        assert_eq!(status, 403, "an auditor reads no numbers");
        let (status, body) = place.get(&finance, &format!("{path}/files/body/1")).await;
        assert_eq!(status, 200);
        assert!(body.contains("|3|20000|"), "{body}");
        wrong_answers(&place, &run).await;
        // 2 is paid into 3's card: what was sent counts, not what is registered now.
        let bytes = answer(&place, &run).await;
        let done = place.take(&run, bytes.clone()).await.unwrap();
        assert_eq!((done.paid, done.failed, done.open), (2, 1, 0));
        let again = place.take(&run, bytes).await.unwrap();
        assert!(again.again, "the same file twice");
        assert_eq!(place.run(&run).await.state, State::Answered);
        let [purse, _, payable, transit, ..] = place.book().await;
        assert_eq!((purse, payable, transit), (-15_000, -5_000, 0));
        sent_again(&place, &run).await;
        place.close().await;
    }
}

/// The bank's answer with person 2 failing; the account of all three is the third's.
async fn answer(place: &Place, run: &str) -> Vec<u8> {
    let bytes = place.answer(run, &[(2, "1003")]).await;
    let mut out = bytes;
    for n in [1, 2] {
        let (from, to) = (card(n).number.into_bytes(), card(3).number.into_bytes());
        while let Some(at) = out.windows(from.len()).position(|part| part == from) {
            out.splice(at..at + from.len(), to.iter().copied());
        }
    }
    out
}

/// Nothing of an answer that does not agree is taken over.
async fn wrong_answers(place: &Place, run: &str) {
    let good = answer(place, run).await;
    let cut: Vec<u8> = good[..good.len() / 2].to_vec();
    for bytes in [
        b"".to_vec(),
        b"hello".to_vec(),
        cut,
        place.answer(run, &[]).await,
    ] {
        let refused = place.take(run, bytes).await;
        assert!(
            matches!(refused, Err(pay::answers::Refused::File(_))),
            "{refused:?}"
        );
    }
    let paid =
        "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_attempt WHERE state IN ('paid', 'failed')";
    assert_eq!(place.number(paid).await, 0);
}

/// What came back is sent again only after another card is registered, and then once.
async fn sent_again(place: &Place, run: &str) {
    let civil = actor("maker", Role::CountyCivil);
    let path = format!("/payments/{run}");
    let (status, page) = place.post(&civil, &format!("{path}/again"), &[]).await;
    assert_eq!(status, 422);
    assert!(page.contains("先登记新卡号"), "{page}");
    let (_, page) = place.get(&civil, "/payments/returned").await;
    assert!(
        page.contains("已销户") && page.contains("测00002"),
        "{page}"
    );
    let mut tx = place.store.begin(&civil, None).await.unwrap();
    accounts::set(&mut tx, &card(2)).await.unwrap();
    tx.commit().await.unwrap();
    let (status, to) = place.post(&civil, &format!("{path}/again"), &[]).await;
    assert_eq!(status, 303, "{to}");
    let second = to.rsplit('/').next().unwrap().to_owned();
    let (status, _) = place.post(&civil, &format!("{path}/again"), &[]).await;
    assert_eq!(status, 422, "it is on its way");
    assert_eq!(
        step(place, "maker", Role::CountyCivil, run, "close")
            .await
            .0,
        303
    );
    place.filed(&second).await;
    let done = place.answered(&second, &[]).await;
    assert_eq!((done.paid, done.failed), (1, 0));
    assert_eq!(
        step(place, "maker", Role::CountyCivil, &second, "close")
            .await
            .0,
        303
    );
    let [purse, spending, payable, transit, ..] = place.book().await;
    assert_eq!((purse, spending, payable, transit), (-20_000, 20_000, 0, 0));
    let left = again::sum(&place.store, &[crate::place::OFFICE.to_owned()], None)
        .await
        .unwrap();
    assert_eq!(left, (0, 0));
    // Paid once: the table refuses a second payment of the line.
    let twice = "SELECT CAST(count(*) AS BIGINT) AS n FROM (SELECT id, line, month FROM pay_attempt WHERE state = 'paid' \
         GROUP BY id, line, month HAVING count(*) > 1) x";
    assert_eq!(place.number(twice).await, 0);
}

/// Row C33; invariant 6: where a key is there the digest file is sealed, and the bank's check holds for these bytes.
#[tokio::test]
async fn a_file_is_sealed() {
    let key = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
    let seal = pay::seal::BankSeal::from_text(key).unwrap();
    for place in places().await {
        place.people(&[(1, "1940-05-05")], true).await;
        place.on("2025-01-25");
        let run = place.drawn("2025-01").await;
        place.signed(&run).await;
        let names = pay::bankfile::Names {
            seal: seal.clone(),
            ..crate::place::names()
        };
        let finance = actor("finance", Role::Finance);
        let pace = pay::pace::Pace::default();
        let made = pay::bankfile::make(&place.store, &place.files, &finance, &run, &names, &pace);
        made.await.unwrap().unwrap();
        let files = pay::bankfile::files_of(&place.store, &run).await.unwrap();
        let text = async |kind: &str| {
            let file = files.iter().find(|file| file.kind == kind).unwrap();
            let kept = place.files.find(&place.store, &file.file).await.unwrap();
            let reader = place
                .files
                .open(place.store.keys(), &kept.unwrap())
                .unwrap();
            String::from_utf8(reader.whole().unwrap()).unwrap()
        };
        let (digest, sealed) = (text("digest").await, text("seal").await);
        let signature = sealed.split_whitespace().nth(1).unwrap();
        let public = seal.public().unwrap();
        assert!(pay::seal::holds(&public, digest.as_bytes(), signature));
        place.close().await;
    }
}

//! Complete rolls of who is paid, and areas written as they were called earlier.

use crate::place::{CHIEF, LEADER, Who, actor, code, day, gbk, places, row, somebody};
use authz::Role;
use entitle::api::Receipt;

const SECOND: Who = Who("wang", Role::CityCivil, "4213");

/// Rows B14, B17; product.md 6: who receives in the area and is not on the complete roll of a programme and month
/// receives no longer from that month; other programmes and areas stay; who stands on it in a row that cannot be read
/// is not ended; under 90 percent a second person must agree; taken back, all of it is as before.
#[tokio::test]
async fn a_complete_roll_ends_who_is_not_on_it() {
    for place in places(60).await {
        let book = place.app.part::<plan::api::PlanBook>().unwrap();
        let published = book.in_force(day("2025-06-30")).unwrap();
        let programmes = published.list.programmes();
        let (one, other) = (
            programmes[0].programme.name.clone(),
            programmes[1].programme.name.clone(),
        );
        let line =
            |n: u32, programme: &str, fen: &str| format!("{},{programme},{fen},2024-01-01", row(n));
        let head = "姓名,身份证号,发放项目,金额（元）,起发日期\n";
        let everybody: Vec<String> = (0..40)
            .flat_map(|n| [line(n, &one, "100.00"), line(n, &other, "50.00")])
            .collect();
        let all = gbk(&format!("{head}{}\n", everybody.join("\n")));
        let may = place.check(&CHIEF, "receipts", &all, None).await;
        place.commit(&CHIEF, &may).await;
        let received = || async {
            let keys: Vec<_> = (0..40).map(|n| somebody(n).key).collect();
            let found = entitle::api::receipts_of(&place.store, &keys)
                .await
                .unwrap();
            (0..40)
                .map(|n| found.get(&somebody(n).key.id).cloned().unwrap_or_default())
                .collect::<Vec<Vec<Receipt>>>()
        };
        let before = received().await;
        // In 曾都区 all but two, one of them in a row with an amount that cannot be read.
        let here: Vec<u32> = (0..40).filter(|n| n % 7 != 6).collect();
        let june: Vec<String> = here
            .iter()
            .filter(|n| **n != 3)
            .map(|n| line(*n, &one, if *n == 4 { "一百" } else { "100.00" }))
            .collect();
        let june = gbk(&format!("{head}{}\n", june.join("\n")));
        let id = place.check(&CHIEF, "receipts", &june, Some("421303")).await;
        let counts = place.counts(&id).await;
        assert_eq!((counts[1], counts[4]), (0, 1), "{counts:?}");
        let (_, page) = place.get(&CHIEF, &format!("/intake/{id}")).await;
        assert!(page.contains("停发") && page.contains(&one), "{page}");
        place.commit(&CHIEF, &id).await;
        let after = received().await;
        for (n, theirs) in after.iter().enumerate().take(40) {
            let until = |programme: usize| {
                let id = &programmes[programme].programme.id;
                let mut all = theirs.iter().filter(|receipt| receipt.programme == *id);
                all.next().unwrap().until
            };
            let ends = (n == 3).then(|| day("2025-06-01"));
            assert_eq!((until(0), until(1)), (ends, None), "{n}");
        }
        place.consistent().await;
        place.withdraw(&CHIEF, &id).await;
        assert_eq!(received().await, before);
        place.consistent().await;
        // Half of them: somebody else must agree first.
        let half: Vec<String> = here
            .iter()
            .take(15)
            .map(|n| line(*n, &one, "100.00"))
            .collect();
        let half = gbk(&format!("{head}{}\n", half.join("\n")));
        let id = place.check(&CHIEF, "receipts", &half, Some("421303")).await;
        let refused = intake::api::commit(&place.app, &actor(&CHIEF), &id).await;
        assert!(refused.is_err());
        let refused = intake::api::approve(&place.app, &actor(&LEADER), &id).await;
        assert!(refused.is_err());
        intake::api::approve(&place.app, &actor(&SECOND), &id)
            .await
            .unwrap();
        place.commit(&CHIEF, &id).await;
        let stopped = received().await;
        let ended = stopped.iter().flatten().filter(|one| one.until.is_some());
        assert_eq!(ended.count(), here.len() - 15);
        place.withdraw(&CHIEF, &id).await;
        assert_eq!(received().await, before);
        place.close().await;
    }
}

/// Row B14; issue 5.1: codes and names that areas had earlier are understood and said so; one that is gone without
/// anybody in its place is refused with the day it ended.
#[tokio::test]
async fn earlier_codes_and_names_of_areas_are_understood() {
    for place in places(10).await {
        let row_of = |code: &str, name: &str| area::api::AreaRow {
            code: code.parse().unwrap(),
            name: name.into(),
        };
        // 小河村 got another code, 先觉庙村 another name, 万店镇 lost a village.
        let tree = |rows: &[(&str, &str)]| area::api::Tree {
            areas: rows.iter().map(|(code, name)| row_of(code, name)).collect(),
            management: Vec::new(),
        };
        let common = [
            ("4213", "随州市"),
            ("421303", "曾都区"),
            ("421303106", "万店镇"),
            ("421303187", "淅河镇"),
            ("421321", "随县"),
            ("421321101", "唐县镇"),
            ("421321101200", "华宝山村村委会"),
        ];
        let mut now = common.to_vec();
        now.extend([
            ("421303106301", "小河村村委会"),
            ("421303187200", "先觉寺村村委会"),
        ]);
        let mut tx = place.store.begin(&actor(&CHIEF), None).await.unwrap();
        area::api::install(&mut tx, &tree(&now), day("2024-05-01"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let book = area::api::AreaBook::load(&place.store).await.unwrap();
        let (earlier, gone) = book.earlier();
        assert_eq!(earlier[&code("421303106301")].codes, [code("421303106201")]);
        assert_eq!(earlier[&code("421303187200")].names, ["先觉庙村村委会"]);
        let gone: Vec<String> = gone.iter().map(|one| one.code.to_string()).collect();
        assert_eq!(gone, ["421303106200"]);
        // The server was started again since.
        let place = place.restarted().await;
        let text = format!(
            "姓名,身份证号,户籍地,常住地\n{},421303106201,曾都区淅河镇先觉庙村\n{},421303106200,\n{},龙头湾村,\n",
            row(0),
            row(1),
            row(2)
        );
        let id = place.check(&CHIEF, "people", &gbk(&text), None).await;
        assert_eq!(place.counts(&id).await, [0, 1, 0, 0, 2]);
        let (_, page) = place.get(&CHIEF, &format!("/intake/{id}")).await;
        assert!(
            page.contains("“421303106201”按现在的")
                && page.contains("“曾都区淅河镇先觉庙村”按现在的"),
            "{page}"
        );
        assert!(page.contains("已撤销"), "{page}");
        place.commit(&CHIEF, &id).await;
        let value = |text: &str| Some(rules::Value::Area(code(text)));
        assert_eq!(place.fact(0, "hukou_area").await, value("421303106301"));
        assert_eq!(place.fact(0, "residence_area").await, value("421303187200"));
        place.consistent().await;
        place.close().await;
    }
}

//! Each kind from bytes to facts and answers.

use crate::place::{CHIEF, COUNTY, DISABLED, day, gbk, number, places, row, somebody};
use axum::http::StatusCode;
use rules::Value;

/// Rows B01, B02, B06: new people from a GBK list with bad rows among them; what is wrong comes back with its reason in
/// the layout it came in; who is in is found by number and answered.
#[tokio::test]
async fn people_come_in_and_bad_rows_come_back() {
    for place in places(8).await {
        let good = number(19_350_505, 12);
        let broken = good.replace("19350505", "19350506");
        let text = format!(
            "序号,姓名,公民身份号码,户籍地,现居住地,联系电话,备注\n\
             1,赵玉梅,{good},曾都区万店镇龙头湾村,421303106201,13900000000,=1+1\n\
             2,钱桂芳,{broken},曾都区万店镇龙头湾村,421303106201,13900000000,=1+1\n\
             3,孙秀英,4.29900193505E+17,曾都区万店镇,,,\n\
             4,{},曾都区万店镇,,,\n\
             5,周凤兰,{},随县唐县镇,随县唐县镇,,\n\
             6,李四,{},没有这个村,,,\n",
            row(1),
            number(19_410_303, 14),
            number(19_420_303, 16),
        );
        let id = place.check(&COUNTY, "people", &gbk(&text), None).await;
        let [new, _changed, _same, conflict, refused] = place.counts(&id).await;
        assert_eq!((new, conflict), (1, 0));
        assert_eq!(
            refused, 4,
            "broken check digit, lost digits, another county, no such area"
        );
        let path = format!("/intake/{id}/bad-rows");
        let (status, _, bytes) = place
            .send(&COUNTY, "GET", &path, "text/plain", Vec::new())
            .await;
        assert_eq!(status, StatusCode::OK);
        let (back, ..) = encoding_rs::GB18030.decode(&bytes);
        assert!(back.contains("序号,姓名,公民身份号码"), "{back}");
        assert!(back.contains("钱桂芳") && back.contains("周凤兰") && !back.contains("赵玉梅"));
        assert!(back.contains(tabular::back::WHY) && back.contains("管辖范围"));
        assert!(!back.contains(",=1+1"), "no formula goes out: {back}");
        place.commit(&COUNTY, &id).await;
        let keys = place.store.keys();
        let found = people::api::by_numbers(&place.store, keys, &[&good], &[], false)
            .await
            .unwrap();
        let person = people::api::person(&place.store, &found[&good].key.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(person.name, "赵玉梅");
        assert_eq!(person.age_on(day("2025-06-30")), Some(90));
        place.consistent().await;
        place.close().await;
    }
}

/// Row B14; asks 4–6: the same file twice changes nothing, and the second time says so.
#[tokio::test]
async fn the_same_file_twice_changes_nothing() {
    for place in places(30).await {
        let rows: Vec<String> = (0..6).map(|n| format!("{},2024-03-01", row(n))).collect();
        let rows = rows.join("\n");
        let bytes = gbk(&format!("姓名,身份证号,起始日期\n{rows}\n"));
        let first = place.check(&CHIEF, "dibao", &bytes, None).await;
        assert_eq!(place.counts(&first).await, [0, 6, 0, 0, 0]);
        place.commit(&CHIEF, &first).await;
        assert_eq!(place.fact(2, "dibao").await, Some(Value::Bool(true)));
        let before = place.facts().await;
        let (_, to) = place.upload(&CHIEF, "dibao", "名单.csv", &bytes).await;
        let (_, page) = place.get(&CHIEF, &to).await;
        assert!(page.contains("同一份文件已经导入过"), "{page}");
        let again = place.check(&CHIEF, "dibao", &bytes, None).await;
        assert_eq!(place.counts(&again).await, [0, 0, 6, 0, 0]);
        place.commit(&CHIEF, &again).await;
        assert_eq!(place.facts().await, before);
        place.consistent().await;
        place.close().await;
    }
}

/// Rows B04, B07, B09, B14, B17: lists of departments set their facts; deaths of the past stop answers from their day;
/// moves let both areas see.
#[tokio::test]
async fn each_list_sets_its_facts() {
    for place in places(30).await {
        let lists = [
            (
                "tekun",
                format!("姓名,身份证号,供养方式\n{},集中供养\n", row(0)),
            ),
            ("dibao_edge", format!("姓名,身份证号\n{}\n", row(1))),
            (
                "disability",
                format!("姓名,身份证号,残疾等级,残疾类别\n{},二级,肢体\n", row(2)),
            ),
            ("resident_pension", format!("姓名,身份证号\n{}\n", row(3))),
            (
                "merit",
                format!("姓名,身份证号,优抚类别\n{},残疾军人、烈士遗属\n", row(4)),
            ),
            (
                "special_family",
                format!("姓名,身份证号,类型\n{},失独\n", row(5)),
            ),
            (
                "death",
                format!("姓名,身份证号,死亡日期\n{},2025年3月2日\n", row(7)),
            ),
            (
                "move",
                format!(
                    "姓名,身份证号,迁往常住地,迁移日期\n{},随县唐县镇华宝山村,2025/5/6\n",
                    row(8)
                ),
            ),
            (
                "facts",
                format!("姓名,身份证号,居住状况,留守老年人\n{},独居,是\n", row(9)),
            ),
        ];
        for (kind, text) in lists {
            let id = place.check(&CHIEF, kind, &gbk(&text), None).await;
            assert_eq!(place.counts(&id).await, [0, 1, 0, 0, 0], "{kind}");
            place.commit(&CHIEF, &id).await;
        }
        let yes = Some(Value::Bool(true));
        for (n, fact, value) in [
            (0, "tekun", yes.clone()),
            (0, "tekun_mode", Some(Value::Word("centralised"))),
            (1, "dibao_edge", yes.clone()),
            (2, "disability_grade", Some(Value::Int(2))),
            (2, "disability_kind", Some(Value::Word("肢体"))),
            (3, "resident_pension", yes.clone()),
            (4, "merit_disabled_soldier", yes.clone()),
            (4, "merit_martyr_family", yes.clone()),
            (5, "special_family_kind", Some(Value::Word("child_died"))),
            (7, "alive", Some(Value::Bool(false))),
            (7, "dead_on", Some(Value::Day(day("2025-03-02")))),
            (
                8,
                "residence_area",
                Some(Value::Area("421321101200".parse().unwrap())),
            ),
            (9, "living", Some(Value::Word("alone"))),
            (9, "left_behind", yes.clone()),
        ] {
            assert_eq!(place.fact(n, fact).await, value, "{fact}");
        }
        place.consistent().await;
        place.close().await;
    }
}

/// Row B14: what is in payment connects its programme; an amount that changed ends the one before.
#[tokio::test]
async fn a_roll_of_payments_is_received_and_taken_back() {
    for place in places(10).await {
        let book = place.app.part::<plan::api::PlanBook>().unwrap();
        let published = book.in_force(day("2025-06-30")).unwrap();
        let programme = published.list.programmes()[0].programme.name.clone();
        let file = |fen: &str, from: &str| {
            gbk(&format!(
                "姓名,身份证号,发放项目,金额（元）,起发日期\n{},{programme},{fen},{from}\n",
                row(1)
            ))
        };
        let first = place
            .check(&CHIEF, "receipts", &file("100.00", "2024-01-01"), None)
            .await;
        assert_eq!(place.counts(&first).await, [0, 1, 0, 0, 0]);
        place.commit(&CHIEF, &first).await;
        let key = somebody(1).key;
        let received = || async {
            let all = entitle::api::receipts_of(&place.store, std::slice::from_ref(&key)).await;
            all.unwrap().remove(&key.id).unwrap_or_default()
        };
        assert_eq!(received().await.len(), 1);
        let before = received().await;
        let second = place
            .check(&CHIEF, "receipts", &file("120.00", "2025-06-01"), None)
            .await;
        place.commit(&CHIEF, &second).await;
        let now = received().await;
        assert_eq!(
            now.iter()
                .filter(|one| one.covers(day("2025-06-30")))
                .count(),
            1
        );
        assert!(now.iter().any(|one| one.fen == 12_000));
        place.withdraw(&CHIEF, &second).await;
        assert_eq!(received().await, before);
        place.withdraw(&CHIEF, &first).await;
        assert!(received().await.is_empty());
        assert!(
            entitle::api::connected(&place.store)
                .await
                .unwrap()
                .is_empty()
        );
        place.consistent().await;
        place.close().await;
    }
}

/// Rows B14, M03; the stated rule of conflicting sources: the list of the office that owns a fact stands above other
/// offices' lists; of two of one rank the later holds; what stands below is kept as a conflict and overwrites nothing.
#[tokio::test]
async fn the_owner_of_a_fact_stands_above_others() {
    for place in places(10).await {
        let grade = |grade: &str| gbk(&format!("姓名,身份证号,残疾等级\n{},{grade}\n", row(1)));
        let civil = place
            .check(&COUNTY, "disability", &grade("三级"), None)
            .await;
        place.commit(&COUNTY, &civil).await;
        let owner = place
            .check(&DISABLED, "disability", &grade("二级"), None)
            .await;
        assert_eq!(place.counts(&owner).await, [0, 1, 0, 0, 0]);
        place.commit(&DISABLED, &owner).await;
        assert_eq!(place.fact(1, "disability_grade").await, Some(Value::Int(2)));
        let lower = place
            .check(&COUNTY, "disability", &grade("四级"), None)
            .await;
        assert_eq!(place.counts(&lower).await, [0, 0, 0, 1, 0]);
        let later = place
            .check(&DISABLED, "disability", &grade("一级"), None)
            .await;
        place.commit(&DISABLED, &later).await;
        assert_eq!(place.fact(1, "disability_grade").await, Some(Value::Int(1)));
        place.close().await;
    }
}

/// Rows B01, B14: a number with another name is a conflict; a second row of one person is refused with the line of the
/// first, unless it says the same.
#[tokio::test]
async fn another_name_is_a_conflict_and_a_second_row_is_named() {
    for place in places(10).await {
        let person = somebody(1);
        let text = format!(
            "姓名,身份证号,残疾等级\n别的名,{},二级\n{},三级\n{},四级\n{},三级\n",
            person.id_number.unwrap(),
            row(2),
            row(2),
            row(2),
        );
        let id = place.check(&COUNTY, "disability", &gbk(&text), None).await;
        assert_eq!(place.counts(&id).await, [0, 1, 1, 1, 1]);
        let (_, _, bytes) = place
            .send(
                &COUNTY,
                "GET",
                &format!("/intake/{id}/bad-rows"),
                "text/plain",
                Vec::new(),
            )
            .await;
        let (back, ..) = encoding_rs::GB18030.decode(&bytes);
        assert!(back.contains("第 3 行"), "{back}");
        place.close().await;
    }
}

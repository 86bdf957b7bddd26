//! What departments send back: matched by number, proposed, decided by somebody.

use crate::place::{CITY, COUNTY, DISABLED, Place, gbk, key, name, number_of, places};
use axum::http::StatusCode;

async fn proposal(place: &Place, n: u32) -> String {
    let all = place.open_proposals().await;
    let found = all.into_iter().find(|(_, id)| *id == key(n).id);
    format!("/matching/proposals/{}", found.unwrap().0)
}

/// Rows M04, B14; invariants 5 and 8: a hit is a proposal with its source date and no fact; accepted, it is a fact of
/// the department since the day it names, the history says from which list, and the death is an event.
#[tokio::test]
async fn a_hit_is_a_proposal_until_somebody_accepts_it() {
    for place in places(8, &[]).await {
        let to = place.list(&COUNTY, "police_death", "xlsx").await;
        let text = format!(
            "编号,证件号码,姓名,比对结果,死亡日期\n1,{},{},有,2025-05-20\n2,{},{},无,\n",
            number_of(0),
            name(0),
            number_of(1),
            name(1)
        );
        let upload = place.back(&COUNTY, &to, "2025-06-20", &text).await;
        assert_eq!(place.counts(&upload).await, [1, 0, 0, 1, 0]);
        assert_eq!(
            place.fact(0, "alive").await.as_deref(),
            Some("true"),
            "no fact yet"
        );
        let (_, list) = place
            .get(&COUNTY, "/matching/proposals?state=open&suspect=1")
            .await;
        assert!(
            list.contains(&name(0)) && list.contains("死亡日期：未知"),
            "{list}"
        );
        let one = proposal(&place, 0).await;
        let (_, page) = place.get(&COUNTY, &one).await;
        assert!(
            page.contains("公安，数据截至 2025年6月20日") && page.contains("采纳并登记"),
            "{page}"
        );
        assert!(!page.contains("转公安"), "nobody of 公安 has an account");
        let version = place.person(0).await.version.to_string();
        let accept = format!("{one}/acceptance");
        let (status, _) = place.post(&COUNTY, &accept, &[("version", &version)]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(place.fact(0, "alive").await.as_deref(), Some("false"));
        assert_eq!(
            place.fact(0, "dead_on").await.as_deref(),
            Some("2025-05-20")
        );
        let records = people::api::records(&place.store, &key(0)).await.unwrap();
        let last = records.last().unwrap();
        assert_eq!(last.source, "公安（比对2025-0001，数据截至2025-06-20）");
        assert_eq!(last.by, "zhang经办");
        let events = people::api::events(&place.store, &key(0)).await.unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(
            (events[0].kind.as_str(), events[0].day.to_string()),
            ("death", "2025-05-20".to_owned())
        );
        // A second officer comes too late.
        let version = place.person(0).await.version.to_string();
        let (status, page) = place.post(&CITY, &accept, &[("version", &version)]).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(page.contains("已有人处理"));
        assert!(place.open_proposals().await.is_empty());
        place.close().await;
    }
}

/// Row M04; invariant 5: what was looked at and has changed since is not accepted, and nothing is written.
#[tokio::test]
async fn a_stale_page_is_refused() {
    for place in places(3, &[]).await {
        let to = place.list(&COUNTY, "police_death", "csv").await;
        place
            .back(&COUNTY, &to, "2025-06-20", "编号,死亡日期\n1,2025-05-20\n")
            .await;
        let one = proposal(&place, 0).await;
        let version = place.person(0).await.version.to_string();
        place.correct(0, "living", "alone").await;
        let (status, page) = place
            .post(
                &COUNTY,
                &format!("{one}/acceptance"),
                &[("version", &version)],
            )
            .await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(page.contains("档案刚被别人改动"));
        assert_eq!(place.fact(0, "alive").await.as_deref(), Some("true"));
        assert_eq!(place.open_proposals().await.len(), 1);
        place.close().await;
    }
}

/// Row M04: unknown, doubled, contradicting, mistaken and unreadable rows are refused by name with what to do; the rest
/// of the file is taken.
#[tokio::test]
async fn rows_are_refused_by_name() {
    for place in places(8, &[]).await {
        let to = place.list(&COUNTY, "police_death", "csv").await;
        let text = format!(
            "编号,证件号码,姓名,死亡日期\n\
             1,{0},{1},2025-05-20\n\
             99,,王外人,2025-05-20\n\
             ,{2},{3},2025-05-20\n\
             2,,{4},2025-05-01\n\
             2,,{4},2025-05-02\n\
             3,,{5},2025-04-01\n\
             3,,{5},2025-04-01\n\
             4,,别的名字,2025-05-20\n\
             5,{0},{6},2025-05-20\n\
             6,,{7},2026-05-20\n\
             7,,,不记得\n",
            number_of(0),
            name(0),
            number_of(4),
            name(4),
            name(1),
            name(2),
            name(5),
            name(6)
        );
        let upload = place.back(&COUNTY, &to, "2025-06-20", &text).await;
        // Row 1 and the first of number 3 are taken.
        assert_eq!(place.counts(&upload).await, [2, 0, 0, 0, 9]);
        let (_, page) = place.get(&COUNTY, &upload).await;
        for words in [
            "99 号 王外人",
            "编号不在发出的名单上",
            "不在发出的名单上",
            "同一个人出现几次，内容不同",
            "同一个人重复出现",
            "姓名和名单上的不一致",
            "证件号码和编号不是同一个人",
            "晚于今天",
            "「死亡日期」",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains(&number_of(4)), "numbers are masked");
        let (status, _) = place.get(&CITY, &upload).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "for who uploaded it");
        let sealed = "SELECT count(*) AS n FROM exchange_refused WHERE who LIKE '%王外人%'";
        assert_eq!(place.number(sealed).await, 0, "names stand sealed");
        place.close().await;
    }
}

/// Row M04; invariants 8 and 10: who has moved out of the uploader's area is refused, named, and nothing proposed.
#[tokio::test]
async fn out_of_scope_is_refused() {
    for place in places(3, &[]).await {
        let to = place.list(&COUNTY, "police_death", "csv").await;
        for fact in ["hukou_area", "residence_area"] {
            place.correct(0, fact, "421321101200").await;
        }
        let upload = place
            .back(&COUNTY, &to, "2025-06-20", "编号,死亡日期\n1,2025-05-20\n")
            .await;
        assert_eq!(place.counts(&upload).await, [0, 0, 0, 0, 1]);
        let (_, page) = place.get(&COUNTY, &upload).await;
        assert!(page.contains("不在您的管辖范围"));
        place.close().await;
    }
}

/// Row M04: a file that comes twice changes nothing, also after its hit was refused; what the register says already is
/// no proposal.
#[tokio::test]
async fn returned_twice_changes_nothing() {
    for place in places(4, &[]).await {
        let to = place.list(&COUNTY, "disability", "csv").await;
        let text =
            "编号,残疾等级,残疾类别,发证日期\n1,二级,肢体,2023-05-01\n2,三级,视力,2022-01-01\n";
        let first = place.back(&COUNTY, &to, "2025-06-20", text).await;
        assert_eq!(place.counts(&first).await, [2, 0, 0, 0, 0]);
        let again = place.back(&COUNTY, &to, "2025-06-20", text).await;
        assert_eq!(place.counts(&again).await, [0, 2, 0, 0, 0]);
        let one = proposal(&place, 0).await;
        let (status, page) = place.post(&COUNTY, &format!("{one}/refusal"), &[]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("不采纳要写明理由"));
        let (status, _) = place
            .post(
                &COUNTY,
                &format!("{one}/refusal"),
                &[("why", "入户见到本人，没有残疾")],
            )
            .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert!(place.get(&COUNTY, &one).await.1.contains("入户见到本人"));
        let third = place.back(&COUNTY, &to, "2025-06-20", text).await;
        assert_eq!(place.counts(&third).await, [0, 2, 0, 0, 0]);
        assert_eq!(place.open_proposals().await.len(), 1);
        // The register comes to say the same by itself: settled, and no proposal any more.
        for (fact, value) in [("disability_grade", "3"), ("disability_kind", "视力")] {
            place.correct(1, fact, value).await;
        }
        assert!(place.open_proposals().await.is_empty());
        assert_eq!(place.audits("matching.settled").await, 1);
        let other = place.list(&COUNTY, "disability", "csv").await;
        let rows = "编号,残疾等级,残疾类别,发证日期\n2,三级,视力,2022-01-01\n";
        let same = place.back(&COUNTY, &other, "2025-06-20", rows).await;
        assert_eq!(place.counts(&same).await, [0, 0, 1, 0, 0]);
        place.close().await;
    }
}

/// Rows M04, B14, M03: the department's own people take many at once for facts they keep; a county passes a hit on to
/// them as a request; a lead is told and seen to, and records nothing.
#[tokio::test]
async fn a_department_takes_many_and_a_hit_is_passed_on() {
    for place in places(6, &[]).await {
        let to = place.list(&COUNTY, "disability", "csv").await;
        let text =
            "编号,残疾等级,发证日期\n1,1级,2023-05-01\n2,二级,2022-01-01\n3,叁级,2021-01-01\n";
        let upload = place.back(&DISABLED, &to, "2025-06-20", text).await;
        assert_eq!(place.counts(&upload).await, [3, 0, 0, 0, 0]);
        let one = proposal(&place, 2).await;
        let (status, _) = place.post(&COUNTY, &format!("{one}/forwarding"), &[]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (_, page) = place.get(&DISABLED, "/corrections").await;
        assert!(page.contains(&name(2)), "{page}");
        let codes = place.open_proposals().await;
        let pairs: Vec<(&str, &str)> = codes
            .iter()
            .map(|(code, _)| ("proposal", code.as_str()))
            .collect();
        let bulk = "/matching/proposals/acceptance";
        let (status, _) = place.post(&COUNTY, bulk, &pairs).await;
        assert_eq!(
            status,
            StatusCode::FORBIDDEN,
            "the county keeps other facts"
        );
        // Somebody changed the fact meanwhile: that one is left.
        place.correct(1, "disability_grade", "4").await;
        let (_, list) = place.get(&DISABLED, "/matching/proposals?state=open").await;
        assert!(list.contains("采纳选中的"));
        let (status, _) = place.post(&DISABLED, bulk, &pairs).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(
            place.fact(0, "disability_grade").await.as_deref(),
            Some("1")
        );
        assert_eq!(
            place.fact(1, "disability_grade").await.as_deref(),
            Some("4")
        );
        assert_eq!(place.open_proposals().await.len(), 1);

        let stay = place.list(&COUNTY, "medical_stay", "csv").await;
        let rows = "编号,入院日期,出院日期\n4,2025-05-20,2025-06-02\n";
        place.back(&COUNTY, &stay, "2025-06-20", rows).await;
        let person = place.person(3).await;
        let lead = proposal(&place, 3).await;
        let (_, page) = place.get(&COUNTY, &lead).await;
        assert!(
            page.contains("住院 2025-05-20 至 2025-06-02") && page.contains("已处理"),
            "{page}"
        );
        let version = person.version.to_string();
        place
            .post(
                &COUNTY,
                &format!("{lead}/acceptance"),
                &[("version", &version)],
            )
            .await;
        assert_eq!(
            place.person(3).await.version,
            person.version,
            "nothing recorded"
        );
        assert_eq!(place.audits("matching.seen").await, 1);
        place.close().await;
    }
}

/// Row M04: suspects stand on the desk of civil affairs, hits of a department on its own.
#[tokio::test]
async fn hits_stand_on_the_desk() {
    for place in places(4, &[]).await {
        let death = place.list(&COUNTY, "funeral", "csv").await;
        place
            .back(
                &COUNTY,
                &death,
                "2025-06-20",
                "编号,死亡日期\n1,2025-05-20\n",
            )
            .await;
        let other = place.list(&COUNTY, "disability", "csv").await;
        let rows = "编号,残疾等级,发证日期\n2,二级,2022-01-01\n3,二级,2022-01-01\n";
        place.back(&COUNTY, &other, "2025-06-20", rows).await;
        let (_, page) = place.get(&COUNTY, "/matching").await;
        assert!(page.contains("疑似去世"));
        for (who, suspect, count) in [
            (&COUNTY, "1", 1),
            (&COUNTY, "0", 2),
            (&DISABLED, "0", 2),
            (&DISABLED, "1", 0),
        ] {
            let path = format!("/matching/proposals?state=open&suspect={suspect}");
            let (_, page) = place.get(who, &path).await;
            assert_eq!(
                page.matches("data-label=\"对象\"").count(),
                count,
                "{} {suspect}",
                who.0
            );
        }
        let (status, _) = place
            .get(&COUNTY, "/matching/proposals?state=nothing")
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        place.close().await;
    }
}

/// Row M04: a file that cannot be read, lacks its column or speaks of tomorrow says so.
#[tokio::test]
async fn a_file_that_cannot_be_read_says_why() {
    for place in places(3, &[]).await {
        let to = place.list(&COUNTY, "police_death", "csv").await;
        let (status, page) = place.upload(&COUNTY, &to, "2025-06-20", b"").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("请选择返回的文件"));
        let (status, page) = place
            .upload(&COUNTY, &to, "2026-06-20", b"a,b\n1,2\n")
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("不能晚于今天"), "{page}");
        let (_, upload) = place
            .upload(&COUNTY, &to, "2025-06-20", "编号,姓名\n1,张三\n".as_bytes())
            .await;
        place.work().await;
        let (_, page) = place.get(&COUNTY, &upload).await;
        assert!(page.contains("没有「死亡日期」这一列"), "{page}");
        place.close().await;
    }
}

/// Row M04: every file that comes back wrong says what is wrong, where and what to do, whatever it is written in; the day typed beside it stays.
#[tokio::test]
async fn a_wrong_file_says_what_to_do() {
    for place in places(3, &[]).await {
        let to = place.list(&COUNTY, "police_death", "csv").await;
        let (_, page) = place.get(&COUNTY, &to).await;
        assert!(page.contains("下一步：下载名单，交给公安核对"), "{page}");
        for (bytes, says) in [
            (gbk("编号,姓名\n1,张三\n"), "文件里的列是「编号」「姓名」"),
            (
                gbk("姓名,死亡日期\n张三,2025-05-20\n"),
                "请加上名单里的编号那一列",
            ),
            (gbk("编号,死亡日期\n"), "只有列名，没有数据"),
            ("编号,死亡日期\n".into(), "一个人都没有命中的不用上传"),
        ] {
            let (status, upload) = place.upload(&COUNTY, &to, "2025-06-20", &bytes).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{says}: {upload}");
            place.work().await;
            let (_, page) = place.get(&COUNTY, &upload).await;
            for words in [says, "没有读完", "重新上传"] {
                assert!(page.contains(words), "{words}: {page}");
            }
        }
        let (status, page) = place.upload(&COUNTY, &to, "2025-06-20", b"").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.contains("请选择返回的文件") && page.contains("2025-06-20"),
            "{page}"
        );
        assert_eq!(
            place
                .number("SELECT count(*) AS n FROM exchange_proposal")
                .await,
            0
        );

        // Nobody of them is on the list: nothing is taken, and that is what the page says.
        let text = "编号,死亡日期\n77,2025-05-20\n";
        let upload = place.back(&COUNTY, &to, "2025-06-20", text).await;
        let (_, page) = place.get(&COUNTY, &upload).await;
        assert!(
            page.contains(">没有登记<") && page.contains("改好以后只把这些行"),
            "{page}"
        );
        // The same file twice is said to be the same.
        let text = "编号,死亡日期\n1,2025-05-20\n";
        let first = place.back(&COUNTY, &to, "2025-06-20", text).await;
        let (_, page) = place.get(&COUNTY, &first).await;
        assert!(
            page.contains("已登记") && !page.contains("已经上传过"),
            "{page}"
        );
        let again = place.back(&COUNTY, &to, "2025-06-20", text).await;
        assert_eq!(place.counts(&again).await, [0, 1, 0, 0, 0]);
        let (_, page) = place.get(&COUNTY, &again).await;
        assert!(
            page.contains("没有新结果") && page.contains("已经上传过"),
            "{page}"
        );
        // Another officer sees that it came, and no way into a page that is not theirs.
        let (_, page) = place.get(&CITY, &to).await;
        assert!(
            page.contains("back.csv") && !page.contains("/matching/uploads/"),
            "{page}"
        );
        place.close().await;
    }
}

/// Row M04: an empty page says why it is empty and what leads on.
#[tokio::test]
async fn empty_pages_lead_on() {
    for place in places(3, &[]).await {
        for (path, words) in [
            ("/matching", "还没有发出过名单"),
            ("/matching?kind=funeral", "看全部名单"),
            ("/matching/proposals?state=open", "没有要处理的结果"),
            ("/matching/proposals?state=refused", "看待处理的"),
        ] {
            let (status, page) = place.get(&COUNTY, path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(page.contains(words), "{path}: {page}");
        }
        place.close().await;
    }
}

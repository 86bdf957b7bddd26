//! Pages: what is typed is kept, who may see what, what is told to whom.

use crate::place::{PROCEDURES, SENIOR, actor, daughter, key, places};
use authz::{Actor, Role};
use axum::http::StatusCode;
use cases::book;
use cases::machine::Act;

/// Rows C05, C33: a family applies in three steps, each kept; nothing the register knows is asked for; a step that lacks
/// something comes back with what was typed.
#[tokio::test]
async fn a_family_applies_in_three_steps() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let family = daughter(1);
        let page = format!("/apply/{}", key(1).id);
        let (status, text) = place.get(&family, &page).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            text.contains("无需申请"),
            "the list owes it: nobody need apply"
        );
        let (status, to) = place.post(&family, &format!("{page}/{SENIOR}"), &[]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (status, again) = place.post(&family, &format!("{page}/{SENIOR}"), &[]).await;
        assert_eq!((status, &again), (StatusCode::SEE_OTHER, &to), "one draft");
        let lacking = [("applicant", "family"), ("phone", "13800000000")];
        let (status, text) = place.post(&family, &to, &lacking).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("13800000000"), "what was typed is kept");
        let first = [
            ("applicant", "family"),
            ("proxy", "王小兰，女儿"),
            ("phone", "13800000000"),
        ];
        let (_, to) = place.post(&family, &to, &first).await;
        let (_, text) = place.get(&family, &to).await;
        assert!(text.contains("不用带") && text.contains("户口簿"), "{text}");
        let (_, to) = place
            .post(&family, &to, &[("have", "id_card"), ("have", "proxy")])
            .await;
        let (_, text) = place.get(&family, &to).await;
        assert!(text.contains("王小兰"), "{text}");
        assert!(
            text.contains("还缺") && text.contains("社会保障卡"),
            "{text}"
        );
        let (status, to) = place.post(&family, &to, &[("note", "行动不便")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let (_, text) = place.get(&family, &to).await;
        assert!(
            text.contains("待受理") && text.contains("行动不便"),
            "{text}"
        );
        assert!(!text.contains("近亲属备案"), "not a family's business");
        place.close().await;
    }
}

/// Row C33: the second of two officers gets 409, hears what the first did, and finds their words again.
#[tokio::test]
async fn the_slower_officer_keeps_what_they_typed() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let case = place.deciding(1).await;
        let path = format!("/cases/{}", case.code);
        let first = actor("first", Role::CountyCivil);
        let (status, text) = place.get(&first, &path).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        assert!(text.contains("作出决定") && text.contains("批准"));
        place.act(&first, &case, Act::Approve, "").await.unwrap();
        let version = case.version.to_string();
        let typed = [
            ("act", "refuse"),
            ("version", version.as_str()),
            ("reason", "我写的一大段理由"),
        ];
        let second = actor("second", Role::CountyCivil);
        let (status, text) = place.post(&second, &path, &typed).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(text.contains("已经办了“批准”"), "{text}");
        assert!(text.contains("我写的一大段理由"), "{text}");
        place.close().await;
    }
}

/// Rows C33, K03, invariant 10: publicity shows a masked name and nothing else, on the page as in Word; an objection's words never reach the family;
/// who is outside sees nothing.
#[tokio::test]
async fn publicity_does_not_leak() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let case = place.deciding(1).await;
        place.on("2025-06-05");
        let town = actor("town", Role::TownWorker);
        let (status, text) = place.get(&town, "/publicity").await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("测*") && !text.contains("测000001"), "{text}");
        assert!(text.contains("/publicity/sheet.docx"), "{text}");
        let sheet = place.word(&town, "/publicity/sheet.docx").await;
        for says in ["审批前公示", "2025年6月5日 至 2025年6月9日", "测*"] {
            assert!(sheet.contains(says), "{says}: {sheet}");
        }
        assert!(!sheet.contains("测000001"), "{sheet}");
        place
            .act(&town, &case, Act::Object, "邻居说他儿子有两套房")
            .await
            .unwrap();
        let path = format!("/cases/{}", case.code);
        let (_, text) = place.get(&town, &path).await;
        assert!(text.contains("两套房"));
        let (_, text) = place.get(&daughter(1), &path).await;
        assert!(
            text.contains("收到异议") && !text.contains("两套房"),
            "{text}"
        );
        let (status, _) = place.get(&daughter(2), &path).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        place.close().await;
    }
}

/// Rows C33, K03, K06: guides come from the procedures cases run by; holes are refused when they are loaded and the old ones stay.
#[tokio::test]
async fn guides_say_what_the_procedures_say() {
    for place in places().await {
        let (status, text) = place
            .get(&daughter(1), "/guides/severe_disability_nursing")
            .await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            text.contains("县残联核证") && text.contains("10 个工作日"),
            "{text}"
        );
        assert!(text.contains("不公示"));
        let path = "/guides/severe_disability_nursing/guide.docx";
        assert!(text.contains(path), "{text}");
        let guide = place.word(&daughter(1), path).await;
        for says in ["办事指南", "县残联核证", "10 个工作日", "公示：不公示"] {
            assert!(guide.contains(says), "{says}: {guide}");
        }
        let system = Actor::system("test");
        let mut tx = place.store.begin(&system, None).await.unwrap();
        let broken = PROCEDURES.replacen("by = \"town\"", "by = \"moon\"", 1);
        let problems = book::load(&mut tx, &place.plans, &broken)
            .await
            .unwrap()
            .unwrap_err();
        assert!(problems[0].contains("moon"), "{problems:?}");
        tx.rollback().await.unwrap();
        assert_eq!(book::in_force(&place.store).await.unwrap().unwrap().no, 1);
        place.close().await;
    }
}

/// Rows C33, K04: a case that ended is rated once, and the office reads what it comes to.
#[tokio::test]
async fn a_case_is_rated_once() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let case = place.deciding(1).await;
        let county = actor("county", Role::CountyCivil);
        let path = format!("/cases/{}/rating", case.code);
        let early = place.post(&daughter(1), &path, &[("score", "5")]).await;
        assert_eq!(early.0, StatusCode::BAD_REQUEST);
        place.act(&county, &case, Act::Approve, "").await.unwrap();
        for _ in 0..2 {
            let rated = [("score", "4"), ("words", "很快")];
            place.post(&daughter(1), &path, &rated).await;
        }
        assert_eq!(
            place.number("SELECT count(*) AS n FROM cases_rating").await,
            1
        );
        let (_, text) = place.get(&county, "/ratings").await;
        assert!(text.contains("100%") && text.contains("很快"), "{text}");
        place.close().await;
    }
}

/// The smallest picture.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 2, 0, 0, 0,
];

/// Row C33; invariants 10 and 12: a paper is photographed with the draft, taken away while it is one, read by whoever
/// handles the case and by nobody else; what is no picture is refused in words.
#[tokio::test]
async fn papers_are_brought_as_files() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let (family, town) = (daughter(1), actor("town", Role::TownWorker));
        let case = place.draft(&family, 1).await;
        let upload = format!("/cases/{}/files", case.code);
        let draft = format!("/applications/{}/2", case.code);
        for (evidence, bytes, says) in [
            ("bank_card", &b"just words"[..], "不能作为佐证"),
            ("bank_card", &b""[..], "没有选文件"),
            ("", PNG, "哪一份材料"),
        ] {
            let (status, text) = place.bring(&family, &upload, evidence, bytes).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{says}");
            assert!(text.contains(says), "{says}: {text}");
        }
        for evidence in ["bank_card", "other"] {
            let (status, to) = place.bring(&family, &upload, evidence, PNG).await;
            assert_eq!((status, &to), (StatusCode::SEE_OTHER, &draft), "{to}");
        }
        let (_, text) = place.get(&family, &draft).await;
        assert!(text.contains("社会保障卡") && text.contains("其他材料"));
        let away = format!("{upload}/2/remove");
        let (status, to) = place.post(&family, &away, &[]).await;
        assert_eq!((status, to), (StatusCode::SEE_OTHER, draft));
        assert_eq!(
            place
                .number("SELECT CAST(count(*) AS BIGINT) AS n FROM cases_file")
                .await,
            1
        );
        let case = place.act(&family, &case, Act::Submit, "").await.unwrap();
        let first = format!("{upload}/1");
        let (status, _) = place.post(&family, &format!("{first}/remove"), &[]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "handed in");
        let (_, text) = place.get(&town, &format!("/cases/{}", case.code)).await;
        assert!(text.contains(&first), "{text}");
        assert_eq!(place.get(&town, &first).await.0, StatusCode::OK);
        let (status, _) = place.get(&daughter(2), &first).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let read =
            "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE action = 'case.file_read'";
        assert_eq!(place.number(read).await, 1);
        place.close().await;
    }
}

/// Row C33; invariant 11: the family is told what an act means, once, in the transaction of the act.
#[tokio::test]
async fn the_family_is_told() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let case = place.deciding(1).await;
        let county = actor("county", Role::CountyCivil);
        place.act(&county, &case, Act::Approve, "").await.unwrap();
        // Refused before anything is written: nobody is told.
        assert!(place.act(&county, &case, Act::Approve, "").await.is_err());
        let sql = "SELECT kind, said FROM message_message ORDER BY made_at, code";
        let rows = store::Reads::all(&place.store, sql, vec![]).await.unwrap();
        let told: Vec<(String, String)> = rows
            .iter()
            .map(|row| (row.text("kind").unwrap(), row.text("said").unwrap()))
            .collect();
        let kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["accepted", "posted", "decided"], "{told:?}");
        assert!(told[2].1.contains("同意。每期 50.00 元"), "{told:?}");
        place.close().await;
    }
}

/// Row K03; product rule 40: the papers of a procedure come from its data and from where the case stands, as PDF and Word; what
/// officers fill in at the door is not the family's; every print is logged; a place's words are in them.
#[tokio::test]
async fn papers_come_from_the_procedure() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let case = place.deciding(1).await;
        let town = actor("town", Role::TownWorker);
        let path = format!("/cases/{}", case.code);
        let (_, page) = place.get(&town, &path).await;
        for (paper, there) in [
            ("acceptance", true),
            ("application", true),
            ("decision", false),
            ("visit", false),
            ("agreement", false),
        ] {
            let word = format!("{path}/papers/{paper}.docx");
            assert_eq!(page.contains(&word), there, "{paper}: {page}");
            let (status, _) = place.get(&town, &word).await;
            let expect = if there {
                StatusCode::OK
            } else {
                StatusCode::BAD_REQUEST
            };
            assert_eq!(status, expect, "{paper}");
        }
        let text = place
            .word(&town, &format!("{path}/papers/application.docx"))
            .await;
        for says in [
            "高龄津贴申请审批表",
            "测000001",
            "乡镇审核",
            "审核通过",
            "县民政确认",
            "档案已有，不用带",
            "申请人（代办人）签名",
        ] {
            assert!(text.contains(says), "{says}: {text}");
        }
        for odd in ["visit", "visit.odt", "../a.pdf"] {
            let (status, _) = place.get(&town, &format!("{path}/papers/{odd}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{odd}");
        }
        let county = actor("county", Role::CountyCivil);
        place.act(&county, &case, Act::Approve, "").await.unwrap();
        let text = place
            .word(&daughter(1), &format!("{path}/papers/decision.docx"))
            .await;
        assert!(
            text.contains("予以批准决定书") && text.contains("每期 50.00 元"),
            "{text}"
        );
        assert!(!text.contains("理由："), "nothing was said: {text}");
        let read =
            "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE action = 'case.print'";
        assert_eq!(place.number(read).await, 4);
        place.close().await;
    }
}

/// Row K03; product rule 40: the 入户核查表 has what the register says beside blanks and two checkers; it is not the family's.
#[tokio::test]
async fn a_visit_takes_a_sheet_along() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let visits = PROCEDURES.replacen(
            "papers = [\"application\"]",
            "papers = [\"visit\", \"agreement\"]",
            1,
        );
        place.procedures(&visits).await;
        let case = place.deciding(1).await;
        let path = format!("/cases/{}/papers/visit.docx", case.code);
        let town = actor("town", Role::TownWorker);
        let text = place.word(&town, &path).await;
        for says in [
            "入户核实情况",
            "测000001",
            "住房（自有",
            "核查人一",
            "核查人二",
        ] {
            assert!(text.contains(says), "{says}: {text}");
        }
        let (status, _) = place.get(&daughter(1), &path).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let agreement = path.replace("visit", "agreement");
        let text = place.word(&daughter(1), &agreement).await;
        assert!(
            text.contains("照料服务协议") && text.contains("丙方"),
            "{text}"
        );
        place.close().await;
    }
}

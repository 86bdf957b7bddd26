//! Who looked, in plain words: for the family and for the officer. Rows M03, M05; invariant 10.

use crate::place::{City, cities};
use authz::{Actor, Role, Scope};
use axum::http::StatusCode;
use host::{Access, may_send};
use laoyou::compose;
use store::{Audit, Reads, values};

/// Rows M03, M05; invariant 10: the daughter reads who opened, listed, unmasked and was refused, by office and month and
/// never by login; the officer reads the name besides; nobody reads it of somebody else's mother.
#[tokio::test]
async fn the_daughter_sees_who_opened_her_mothers_record() {
    for city in cities().await {
        let her = city.person("王念慈").await.key.id;
        let worker = city.door("demo-01-town").await;
        let page = format!("/people/{her}");
        city.get(&page, &worker).await;
        city.get("/people", &worker).await;
        let unmask = format!("{page}/unmasking");
        city.post(&unmask, &[("reason", "verify")], &worker).await;
        let stranger = city.door("demo-02-town").await;
        assert_eq!(
            city.get(&page, &stranger).await.status,
            StatusCode::FORBIDDEN
        );
        let family = city.door("demo-08-family").await;
        let cards = city.get("/family", &family).await.body;
        let reads = format!("/family/{her}/reads");
        assert!(cards.contains(&reads), "{}", city.name);
        let seen = city.get(&reads, &family).await;
        assert_eq!(seen.status, StatusCode::OK);
        assert_eq!(seen.header("cache-control"), "no-store");
        for text in [
            "2025年6月30日",
            "查阅档案",
            "列入名单并显示",
            "查看完整证号、电话",
            "核对证件或待遇资格",
            "越权被拒绝",
            "乡镇民政办（随县",
            "您本人",
        ] {
            assert!(seen.body.contains(text), "{text} on {}", city.name);
        }
        for text in ["demo-01-town", "张敏", "赵立新"] {
            assert!(!seen.body.contains(text), "{text}");
        }
        let before = city.get(&format!("{reads}?month=2025-05"), &family).await;
        assert!(before.body.contains("2025年5月没有人看过、办过"));
        assert!(!before.body.contains("越权被拒绝"));
        for (query, status) in [
            ("?month=2025-13", StatusCode::BAD_REQUEST),
            ("?after=x", StatusCode::BAD_REQUEST),
            ("?who=1", StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(
                city.get(&format!("{reads}{query}"), &family).await.status,
                status,
                "{query}"
            );
        }
        let tab = city
            .get(&format!("{page}?tab=history&month=2025-06"), &worker)
            .await
            .body;
        assert!(tab.contains("张敏") || tab.contains("您本人"));
        assert!(tab.contains("赵立新（乡镇民政办 · ") && !tab.contains("我有疑问"));
        let sql = "SELECT id FROM people_person WHERE name <> '王念慈' ORDER BY id LIMIT 1";
        let other = city
            .store
            .one(sql, vec![])
            .await
            .unwrap()
            .unwrap()
            .text("id")
            .unwrap();
        let closed = city.get(&format!("/family/{other}/reads"), &family).await;
        assert_eq!(closed.status, StatusCode::FORBIDDEN, "{}", city.name);
        city.close().await;
    }
}

async fn look(city: &City, person: &str, times: usize) {
    let sql = "SELECT id FROM org_account WHERE login = 'demo-03-county'";
    let row = city.store.one(sql, vec![]).await.unwrap().unwrap();
    let officer = Actor {
        id: row.text("id").unwrap(),
        name: "王建国".into(),
        role: Role::CountyCivil,
        scope: Scope::Nowhere,
        scope_name: String::new(),
    };
    for _ in 0..times {
        let entry = Audit::new("person.read").person("421303", person);
        city.store
            .log_reads(&officer, None, &[entry])
            .await
            .unwrap();
    }
}

/// Row M05: a long month is read page by page, every row once.
#[tokio::test]
async fn a_long_month_is_read_page_by_page() {
    for city in cities().await {
        let her = city.person("王念慈").await.key.id;
        look(&city, &her, 120).await;
        let family = city.door("demo-08-family").await;
        let (mut path, mut pages, mut rows) = (format!("/family/{her}/reads"), 0, 0);
        loop {
            let page = city.get(&path, &family).await.body;
            pages += 1;
            rows += page.matches("县民政").count() - page.matches("县民政局").count();
            let Some((_, rest)) = page
                .split_once("rel=\"next\"")
                .map(|(before, _)| before.rsplit_once("href=\"").unwrap())
            else {
                break;
            };
            path = rest
                .split('"')
                .next()
                .unwrap()
                .replace("&#38;", "&")
                .replace("&amp;", "&");
        }
        assert_eq!((pages, rows), (3, 120), "{}", city.name);
        city.close().await;
    }
}

/// Row M05: a question about one look reaches the auditor, and the answer stands on the daughter's page; an officer asks
/// nothing there, and nobody asks about a row that never showed her.
#[tokio::test]
async fn a_question_comes_back_answered() {
    for city in cities().await {
        let her = city.person("王念慈").await.key.id;
        look(&city, &her, 1).await;
        let family = city.door("demo-08-family").await;
        let reads = format!("/family/{her}/reads");
        let page = city.get(&reads, &family).await.body;
        let (_, rest) = page
            .split_once(&format!("/family/{her}/questions/new?row="))
            .unwrap();
        let row = rest.split('"').next().unwrap();
        let form = city
            .get(&format!("/family/{her}/questions/new?row={row}"), &family)
            .await;
        assert!(form.body.contains("县民政") && form.body.contains("不知道这是谁、为什么看"));
        let post = format!("/family/{her}/questions");
        let bare = city
            .post(&post, &[("row", row), ("said", "请查一下")], &family)
            .await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bare.body.contains("请查一下"), "nothing typed is lost");
        let asked = [("row", row), ("kind", "stranger"), ("said", "请查一下")];
        assert_eq!(city.post(&post, &asked, &family).await.to, reads);
        assert_eq!(
            city.post(&post, &asked, &family).await.status,
            StatusCode::CONFLICT
        );
        let worker = city.door("demo-01-town").await;
        assert_eq!(
            city.post(&post, &asked, &worker).await.status,
            StatusCode::FORBIDDEN
        );
        let sql = "SELECT id FROM audit_row WHERE action = 'demo.begin'";
        let foreign = city
            .store
            .one(sql, vec![])
            .await
            .unwrap()
            .unwrap()
            .text("id")
            .unwrap();
        let foreign = [("row", foreign.as_str()), ("kind", "stranger")];
        assert_eq!(
            city.post(&post, &foreign, &family).await.status,
            StatusCode::NOT_FOUND
        );
        let auditor = city.door("demo-26-logs").await;
        let open = city.get("/system/questions", &auditor).await.body;
        assert!(open.contains("请查一下") && open.contains("王建国") && !open.contains("王念慈"));
        let (_, rest) = open.split_once("action=\"/system/questions/").unwrap();
        let path = format!("/system/questions/{}", rest.split('"').next().unwrap());
        city.post(&path, &[("answer", "月度核对时打开，合规")], &auditor)
            .await;
        let answered = city.get(&reads, &family).await.body;
        assert!(
            answered.contains("答复：月度核对时打开，合规"),
            "{}",
            city.name
        );
        city.close().await;
    }
}

/// Rows M03, M05; invariant 10: an inspector opens people, lists and answers in scope, masked, each look with the number of
/// the order; no route takes anything from an inspector but the own sign-in and the search, and nothing has changed.
#[tokio::test]
async fn an_inspector_looks_under_an_order_and_changes_nothing() {
    for city in cities().await {
        let her = city.person("王念慈").await;
        let eye = city.door("demo-23-audit").await;
        let number = people::api::open_secret(&city.store, "id_number", her.id_number.as_ref());
        let number = number.unwrap().unwrap();
        for path in [
            format!("/people/{}", her.key.id),
            format!("/people/{}?tab=entitlement", her.key.id),
            format!("/people/{}?tab=facts", her.key.id),
            "/people".to_owned(),
            "/list/3/people".to_owned(),
            "/owed".to_owned(),
        ] {
            let answer = city.get(&path, &eye).await;
            assert_eq!(answer.status, StatusCode::OK, "{path} on {}", city.name);
            assert!(!answer.body.contains(&number), "{path}");
            assert!(!answer.body.contains("王念慈"), "{path}: her name");
        }
        // The name is found by whoever types it, and shown to nobody behind the veil; contacts are people too.
        let page = city
            .get(&format!("/people/{}", her.key.id), &eye)
            .await
            .body;
        assert!(page.contains("王**"), "{}", city.name);
        if let Some(contact) = her.contact_name.as_deref() {
            assert!(!page.contains(contact), "{contact}");
        }
        let found = city.post("/people/search", &[("q", "王念慈")], &eye).await;
        assert_eq!(found.to, format!("/people/{}", her.key.id));
        let many = city.post("/people/search", &[("q", "王")], &eye).await;
        let many = city.get(&many.to, &eye).await.body;
        assert!(many.contains("王**") && !many.contains("王念慈"));
        let worker = city.door("demo-01-town").await;
        let theirs = city.get(&format!("/people/{}", her.key.id), &worker).await;
        assert!(
            theirs.body.contains("王念慈"),
            "the veil is the inspector's alone"
        );
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row \
             WHERE role = 'inspector_discipline' AND action <> 'sign_in' AND detail NOT LIKE '%随审〔2025〕6号%'";
        assert_eq!(city.count(sql).await, 0, "every look names its order");
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row \
             WHERE role = 'inspector_discipline' AND subject = $1 AND action = 'person.read'";
        assert!(
            city.store
                .number(sql, values![her.key.id.as_str()])
                .await
                .unwrap()
                >= 3
        );
        let written = async || {
            let mut all = Vec::new();
            for table in [
                "people_history",
                "people_event",
                "people_person",
                "entitle_answer",
                "org_account",
                "plan_version",
            ] {
                let sql = format!("SELECT CAST(count(*) AS BIGINT) AS n FROM {table}");
                all.push(city.count(&sql).await);
            }
            all
        };
        let before = written().await;
        let mut refused = 0;
        for route in compose::routes().0 {
            if route.method == "GET" || matches!(route.access, Access::Public | Access::Demo) {
                continue;
            }
            if may_send(Role::InspectorDiscipline, route.path) {
                assert!(
                    ["/sign-out", "/password", "/people/search"].contains(&route.path)
                        || route.path.starts_with("/security/"),
                    "{} is no reading",
                    route.path
                );
                continue;
            }
            let path = route
                .path
                .replace("{id}", &her.key.id)
                .replace("{no}", "3")
                .replace("{fact}", "living");
            let answer = city.post(&path, &[], &eye).await;
            // The interface takes tokens of partners and knows no sign-in at all.
            let expect = if path.starts_with("/api/") {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(answer.status, expect, "{} {path}", route.method);
            refused += 1;
        }
        assert!(refused > 20, "{refused}");
        assert_eq!(written().await, before, "{}", city.name);
        city.close().await;
    }
}

/// Rows M03, M05, C03; invariant 10: when two files became one, whoever looked at either has looked at her: one list of
/// both, a look at a list that showed both told once, and a question can be asked about a look at the old file.
#[tokio::test]
async fn looks_at_both_files_are_hers_after_they_became_one() {
    for city in cities().await {
        let her = city.person("王念慈").await;
        let sql = "SELECT id FROM people_person WHERE shard = $1 AND id <> $2 ORDER BY id LIMIT 1";
        let row = city
            .store
            .one(sql, values![her.key.shard.as_str(), her.key.id.as_str()])
            .await
            .unwrap()
            .unwrap();
        let other = city.person_of(&row.text("id").unwrap()).await;
        let clerk = Actor {
            id: "clerk".into(),
            name: "经办".into(),
            role: Role::CountyCivil,
            scope: Scope::Everywhere,
            scope_name: String::new(),
        };
        let keys = vec![her.key.id.clone(), other.key.id.clone()];
        let both = Audit::new("person.list").with("keys", keys);
        let old = Audit::new("person.unmask")
            .person(&other.key.shard, &other.key.id)
            .with("reason", "verify");
        let family = city.door("demo-08-family").await;
        let reads = format!("/family/{}/reads", her.key.id);
        let told = "列入名单并显示 · ";
        let before = city.get(&reads, &family).await.body.matches(told).count();
        city.store
            .log_reads(&clerk, None, &[both, old])
            .await
            .unwrap();
        let mut tx = city
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        assert!(
            people::api::set_aside(&mut tx, &other.key, &her.key.id, "m1")
                .await
                .unwrap()
        );
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        let page = city.get(&reads, &family).await.body;
        assert!(page.contains("查看完整证号、电话"), "{}", city.name);
        assert_eq!(page.matches(told).count(), before + 1, "{}", city.name);
        let sql = "SELECT id FROM audit_row WHERE action = 'person.unmask' AND subject = $1";
        let row = city
            .store
            .one(sql, values![other.key.id.as_str()])
            .await
            .unwrap()
            .unwrap()
            .text("id")
            .unwrap();
        let ask = format!("/family/{}/questions/new?row={row}", her.key.id);
        assert!(page.contains(&ask), "{}", city.name);
        assert_eq!(city.get(&ask, &family).await.status, StatusCode::OK);
        let form = [("row", row.as_str()), ("kind", "stranger")];
        let asked = city
            .post(&format!("/family/{}/questions", her.key.id), &form, &family)
            .await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
        let mut tx = city
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        assert!(people::api::bring_back(&mut tx, &other.key).await.unwrap());
        people::api::refresh(&mut tx, &other.key.id).await.unwrap();
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        city.close().await;
    }
}

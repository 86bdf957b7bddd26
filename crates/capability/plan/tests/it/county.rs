//! County lists: loaded, refused, published, laid over the city's; their pages; what each version changed.

use crate::folders::{small, suizhou};
use crate::{count, fresh, loaded, published};
use authz::Actor;
use kernel::Day;
use plan::api::{PlanBook, PublishError, VersionId, county_report, county_stands, load, publish};
use rules::{Facts, Files, Truth, Value, facts};
use store::Store;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn replaced(files: &Files, name: &str, from: &str, to: &str) -> Files {
    let mut files = files.clone();
    let text = files.get_mut(name).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    *text = text.replace(from, to);
    files
}

/// A county of the small city, with its allowance from 75 and one item of its own.
fn county(slug: &str, key: &str) -> Files {
    let files = replaced(
        &small(),
        "plan.toml",
        "slug = \"ceshi\"",
        &format!("slug = \"{slug}\"\ncounty = \"{key}\""),
    );
    let mut files = replaced(&files, "services.toml", "age >= 80", "age >= 75");
    let services = files.get_mut("services.toml").unwrap();
    *services = services
        .replace("2023-06-01", "2024-01-01")
        .replace("测试市基本", "测试县基本");
    services.push_str(
        r#"
[[service]]
no = 2
name = "助餐补贴"
content = "每餐补贴"
audience = "70周岁及以上"
service_type = "物质帮助"
lead = ["县民政局"]
access = "依申请"
area_basis = "residence"
beneficiary = "self"
benefit = { kind = "money", unit = "meal" }
conditions = [ { says = "70周岁及以上", when = "age >= 70" } ]
amount = "200"
source = { document = "测政办发〔2023〕1号", section = "第1项", quote = "助餐" }
"#,
    );
    files
}

async fn draft(store: &Store, files: &Files) -> VersionId {
    loaded(store, files, "zhang").await
}

async fn try_publish(store: &Store, id: &VersionId) -> Result<(), PublishError> {
    let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
    let done = publish(&mut tx, id, "zhang", "li").await;
    match done {
        Ok(()) => tx.commit().await.unwrap(),
        Err(_) => tx.rollback().await.unwrap(),
    }
    done
}

fn person(birth: &str, area: &str) -> Facts {
    let area = || Value::Area(area.parse().unwrap());
    let mut known = Facts::default();
    for (name, value) in [
        ("alive", Value::Bool(true)),
        ("birth_date", Value::Day(day(birth))),
        ("hukou_area", area()),
        ("residence_area", area()),
    ] {
        known.set(facts::find(name).unwrap(), Some(value));
    }
    known
}

pub(crate) fn answers(book: &PlanBook, on: &str, birth: &str, area: &str) -> Vec<Truth> {
    let list = book.in_force(day(on)).unwrap();
    let answers = list.list.answer(&person(birth, area), day(on));
    answers.into_iter().map(|answer| answer.answer).collect()
}

/// Rows C01, C02; invariants 1, 4 and 13: a county's list is published under the city's by a second person, from its
/// own day, for its own people; answers name the one list they came from, and the city's own list stays what it was.
#[tokio::test]
async fn a_countys_list_answers_for_its_own_people() {
    for db in fresh().await {
        let early = draft(&db.store, &county("xian", "421321")).await;
        let refused = try_publish(&db.store, &early).await.unwrap_err();
        assert!(
            matches!(refused, PublishError::Problems(_)),
            "no city list yet: {refused}"
        );
        let city = published(&db.store, &small()).await;
        let book = PlanBook::load(&db.store).await.unwrap();
        let before = book.in_force(day("2025-06-30")).unwrap();
        assert!(before.counties.is_empty() && before.city.is_none());
        try_publish(&db.store, &early).await.unwrap();
        book.reload(&db.store).await.unwrap();
        let now = book.in_force(day("2025-06-30")).unwrap();
        assert_ne!(now.digest, before.digest);
        assert_eq!((now.counties.len(), &now.id), (1, &city));
        assert_eq!(now.of_city().digest, before.digest);
        assert_eq!(
            book.city_in_force(day("2025-06-30")).unwrap().digest,
            before.digest
        );
        let (yes, no) = (Truth::True, Truth::False);
        let seventy_six = |on, area| answers(&book, on, "1949-01-01", area);
        assert_eq!(seventy_six("2025-06-30", "421321001001"), [yes, yes]);
        assert_eq!(seventy_six("2025-06-30", "421303001001"), [no, no]);
        // Its list begins on a day; before it the city's answers alone.
        assert_eq!(
            answers(&book, "2023-12-31", "1948-01-01", "421321001001"),
            [no]
        );
        for digest in [&now.digest, &before.digest] {
            assert_eq!(&book.by_digest(digest).unwrap().digest, digest);
        }
        // A second county beside it, and the first one's next version.
        let other = replaced(
            &county("qu", "421303"),
            "services.toml",
            "age >= 75",
            "age >= 78",
        );
        let other = draft(&db.store, &other).await;
        try_publish(&db.store, &other).await.unwrap();
        let next = replaced(
            &county("xian", "421321"),
            "services.toml",
            "age >= 75",
            "age >= 70",
        );
        let next = draft(&db.store, &next).await;
        try_publish(&db.store, &next).await.unwrap();
        book.reload(&db.store).await.unwrap();
        let of = |birth: &str, area: &str| answers(&book, "2025-06-30", birth, area);
        assert_eq!(of("1954-01-01", "421321001001"), [yes, no, yes]);
        assert_eq!(of("1946-01-01", "421303001001"), [yes, yes, no]);
        assert_eq!(of("1949-01-01", "421303001001"), [no, yes, no]);
        assert_eq!(of("1949-01-01", "421381001001"), [no, no, no]);
        // What answered meanwhile is still found by its digest.
        assert_eq!(book.by_digest(&now.digest).unwrap().counties.len(), 1);
        let again = PlanBook::load(&db.store).await.unwrap();
        assert_eq!(
            again.in_force(day("2025-06-30")).unwrap().digest,
            book.in_force(day("2025-06-30")).unwrap().digest
        );
        assert!(again.by_digest(&now.digest).is_some());
        // A county is no other place, and figures are not its own.
        assert_eq!(book.places().len(), 1);
        assert_eq!(book.all().len(), 1);
        let stands = county_stands(&book, day("2025-06-30"));
        let keys: Vec<_> = stands.iter().map(|stand| stand.key.as_str()).collect();
        assert_eq!(keys, ["421303", "421321"]);
    }
}

/// Row C02; invariant 4: a list that does less than the city's is a draft that says so and is not published; a county
/// has one list, and a later city list shows what a published one lacks.
#[tokio::test]
async fn a_countys_list_keeps_the_citys_floor() {
    for db in fresh().await {
        published(&db.store, &small()).await;
        let narrow = replaced(
            &county("xian", "421321"),
            "services.toml",
            "age >= 75",
            "age >= 85",
        );
        let narrow = replaced(&narrow, "services.cases.toml", "1945-06-30", "1935-06-30");
        let id = draft(&db.store, &narrow).await;
        let refused = try_publish(&db.store, &id).await.unwrap_err().to_string();
        for words in ["高龄津贴", "80周岁及以上", "高龄津贴”"] {
            assert!(refused.contains(words), "{words}: {refused}");
        }
        let other = draft(&db.store, &county("xian2", "421321")).await;
        try_publish(&db.store, &other).await.unwrap();
        let twice = draft(&db.store, &county("xian3", "421321")).await;
        let refused = try_publish(&db.store, &twice).await.unwrap_err();
        assert!(matches!(refused, PublishError::OtherPlace(_)), "{refused}");
        // The city's short name is not a county's.
        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        let mixed = county("ceshi", "421321");
        assert!(load(&mut tx, &mixed, "zhang").await.is_err());
        tx.rollback().await.unwrap();
        // The city adds an item: the county's list lacks it until its next version.
        let mut more = small();
        let text = more.get_mut("services.toml").unwrap();
        let second = text
            .split("[[service]]")
            .nth(1)
            .unwrap()
            .replace("no = 1", "no = 2");
        let second = second.replace("name = \"高龄津贴\"", "name = \"探访\"");
        text.push_str(&format!("\n[[service]]{second}"));
        *text = text.replace("version = \"2023-06-01\"", "version = \"2025-01-01\"");
        published(&db.store, &more).await;
        let book = PlanBook::load(&db.store).await.unwrap();
        let stand = county_stands(&book, day("2025-06-30"))
            .remove(0)
            .list
            .unwrap();
        assert_eq!((stand.missing, stand.below), (1, 0));
        // Her county does not have it, the city does: she is answered for it all the same.
        let found = answers(&book, "2025-06-30", "1949-01-01", "421321001001");
        assert_eq!(found, [Truth::True, Truth::False, Truth::True]);
        let folder = rules::folder::load(&county("xian", "421321")).unwrap();
        let report = county_report(&db.store, &folder)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        assert_eq!(report.missing(), 1, "against the later list too");
        assert_eq!(
            count(
                &db.store,
                "plan_version WHERE status = 'published' AND county IS NOT NULL"
            )
            .await,
            1
        );
    }
}

/// Rows C01, C02: the real list of 随州, copied word for word, differs in nothing; with its allowance raised it is a
/// county list that may be published.
#[tokio::test]
async fn the_real_list_is_a_countys_when_copied() {
    let city = rules::folder::load(&suizhou()).unwrap();
    let new = figures::list_edit::NewCounty {
        slug: "suizhou-421321",
        place: "随县",
        county: "421321",
        list: "随县基本养老服务清单",
        from: day("2025-07-01"),
    };
    let files = figures::list_edit::county_copy(&suizhou(), &new).unwrap();
    let copied = rules::folder::load(&files).unwrap();
    let report = rules::county::compare(&city, &copied).unwrap();
    assert_eq!(report.differences, []);
    let value = figures::list_edit::NewValue {
        from: day("2025-07-01"),
        urban: None,
        value: rules::folder::ParamValue::Int(12_000),
    };
    let raised = figures::list_edit::add_value(&files, "养老服务补贴", &value).unwrap();
    let raised = rules::folder::load(&raised).unwrap();
    let report = rules::county::compare(&city, &raised).unwrap();
    assert_eq!(report.faults().count(), 0, "{:#?}", report.differences);
    assert!(
        report.differences.iter().all(|one| one.no == 17),
        "{:#?}",
        report.differences
    );
    let whole = rules::county::effective(&city, &[&raised]).unwrap();
    let list = rules::compile(&whole, None).unwrap();
    assert_eq!(list.items().len(), 28);
    assert!(
        list.items()[16]
            .amount
            .as_ref()
            .unwrap()
            .text
            .contains("421321")
    );
}

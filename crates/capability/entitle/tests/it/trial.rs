//! 政策测算: a draft tried on the register, its job killed and run again, and publishing that waits for it.

use crate::place::{actor, code, day, facts, person, register};
use area::api::{AreaBook, Tree};
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use entitle::api::{TrialPeople, trials};
use host::{App, AppState, Session};
use kernel::AreaCode;
use plan::api::{PlanBook, VersionId};
use rules::{Files, Value};
use std::path::PathBuf;
use std::sync::Arc;
use store::testing::{TestDb, databases};
use store::{Reads, Store};
use tower::ServiceExt;

const YES: Value = Value::Bool(true);
const NO: Value = Value::Bool(false);
/// Entitled to 养老服务补贴 in 曾都区 and in 随县 (its town 长岗镇 is run by a 管委会).
const ENTITLED: [usize; 3] = [5, 2, 4];
const AREAS: [&str; 3] = ["421303001001", "421321102200", "421321115201"];

pub(crate) fn folder() -> Files {
    let place = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let files = std::fs::read_dir(place).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    });
    files.collect()
}

/// 养老服务补贴 raised from 10000 to 12000 fen a month, and its examples with it.
fn raised() -> Files {
    let mut files = folder();
    let params = files.get_mut("params.toml").unwrap();
    let at = params.find("name = \"养老服务补贴\"").unwrap();
    let value = at + params[at..].find("fen = 10000").unwrap();
    params.replace_range(value..value + "fen = 10000".len(), "fen = 12000");
    let cases = files.get_mut("services.cases.toml").unwrap();
    let blocks = cases.split("[[case]]").map(|block| {
        if block.contains("service = 17\n") {
            block.replace("fen = 10000", "fen = 12000")
        } else {
            block.to_owned()
        }
    });
    *cases = blocks.collect::<Vec<_>>().join("[[case]]");
    files
}

pub(crate) async fn fresh() -> Vec<TestDb> {
    let mut migrations = store::migrations();
    for capability in [
        area::capability(),
        org::capability(),
        people::capability(),
        plan::capability(),
        entitle::capability(),
    ] {
        migrations.extend(capability.migrations);
    }
    databases(&migrations).await.unwrap()
}

/// Stores a draft of which every finding was looked at.
async fn draft(store: &Store, files: &Files, by: &str) -> VersionId {
    let mut tx = store.begin(&actor(), None).await.unwrap();
    let id = plan::api::load(&mut tx, files, by).await.unwrap();
    for finding in plan::api::check(files, None).open() {
        plan::api::acknowledge_finding(&mut tx, "suizhou", finding, "原文如此")
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    id
}

pub(crate) async fn publish(store: &Store, files: &Files) -> VersionId {
    let id = draft(store, files, "zhang").await;
    let mut tx = store.begin(&actor(), None).await.unwrap();
    plan::api::publish(&mut tx, &id, "zhang", "li")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

pub(crate) async fn people(store: &Store) {
    let mut all = Vec::new();
    for (count, area) in ENTITLED.iter().zip(AREAS) {
        for _ in 0..*count {
            let area = || Value::Area(code(area));
            let known = facts(&[
                ("alive", YES),
                ("birth_date", Value::Day(day("1942-05-05"))),
                ("hukou_area", area()),
                ("residence_area", area()),
                ("urban", YES),
                ("low_income", YES),
                ("dibao", NO),
                ("dibao_household", NO),
            ]);
            all.push(person(all.len(), &known, None));
        }
    }
    register(store, all).await;
}

pub(crate) struct City {
    pub(crate) db: TestDb,
    pub(crate) app: AppState,
    router: Router,
    folder: PathBuf,
}

impl City {
    pub(crate) async fn of(db: TestDb) -> Self {
        let folder = std::env::temp_dir().join(format!(
            "laoyou-trial-{}-{}",
            std::process::id(),
            db.store.new_id()
        ));
        std::fs::create_dir_all(&folder).unwrap();
        let book = Arc::new(PlanBook::load(&db.store).await.unwrap());
        let plan = rules::folder::load(&crate::trial::folder()).unwrap();
        let areas = AreaBook::of_tree(&Tree::of_plan(&plan.plan, &plan.areas));
        let app: AppState = Arc::new(
            App::new(db.store.clone(), "随州市", None)
                .with_part(book)
                .with_part(Arc::new(areas))
                .with_part(Arc::new(TrialPeople::own(folder.clone())))
                .with_part(Arc::new(trials())),
        );
        let mut routes = plan::capability().routes;
        routes.0.extend(entitle::capability().routes.0);
        let router = routes.router().with_state(Arc::clone(&app));
        Self {
            db,
            app,
            router,
            folder,
        }
    }

    async fn send(&self, request: Request<Body>, who: &Actor) -> (StatusCode, String) {
        let mut request = request;
        request.extensions_mut().insert(Arc::new(Session {
            actor: who.clone(),
            id: "s".into(),
            must_change_password: false,
        }));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let to = answer.headers().get(header::LOCATION);
        let to = to.map(|to| to.to_str().unwrap().to_owned());
        let bytes = axum::body::to_bytes(answer.into_body(), 10_000_000).await;
        let text = String::from_utf8_lossy(&bytes.unwrap()).into_owned();
        (status, to.unwrap_or(text))
    }

    pub(crate) async fn get(&self, path: &str, who: &Actor) -> (StatusCode, String) {
        self.send(Request::get(path).body(Body::empty()).unwrap(), who)
            .await
    }

    pub(crate) async fn post(&self, path: &str, body: String, who: &Actor) -> (StatusCode, String) {
        let form = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.send(form.unwrap(), who).await
    }

    /// Runs the next job, if there is one.
    pub(crate) async fn work(&self) -> bool {
        let Some(job) = self.db.store.claim_job().await.unwrap() else {
            return false;
        };
        let specs = entitle::capability().jobs;
        let spec = specs.iter().find(|spec| spec.kind == job.kind).unwrap();
        let result = (spec.run)(Arc::clone(&self.app), job.clone()).await;
        self.db.store.finish_job(&job, result).await.unwrap();
        true
    }

    pub(crate) async fn count(&self, from: &str) -> i64 {
        let sql = format!("SELECT CAST(count(*) AS BIGINT) AS n FROM {from}");
        self.db.store.number(&sql, vec![]).await.unwrap()
    }
}

impl Drop for City {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn officer(id: &str, role: Role, areas: &[&str]) -> Actor {
    let areas = areas.iter().map(|area| area.parse::<AreaCode>().unwrap());
    Actor {
        id: id.into(),
        name: format!("{id}的姓名"),
        role,
        scope: Scope::Areas(areas.collect()),
        scope_name: String::new(),
    }
}

fn holds(page: &str, words: &[&str]) {
    for word in words {
        assert!(
            page.contains(word),
            "「{word}」 is not on the page:\n{page}"
        );
    }
}

/// Rows C02, C03; product.md, screen 4: a draft that raises an amount is refused until it was tried, and
/// the trial says the difference to the fen: people × 2000 fen × 12.
#[tokio::test]
async fn a_raised_amount_is_tried_and_then_published() {
    for db in fresh().await {
        publish(&db.store, &folder()).await;
        people(&db.store).await;
        let id = draft(&db.store, &raised(), "zhang").await;
        let city = City::of(db).await;
        let li = officer("li", Role::CityCivil, &["4213"]);
        let one = format!("/list/versions/{id}");
        let act = format!("{one}/publication");
        let (_, page) = city.get(&one, &li).await;
        holds(&page, &["未测算", "先测算", "action=\"/trials\""]);
        assert!(!page.contains(&act));
        let (status, page) = city.post(&act, String::new(), &li).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(&page, &["先测算，再发布", &format!("{one}#trial")]);
        assert_eq!(
            city.count("plan_version WHERE status = 'published'").await,
            1
        );

        let town = officer("wu", Role::TownWorker, &["421303001"]);
        let ask = format!("version={id}");
        let (status, _) = city.post("/trials", ask.clone(), &town).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, trial) = city.post("/trials", ask.clone(), &li).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{trial}");
        // Asked again while it waits: the same one.
        assert_eq!(city.post("/trials", ask, &li).await.1, trial);
        holds(&city.get(&trial, &li).await.1, &["等待测算", "已排队"]);
        holds(&city.get(&one, &li).await.1, &["测算中"]);
        let (status, _) = city.post(&act, String::new(), &li).await;
        assert_eq!(status, StatusCode::CONFLICT);

        assert!(city.work().await && !city.work().await);
        let people: usize = ENTITLED.iter().sum();
        let more = |count: usize| kernel::Fen(count as i64 * 2000 * 12).to_string();
        let (_, page) = city.get(&trial, &li).await;
        let all = format!("+{}", more(people));
        holds(
            &page,
            &[
                "已完成",
                "养老服务补贴",
                &all,
                &format!("金额增加 {people} 人"),
                // 随县 with 长岗镇, and without it where bodies are told apart.
                &format!("<strong>+{}</strong>", more(6)),
                &format!("<strong>+{}</strong>", more(2)),
                &format!("<strong>+{}</strong>", more(4)),
                "大洪山",
                "没有人因为条件增减",
                "缺事实、待核实的没有算进符合",
            ],
        );
        assert!(!page.contains("测0000"), "a name stands on the page");
        // The people's file went with the job.
        assert_eq!(std::fs::read_dir(&city.folder).unwrap().count(), 0);

        // A county sees its own areas only, a town nothing (invariant 10).
        let county = officer("wang", Role::CountyCivil, &["421303"]);
        let own: Vec<String> = city
            .app
            .part::<AreaBook>()
            .unwrap()
            .executor_scope("421303")
            .iter()
            .map(ToString::to_string)
            .collect();
        let county = Actor {
            scope: officer(
                "x",
                Role::CountyCivil,
                &own.iter().map(String::as_str).collect::<Vec<_>>(),
            )
            .scope,
            ..county
        };
        let (_, page) = city.get(&trial, &county).await;
        holds(
            &page,
            &[
                &format!("<strong>+{}</strong>", more(5)),
                "各条件的影响只按全市统计",
            ],
        );
        assert!(!page.contains(&all) && !page.contains("大洪山"));
        assert_eq!(city.get(&trial, &town).await.0, StatusCode::FORBIDDEN);
        holds(
            &city.get("/trials", &li).await.1,
            &[&trial, &format!("多 {} 元", more(people))],
        );
        assert!(!city.get("/trials", &county).await.1.contains(&more(people)));

        holds(
            &city.get(&one, &li).await.1,
            &["已测算", &format!("全年多 {} 元", more(people)), &act],
        );
        let (status, to) = city.post(&act, String::new(), &li).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, one.as_str()));
        assert_eq!(
            city.count("plan_version WHERE status = 'published'").await,
            2
        );
    }
}

/// A trial of another draft does not count, nor is one asked for where nothing about people differs or
/// nobody is registered.
#[tokio::test]
async fn a_trial_is_of_one_draft_and_asked_only_where_it_says_something() {
    for db in fresh().await {
        publish(&db.store, &folder()).await;
        let mut same = folder();
        same.get_mut("services.cases.toml")
            .unwrap()
            .push_str("\n# 改了说明\n");
        let same = draft(&db.store, &same, "zhang").await;
        let first = draft(&db.store, &raised(), "zhang").await;
        let city = City::of(db).await;
        let li = officer("li", Role::CityCivil, &["4213"]);
        let of = |id: &VersionId| format!("/list/versions/{id}");
        holds(
            &city.get(&of(&first), &li).await.1,
            &["不用测算", "还没有人", "批准发布"],
        );
        people(&city.db.store).await;
        holds(
            &city.get(&of(&same), &li).await.1,
            &["不用测算", "批准发布"],
        );
        let (_, trial) = city.post("/trials", format!("version={first}"), &li).await;
        assert!(city.work().await);
        holds(&city.get(&trial, &li).await.1, &["已完成"]);
        let mut other = raised();
        other.get_mut("params.toml").unwrap().push_str("\n# 再改\n");
        let other = draft(&city.db.store, &other, "zhang").await;
        holds(&city.get(&of(&other), &li).await.1, &["未测算"]);
        holds(&city.get(&of(&first), &li).await.1, &["已测算"]);
        // What is asked wrongly is said at the field, and nothing is stored.
        for (body, words) in [
            ("version=none".to_owned(), "没有这个清单版本"),
            (format!("version={first}&day=2020-01-01"), "测算日期"),
            (String::new(), "请选择清单"),
        ] {
            let (status, page) = city.post("/trials", body, &li).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            holds(&page, &[words]);
        }
        assert_eq!(city.count("entitle_trial").await, 1);
        assert_eq!(
            city.get("/trials?x=1", &li).await.0,
            StatusCode::BAD_REQUEST
        );
    }
}

/// The list in force against itself a year on (明年今天): only birthdays and parameters move it.
#[tokio::test]
async fn a_year_on_somebody_turns_eighty() {
    for db in fresh().await {
        let id = publish(&db.store, &folder()).await;
        let today = db.store.clock().today();
        let area = || Value::Area(code(AREAS[0]));
        let known = facts(&[
            ("alive", YES),
            (
                "birth_date",
                Value::Day(today.plus_years(-80).plus_days(60)),
            ),
            ("hukou_area", area()),
            ("residence_area", area()),
            ("urban", YES),
            ("low_income", YES),
            ("dibao", NO),
            ("dibao_household", NO),
        ]);
        register(&db.store, vec![person(1, &known, None)]).await;
        let city = City::of(db).await;
        let li = officer("li", Role::CityCivil, &["4213"]);
        let next = today.plus_years(1);
        let (status, page) = city.post("/trials", format!("version={id}"), &li).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(&page, &["清单没有变，请选另一天"]);
        let ask = format!("version={id}&day={next}");
        let (_, trial) = city.post("/trials", ask, &li).await;
        assert!(city.work().await);
        holds(
            &city.get(&trial, &li).await.1,
            &[
                "同一个清单",
                "80周岁及以上",
                "养老服务补贴",
                "+1,200.00",
                "变化只来自年龄和参数的生效日期",
            ],
        );
    }
}

/// Engineering 14: a worker that was killed leaves a job whose lease runs out; it starts over, uses the
/// file that was whole, and the result is kept once.
#[tokio::test]
async fn a_killed_job_begins_again() {
    for db in fresh().await {
        publish(&db.store, &folder()).await;
        people(&db.store).await;
        let id = draft(&db.store, &raised(), "zhang").await;
        let city = City::of(db).await;
        let li = officer("li", Role::CityCivil, &["4213"]);
        let (_, trial) = city.post("/trials", format!("version={id}"), &li).await;
        // Killed after it was claimed: somebody else gets it when it is given back.
        let job = city.db.store.claim_job().await.unwrap().unwrap();
        city.db.store.release_job(&job).await.unwrap();
        let key = trial.rsplit('/').next().unwrap();
        let path = city.folder.join(format!("laoyou-trial-{key}.parquet.part"));
        std::fs::write(&path, b"half a file").unwrap();
        assert!(city.work().await);
        holds(&city.get(&trial, &li).await.1, &["已完成"]);
        assert_eq!(std::fs::read_dir(&city.folder).unwrap().count(), 0);
        // The first worker wakes up late: the result stays what it is.
        let before = city.get(&trial, &li).await.1;
        let specs = entitle::capability().jobs;
        let spec = specs.iter().find(|spec| spec.kind == job.kind).unwrap();
        assert!((spec.run)(Arc::clone(&city.app), job).await.is_ok());
        assert_eq!(city.get(&trial, &li).await.1, before);
    }
}

/// The city's list as the county's own with the raised amount.
fn county_files() -> Files {
    let new = figures::list_edit::NewCounty {
        slug: "suizhou-421321",
        place: "随县",
        county: "421321",
        list: "随县基本养老服务清单",
        from: day("2025-07-01"),
    };
    let files = figures::list_edit::county_copy(&folder(), &new).unwrap();
    let value = figures::list_edit::NewValue {
        from: day("2025-07-01"),
        urban: None,
        value: rules::folder::ParamValue::Int(12_000),
    };
    figures::list_edit::add_value(&files, "养老服务补贴", &value).unwrap()
}

/// Rows C02, C03, M03; invariants 8 and 10: a county's officer tries the county's own draft and nobody else's; its people, counts and money
/// are the county's, without the town that a 管委会 runs; another county's officer sees nothing of it.
#[tokio::test]
async fn a_county_tries_its_own_list_over_its_own_people() {
    for db in fresh().await {
        publish(&db.store, &folder()).await;
        people(&db.store).await;
        let of_city = draft(&db.store, &raised(), "zhang").await;
        let own = draft(&db.store, &county_files(), "wang").await;
        let city = City::of(db).await;
        let areas = city.app.part::<AreaBook>().unwrap();
        let of = |id: &str, key: &str| {
            let scope = Scope::Areas(areas.executor_scope(key));
            Actor {
                scope,
                ..officer(id, Role::CountyCivil, &["421321"])
            }
        };
        let (wang, zhou) = (of("wang", "421321"), of("zhou", "421303"));
        let one = format!("/list/versions/{own}");
        holds(
            &city.get(&one, &wang).await.1,
            &["未测算", "action=\"/trials\""],
        );
        assert!(!city.get(&one, &zhou).await.1.contains("action=\"/trials\""));
        let (_, page) = city.get("/trials/new", &wang).await;
        holds(&page, &["随县基本养老服务清单"]);
        assert!(
            !page.contains(of_city.as_str()),
            "the city's is the city's to try"
        );
        for (who, id, office) in [(&wang, &of_city, "市民政局"), (&zhou, &own, "随县")] {
            let (status, page) = city.post("/trials", format!("version={id}"), who).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
            holds(&page, &["不能测算", office]);
        }
        let (status, trial) = city.post("/trials", format!("version={own}"), &wang).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{trial}");
        assert!(city.work().await);
        let more = |count: usize| kernel::Fen(count as i64 * 2000 * 12).to_string();
        let (_, page) = city.get(&trial, &wang).await;
        holds(
            &page,
            &[
                "已完成",
                &format!("<strong>+{}</strong>", more(ENTITLED[1])),
                &format!("用了 {} 人的档案", ENTITLED[1]),
                "每人只计一次",
                "这是随县的清单",
            ],
        );
        assert!(
            !page.contains("曾都区") && !page.contains("大洪山"),
            "{page}"
        );
        let li = officer("li", Role::CityCivil, &["4213"]);
        holds(
            &city.get(&trial, &li).await.1,
            &[&format!("+{}", more(ENTITLED[1]))],
        );
        let (status, page) = city.get(&trial, &zhou).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        holds(&page, &["随县"]);
        holds(
            &city.get("/trials", &zhou).await.1,
            &["您的范围里没有可看的数"],
        );
        holds(
            &city.get(&one, &wang).await.1,
            &["已测算", &format!("全年多 {} 元", more(ENTITLED[1]))],
        );
    }
}

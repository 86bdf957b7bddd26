//! A city with the published plan, terms, people made of facts, and a clock that can be pushed.

use area::api::{AreaBook, Tree, install};
use authz::{Actor, Role, Scope};
use axum::Router;
use files::Files;
use host::{App, AppState, PersonKey};
use kernel::{Day, Fen, Instant};
use ledger::bank::{Head, Line, made_answer};
use pay::runs::{New, Run, Step};
use pay::{accounts, answers, bankfile, draft, grants, pace::Pace, runs, steps, terms};
use people::api::{NewPerson, Record, RollBook, Set, register_many};
use plan::api::{PlanBook, acknowledge_finding, check, load, publish};
use rules::Value;
use std::path::Path;
use std::sync::Arc;
use store::testing::{PushedClock, Template, TestDb, databases};
use store::{Reads, Store, values};

pub(crate) const TERMS: &str = include_str!("../../../../../payments/suizhou/terms.toml");
const OVERLAY: &str = include_str!("../../../../app/demo/overlay/suizhou-params.toml");
pub(crate) const SENIOR: &str = "senior_allowance";
/// 随县.
pub(crate) const OFFICE: &str = "421321000000";

pub(crate) struct Place {
    pub(crate) store: Store,
    pub(crate) app: AppState,
    pub(crate) files: Arc<Files>,
    pub(crate) plans: Arc<PlanBook>,
    pub(crate) areas: Arc<AreaBook>,
    pub(crate) router: Router,
    clock: Arc<PushedClock>,
    pub(crate) db: TestDb,
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn month(text: &str) -> ledger::Month {
    text.parse().unwrap()
}

/// Migrated databases with the plan and the terms, to be copied.
pub(crate) async fn templates() -> Vec<Template> {
    templates_of("month").await
}

/// The same where 高龄津贴 is paid in another cycle.
pub(crate) async fn templates_of(cycle: &str) -> Vec<Template> {
    let mut migrations = store::migrations();
    migrations.extend(files::migrations());
    for capability in [
        area::capability(),
        org::capability(),
        people::capability(),
        message::capability(),
        plan::capability(),
        entitle::capability(),
        pay::capability(),
    ] {
        migrations.extend(capability.migrations);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let mut texts = rules::Files::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let mut text = std::fs::read_to_string(&path).unwrap();
            if name == "programmes.toml" {
                text = text.replacen("cycle = \"month\"", &format!("cycle = \"{cycle}\""), 1);
            }
            texts.insert(name, text);
        }
    }
    let tree = rules::folder::load(&texts).unwrap();
    let mut out = Vec::new();
    for db in databases(&migrations).await.unwrap() {
        let (store, _) = db.opened(day("2024-12-20"), 5).await.unwrap();
        let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
        install(
            &mut tx,
            &Tree::of_plan(&tree.plan, &tree.areas),
            tree.list.version,
        )
        .await
        .unwrap();
        plan::api::set_overlay(&mut tx, "suizhou", OVERLAY)
            .await
            .unwrap();
        let id = load(&mut tx, &texts, "zhang").await.unwrap();
        for finding in check(&texts, None).open() {
            acknowledge_finding(&mut tx, "suizhou", finding, "原文如此")
                .await
                .unwrap();
        }
        publish(&mut tx, &id, "zhang", "li").await.unwrap();
        terms::load(&mut tx, TERMS).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        out.push(db.into_template().await.unwrap());
    }
    out
}

pub(crate) async fn places() -> Vec<Place> {
    let mut out = Vec::new();
    for template in templates().await {
        out.push(place_of(&template).await);
    }
    out
}

/// A place over a copy.
pub(crate) async fn place_of(template: &Template) -> Place {
    let db = template.copy().await.unwrap();
    let (store, clock) = db.opened(day("2024-12-21"), 6).await.unwrap();
    let (plans, areas) = (
        Arc::new(PlanBook::load(&store).await.unwrap()),
        Arc::new(AreaBook::load(&store).await.unwrap()),
    );
    let folder = std::env::temp_dir().join(format!(
        "laoyou-pay-{}",
        store::secret::hex(&store::secure_random::bytes::<8>().unwrap())
    ));
    let files = Arc::new(Files::new(folder, 100_000_000));
    let mut app = App::new(store.clone(), "随州市", None)
        .with_part(Arc::clone(&plans))
        .with_part(Arc::clone(&areas))
        .with_part(Arc::clone(&files));
    app.facts_changed
        .push(entitle::api::on_facts_changed(Arc::clone(&plans)));
    app.facts_changed
        .push(pay::on_facts_changed(Arc::clone(&areas)));
    let app: AppState = Arc::new(app);
    let router = pay::capability()
        .routes
        .router()
        .with_state(Arc::clone(&app));
    Place {
        store,
        app,
        files,
        plans,
        areas,
        router,
        clock,
        db,
    }
}

impl Place {
    /// Lets the clock stand on this day at nine.
    pub(crate) fn on(&self, text: &str) {
        self.clock.on(day(text));
    }

    pub(crate) async fn close(self) {
        let folder = self.files.folder().to_path_buf();
        drop((self.app, self.router));
        self.store.close().await;
        if folder.exists() {
            std::fs::remove_dir_all(folder).unwrap();
        }
        self.db.close().await.unwrap();
    }

    /// Registers people born so, in a village of 随县.
    pub(crate) async fn register(&self, births: &[(usize, &str)]) {
        let mut tx = self
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        let at = tx.at();
        let people = births
            .iter()
            .map(|(n, birth)| person(*n, birth, at))
            .collect();
        register_many(&mut tx, people, &RollBook::default(), "test")
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Registers people born so, in a village of 随县, with a card each, and grants the allowance to those who have one.
    pub(crate) async fn people(&self, births: &[(usize, &str)], granted: bool) {
        self.register(births).await;
        let mut tx = self
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        let at = tx.at();
        for (n, _) in births {
            accounts::set(&mut tx, &card(*n)).await.unwrap();
        }
        if granted {
            let new = births
                .iter()
                .map(|(n, birth)| grants::New {
                    key: key(*n),
                    programme: SENIOR.into(),
                    office: OFFICE.into(),
                    area: village().parse().ok(),
                    hukou: village().parse().ok(),
                    residence: village().parse().ok(),
                    from: day(birth).plus_years(80).max(day("2024-11-01")),
                    fen: 5000,
                    origin: "roll",
                    reasons: "一卡通发放明细".into(),
                    digest: String::new(),
                    recorded: at,
                })
                .collect();
            grants::adopt(&mut tx, new).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Says since when somebody has been dead, as known from now on.
    pub(crate) async fn died(&self, n: usize, on: &str) {
        let mut tx = self
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        let person = people::api::of_keys(&tx, &[key(n)])
            .await
            .unwrap()
            .remove(0);
        assert!(
            people::api::claim(&mut tx, &person.key, person.version)
                .await
                .unwrap()
        );
        for (fact, value) in [
            ("alive", Value::Bool(false)),
            ("dead_on", Value::Day(day(on))),
        ] {
            let correction = people::api::Correction {
                fact: rules::facts::find(fact).unwrap(),
                value: Some(value),
                since: day(on),
                source: "火化信息".into(),
                by: "测试员".into(),
                reason: "late".into(),
                remark: None,
            };
            people::api::correct(&self.app, &mut tx, &person.key, correction)
                .await
                .unwrap();
        }
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
    }

    /// Begins and draws a batch.
    pub(crate) async fn drawn(&self, of: &str) -> String {
        let run = self.begun(of).await;
        draft::draw(
            &self.store,
            &self.plans,
            &actor("maker", Role::CountyCivil),
            &run,
            &Pace::default(),
        )
        .await
        .unwrap();
        run
    }

    pub(crate) async fn begun(&self, of: &str) -> String {
        let loaded = terms::in_force(&self.store).await.unwrap().unwrap();
        let list = self.plans.in_force(self.store.clock().today()).unwrap();
        let maker = actor("maker", Role::CountyCivil);
        let mut tx = self.store.begin(&maker, None).await.unwrap();
        let known = tx.at();
        let new = New {
            office: OFFICE,
            programme: SENIOR,
            month: month(of),
            terms: loaded.no,
            list: &list.digest,
            known,
            again: false,
        };
        let run = runs::create(&mut tx, &maker, &new).await.unwrap();
        tx.commit().await.unwrap();
        run
    }

    pub(crate) async fn run(&self, run: &str) -> Run {
        runs::find(&self.store, run).await.unwrap().unwrap()
    }

    /// Takes a drawn batch through all hands to the bank.
    pub(crate) async fn filed(&self, run: &str) {
        self.signed(run).await;
        self.file(run, &Pace::default()).await.unwrap();
    }

    /// Takes a drawn batch through all hands.
    pub(crate) async fn signed(&self, run: &str) {
        for (who, role, step) in [
            ("maker", Role::CountyCivil, Step::Check),
            ("second", Role::CountyCivil, Step::Review),
            ("leader", Role::Leader, Step::Lead),
        ] {
            let who = actor(who, role);
            let mut tx = self.store.begin(&who, None).await.unwrap();
            steps::sign(&mut tx, &who, run, step, "")
                .await
                .unwrap()
                .unwrap();
            tx.commit().await.unwrap();
        }
        let finance = actor("finance", Role::Finance);
        let mut tx = self.store.begin(&finance, None).await.unwrap();
        pay::approve::approve(&mut tx, &finance, run, "")
            .await
            .unwrap()
            .unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) async fn file(&self, run: &str, pace: &Pace) -> store::StoreResult<()> {
        let finance = actor("finance", Role::Finance);
        let taken = bankfile::make(&self.store, &self.files, &finance, run, &names(), pace).await?;
        taken.unwrap();
        Ok(())
    }

    /// The bank answers: these people's payments come back with this code, all others are paid.
    pub(crate) async fn answered(&self, run: &str, failed: &[(usize, &str)]) -> answers::Outcome {
        let bytes = self.answer(run, failed).await;
        self.take(run, bytes).await.unwrap()
    }

    pub(crate) async fn answer(&self, run: &str, failed: &[(usize, &str)]) -> Vec<u8> {
        let row = self.run(run).await;
        let sql =
            "SELECT seq, id, fen FROM pay_attempt WHERE run = $1 AND state = 'open' ORDER BY seq";
        let rows = self.store.all(sql, values![run]).await.unwrap();
        let lines: Vec<Line> = rows
            .iter()
            .map(|row| {
                let id = row.text("id").unwrap();
                let code = failed.iter().find(|(n, _)| key(*n).id == id);
                let n: usize = id.trim_start_matches("person-").parse().unwrap();
                Line {
                    no: row.int("seq").unwrap() as u64,
                    account: card(n).number,
                    fen: Fen(row.int("fen").unwrap()),
                    result: code.map_or("0000", |(_, code)| code).to_owned(),
                    ..Line::default()
                }
            })
            .collect();
        let head = Head {
            batch: row.batch,
            programme: "高龄津贴".into(),
            month: row.month,
            payer: names().payer,
            date: self.store.clock().today(),
            count: lines.len() as u64,
            total: Fen(lines.iter().map(|line| line.fen.0).sum()),
        };
        let parsed = ledger::Terms::parse(TERMS).unwrap();
        made_answer(parsed.layout("card-bar").unwrap(), head, &lines).unwrap()
    }

    pub(crate) async fn take(
        &self,
        run: &str,
        bytes: Vec<u8>,
    ) -> Result<answers::Outcome, answers::Refused> {
        let upload = answers::Upload {
            name: "回盘.txt".into(),
            bytes,
            areas: self.areas.executor_scope(OFFICE),
            payer: names().payer,
        };
        let bank = actor("bank", Role::Bank);
        answers::take(&self.app, &self.files, &bank, run, upload)
            .await
            .unwrap()
    }
}

pub(crate) fn names() -> bankfile::Names {
    bankfile::Names {
        payer: "随县财政局".into(),
        programme: "高龄津贴".into(),
        areas: vec!["421321".parse().unwrap()],
        seal: pay::seal::BankSeal::default(),
    }
}

/// Somebody with the whole city in view.
pub(crate) fn actor(id: &str, role: Role) -> Actor {
    Actor {
        id: id.into(),
        name: format!("{id}的姓名"),
        role,
        scope: Scope::Areas(vec!["4213".parse().unwrap()]),
        scope_name: String::new(),
    }
}

pub(crate) fn key(n: usize) -> PersonKey {
    PersonKey {
        shard: "421321".into(),
        id: format!("person-{n:05}"),
    }
}

fn village() -> &'static str {
    "421321100001"
}

pub(crate) fn card(n: usize) -> accounts::New {
    accounts::New {
        key: key(n),
        kind: "social_card".into(),
        bank: "演示农商行".into(),
        holder: None,
        number: format!("99999900000000{n:05}"),
        confirmed: "person".into(),
    }
}

fn person(n: usize, birth: &str, at: Instant) -> NewPerson {
    let set = |fact: &str, value: Value, since: &str| Set {
        fact: rules::facts::find(fact).unwrap(),
        value: Some(value),
        since: day(since),
        until: None,
    };
    NewPerson {
        key: key(n),
        name: format!("测{n:05}"),
        provisional: None,
        id_number: None,
        phone: None,
        address: None,
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household: None,
        relation: None,
        registered: at,
        guardians: Vec::new(),
        records: vec![Record {
            seq: 1,
            recorded: at,
            source: "测试登记".into(),
            by: "测试员".into(),
            sets: vec![
                set("alive", Value::Bool(true), birth),
                set("birth_date", Value::Day(day(birth)), birth),
                set("hukou_area", Value::Area(village().parse().unwrap()), birth),
                set(
                    "residence_area",
                    Value::Area(village().parse().unwrap()),
                    birth,
                ),
            ],
            reason: None,
            withdrawn: None,
        }],
    }
}

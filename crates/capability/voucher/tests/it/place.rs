//! A city where an allowance is paid in vouchers: people, a batch through all hands, an institution, a clock to push.

use area::api::{AreaBook, Tree, install};
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::http::StatusCode;
use host::{App, AppState, PersonKey, testing};
use kernel::{Day, Instant};
use pay::runs::{New, Run, Step};
use pay::{draft, grants, pace::Pace, posts, runs, steps, terms};
use people::api::{NewPerson, Record, RollBook, first_sets, register_many};
use plan::api::{PlanBook, acknowledge_finding, check, load, publish};
use std::path::Path;
use std::sync::Arc;
use store::testing::{PushedClock, TestDb, databases};
use store::{Reads, Store, values};

const TERMS: &str = include_str!("../../../../../payments/suizhou/terms.toml");
const OVERLAY: &str = include_str!("../../../../app/demo/overlay/suizhou-params.toml");
pub(crate) const PROGRAMME: &str = "senior_allowance";
/// 随县.
pub(crate) const OFFICE: &str = "421321000000";
const VILLAGE: &str = "421321109217";
/// The account of the institution.
pub(crate) const HOME: &str = "home";

/// The first allowance of the terms in vouchers for half of a bill.
pub(crate) fn in_vouchers() -> String {
    TERMS.replacen(
        "layout = \"card-bar\"\n",
        "voucher = { covers = 5000, scopes = [{ key = \"meal\", name = \"助餐\" }, { key = \"care\", name = \"居家照护\" }] }\n",
        1,
    )
}

pub(crate) struct Place {
    pub(crate) store: Store,
    pub(crate) app: AppState,
    plans: Arc<PlanBook>,
    router: Router,
    clock: Arc<PushedClock>,
    db: TestDb,
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn key(n: usize) -> PersonKey {
    PersonKey {
        shard: "421321".into(),
        id: format!("person-{n}"),
    }
}

/// Somebody of the county.
pub(crate) fn actor(id: &str, role: Role) -> Actor {
    Actor {
        id: id.into(),
        name: id.to_uppercase(),
        role,
        scope: match role {
            Role::Family => Scope::People(vec!["person-1".into()]),
            _ => Scope::Areas(vec!["421321".parse().unwrap()]),
        },
        scope_name: "随县".into(),
    }
}

fn person(n: usize, birth: &str, at: Instant) -> NewPerson {
    let village = VILLAGE.parse().unwrap();
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
            sets: first_sets(day(birth), false, Some(village), village, day("2024-01-01")),
            reason: None,
            withdrawn: None,
        }],
    }
}

/// Places on every database, with three people in payment, an institution and the terms in vouchers.
pub(crate) async fn places() -> Vec<Place> {
    let mut migrations = store::migrations();
    for capability in [
        area::capability(),
        org::capability(),
        people::capability(),
        message::capability(),
        plan::capability(),
        entitle::capability(),
        pay::capability(),
        voucher::capability(),
    ] {
        migrations.extend(capability.migrations);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let mut texts = rules::Files::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            texts.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
    let tree = rules::folder::load(&texts).unwrap();
    let mut out = Vec::new();
    for db in databases(&migrations).await.unwrap() {
        let (store, clock) = db.opened(day("2024-12-20"), 5).await.unwrap();
        let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
        let areas = Tree::of_plan(&tree.plan, &tree.areas);
        install(&mut tx, &areas, tree.list.version).await.unwrap();
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
        terms::load(&mut tx, &in_vouchers()).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let (plans, areas) = (
            Arc::new(PlanBook::load(&store).await.unwrap()),
            Arc::new(AreaBook::load(&store).await.unwrap()),
        );
        let mut app = App::new(store.clone(), "随州市", None)
            .with_part(Arc::clone(&plans))
            .with_part(Arc::clone(&areas))
            .with_part(Arc::new(files::Files::new(
                std::env::temp_dir().join("laoyou-voucher"),
                1_000_000,
            )));
        app.facts_changed
            .push(entitle::api::on_facts_changed(Arc::clone(&plans)));
        let app: AppState = Arc::new(app);
        let router = voucher::capability()
            .routes
            .router()
            .merge(pay::capability().routes.router())
            .with_state(Arc::clone(&app));
        let place = Place {
            store,
            app,
            plans,
            router,
            clock,
            db,
        };
        place.people().await;
        place.institution().await;
        out.push(place);
    }
    out
}

impl Place {
    /// Lets the clock stand on this day at nine.
    pub(crate) fn on(&self, text: &str) {
        self.clock.on(day(text));
    }

    pub(crate) async fn close(self) {
        drop((self.app, self.router));
        self.store.close().await;
        self.db.close().await.unwrap();
    }

    async fn people(&self) {
        let births = [(1, "1940-05-05"), (2, "1941-05-05"), (3, "1930-05-05")];
        let system = Actor::system("test");
        let mut tx = self.store.begin(&system, None).await.unwrap();
        let at = tx.at();
        let people = births
            .iter()
            .map(|(n, birth)| person(*n, birth, at))
            .collect();
        register_many(&mut tx, people, &RollBook::default(), "test")
            .await
            .unwrap();
        let village = VILLAGE.parse().ok();
        let new = births
            .iter()
            .map(|(n, _)| grants::New {
                key: key(*n),
                programme: PROGRAMME.into(),
                office: OFFICE.into(),
                area: village,
                hukou: village,
                residence: village,
                from: day("2024-11-01"),
                fen: 5000,
                origin: "roll",
                reasons: "券".into(),
                digest: String::new(),
                recorded: at,
            })
            .collect();
        grants::adopt(&mut tx, new).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// An institution that takes vouchers for meals.
    async fn institution(&self) {
        let mut tx = self
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        tx.run(
            "INSERT INTO voucher_place (place, office, name, credit_code, scopes, bank, bank_account, account, from_day, \
             recorded_by, recorded_at) VALUES ('p1', $1, '城东敬老院', '91350100M000100Y43', 'senior_allowance/meal', '农商行', \
             '6200000001', $2, 20240101, 'test', 0)",
            values![OFFICE, HOME],
        )
        .await
        .unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
    }

    /// A batch of a month.
    pub(crate) async fn drawn(&self, of: &str) -> String {
        let loaded = terms::in_force(&self.store).await.unwrap().unwrap();
        let list = self.plans.in_force(self.store.clock().today()).unwrap();
        let maker = actor("maker", Role::CountyCivil);
        let mut tx = self.store.begin(&maker, None).await.unwrap();
        let known = tx.at();
        let new = New {
            office: OFFICE,
            programme: PROGRAMME,
            month: of.parse().unwrap(),
            terms: loaded.no,
            list: &list.digest,
            known,
            again: false,
        };
        let run = runs::create(&mut tx, &maker, &new).await.unwrap();
        tx.commit().await.unwrap();
        draft::draw(&self.store, &self.plans, &maker, &run, &Pace::default())
            .await
            .unwrap();
        run
    }

    /// A batch of a month, approved by all hands.
    pub(crate) async fn approved(&self, of: &str) -> String {
        let run = self.drawn(of).await;
        for (who, role, step) in [
            ("maker", Role::CountyCivil, Step::Check),
            ("second", Role::CountyCivil, Step::Review),
            ("leader", Role::Leader, Step::Lead),
        ] {
            let who = actor(who, role);
            let mut tx = self.store.begin(&who, None).await.unwrap();
            let signed = steps::sign(&mut tx, &who, &run, step, "").await.unwrap();
            signed.unwrap();
            tx.commit().await.unwrap();
        }
        let finance = actor("finance", Role::Finance);
        let mut tx = self.store.begin(&finance, None).await.unwrap();
        pay::approve::approve(&mut tx, &finance, &run, "")
            .await
            .unwrap()
            .unwrap();
        tx.commit().await.unwrap();
        run
    }

    pub(crate) async fn run(&self, run: &str) -> Run {
        runs::find(&self.store, run).await.unwrap().unwrap()
    }

    /// Balances of the office by kind of account; book, batches and vouchers agree.
    pub(crate) async fn book(&self) -> [i64; 8] {
        let asked = posts::Asked {
            offices: vec![OFFICE.into()],
            ..posts::Asked::default()
        };
        let mut report = posts::report(&self.store, &asked, posts::By::Whole)
            .await
            .unwrap();
        let sums = report.remove("").unwrap_or_default();
        assert_eq!(sums.trial(), 0, "the trial balance");
        assert_eq!(posts::reconcile(&self.store, OFFICE).await.unwrap(), []);
        let vouchers = voucher::api::reconcile(&self.store, OFFICE).await.unwrap();
        assert_eq!(vouchers, []);
        ledger::Kind::ALL.map(|kind| sums.balance(kind))
    }

    pub(crate) async fn code(&self, n: usize) -> String {
        let sql = "SELECT code FROM voucher_voucher WHERE id = $1 ORDER BY month DESC";
        let row = self.store.one(sql, values![key(n).id]).await.unwrap();
        row.unwrap().text("code").unwrap()
    }

    pub(crate) async fn get(&self, who: &Actor, path: &str) -> (StatusCode, String) {
        testing::get(&self.router, who, path).await.page()
    }

    pub(crate) async fn post(
        &self,
        who: &Actor,
        path: &str,
        pairs: &[(&str, &str)],
    ) -> (StatusCode, String) {
        testing::post(&self.router, who, path, pairs).await.page()
    }

    /// The institution takes a voucher.
    pub(crate) async fn take(
        &self,
        code: &str,
        scope: &str,
        bill: &str,
        form: &str,
    ) -> (StatusCode, String) {
        let home = actor(HOME, Role::ElderHome);
        let pairs = [
            ("code", code),
            ("scope", scope),
            ("bill", bill),
            ("form", form),
            ("yes", "1"),
        ];
        self.post(&home, "/vouchers/take", &pairs).await
    }
}

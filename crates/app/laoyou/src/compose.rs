//! All capabilities, added up: migrations in order, routes, menus, panels, jobs, hooks.

use crate::fault::{Fault, Outcome};
use area::api::AreaBook;
use files::Files;
use host::{App, AppState, Capability, DemoMode, JobSpec, Routes, SnapshotTable};
use kernel::{Clock, Day, DemoClock, IdSource, SystemClock, SystemIds};
use org::api::{Org, OrgSettings};
use people::api::NameIndex;
use period::api::PeriodSettings;
use plan::api::PlanBook;
use std::sync::Arc;
use store::{Keys, Migration, Store};

/// Name of the setting that marks a demo database and holds its day.
pub const DEMO_DAY: &str = "demo.today";
/// Name of the setting that holds when a demo was made, by the machine's clock.
pub const DEMO_MADE: &str = "demo.made";

/// Every capability, lowest first.
pub fn capabilities() -> Vec<Capability> {
    vec![
        area::capability(),
        org::capability(),
        people::capability(),
        message::capability(),
        plan::capability(),
        goals::capability(),
        entitle::capability(),
        identity::capability(),
        intake::capability(),
        quality::capability(),
        duty::capability(),
        privacy::capability(),
        period::capability(),
        assessment::capability(),
        pay::capability(),
        voucher::capability(),
        desk::capability(),
        dashboard::capability(),
        tasks::capability(),
        cases::capability(),
        export::capability(),
        exchange::capability(),
        partner::capability(),
    ]
}

/// Every migration, the floor's first.
pub fn migrations() -> Vec<Migration> {
    let mut all = store::migrations();
    all.extend(files::migrations());
    all.extend(
        capabilities()
            .into_iter()
            .flat_map(|capability| capability.migrations),
    );
    all
}

/// Every job kind.
pub fn jobs() -> Vec<JobSpec> {
    let of_all = capabilities()
        .into_iter()
        .flat_map(|capability| capability.jobs);
    std::iter::once(crate::rekey::job()).chain(of_all).collect()
}

/// Every route.
pub fn routes() -> Routes {
    Routes(
        capabilities()
            .into_iter()
            .flat_map(|capability| capability.routes.0)
            .collect(),
    )
}

/// Opens a database. Its own demo day, if it is a demo, decides the clock.
pub async fn open(database: &str, keys: Keys) -> Outcome<Store> {
    let probe = Store::open(
        database,
        keys.clone(),
        Arc::new(SystemClock),
        Arc::new(SystemIds),
    )
    .await?;
    let demo = demo_day(&probe).await;
    let made = match probe.setting(DEMO_MADE).await {
        Ok(Some(text)) => text.parse().ok(),
        Ok(None) | Err(_) => None,
    };
    match demo {
        None => Ok(probe),
        Some(today) => {
            probe.close().await;
            open_with(
                database,
                keys,
                Arc::new(DemoClock {
                    today,
                    made: made.unwrap_or_else(|| SystemClock.now()),
                }),
                Arc::new(SystemIds),
            )
            .await
        }
    }
}

/// Opens a database with this clock and these ids.
pub async fn open_with(
    database: &str,
    keys: Keys,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
) -> Outcome<Store> {
    Ok(Store::open(database, keys, clock, ids).await?)
}

/// The day of a demo database; `None` for any other (or an empty one).
pub async fn demo_day(store: &Store) -> Option<Day> {
    let text = store.setting(DEMO_DAY).await.ok().flatten()?;
    text.parse().ok()
}

/// Every table of a snapshot.
pub fn snapshots() -> Vec<SnapshotTable> {
    capabilities()
        .into_iter()
        .flat_map(|capability| capability.snapshots)
        .collect()
}

/// Everything that is kept under the installation's keys.
pub fn sealed() -> Vec<host::Sealing> {
    capabilities()
        .into_iter()
        .flat_map(|capability| capability.sealed)
        .collect()
}

/// Builds the application over a migrated database; no person-level files of snapshots are kept.
pub async fn app(store: Store, settings: OrgSettings, files: Files) -> Outcome<AppState> {
    app_with(store, settings, files, PeriodSettings::default()).await
}

/// What lies beside the database: folders that are written to, and keys.
#[derive(Debug, Default)]
pub struct Folders {
    /// Where snapshots lie.
    pub periods: PeriodSettings,
    /// Where text messages go.
    pub sms: message::api::SmsOutbox,
    /// Words of printed papers.
    pub papers: cases::api::PaperWords,
    /// What bank files are sealed with.
    pub seal: pay::seal::BankSeal,
}

impl From<PeriodSettings> for Folders {
    fn from(periods: PeriodSettings) -> Self {
        Self {
            periods,
            ..Self::default()
        }
    }
}

/// As [`app`], with the folders it writes to.
pub async fn app_with(
    store: Store,
    settings: OrgSettings,
    files: Files,
    folders: impl Into<Folders>,
) -> Outcome<AppState> {
    build(store, settings, files, folders.into(), true).await
}

/// The application of a command that shows no pages: names and columns are not read into memory, so that it starts at
/// once and stays small. It runs only jobs that need neither.
pub async fn app_without_pages(store: Store, files: Files) -> Outcome<AppState> {
    let org = OrgSettings::default();
    build(store, org, files, Folders::default(), false).await
}

async fn build(
    store: Store,
    settings: OrgSettings,
    files: Files,
    folders: Folders,
    pages: bool,
) -> Outcome<AppState> {
    // Who may see what is decided by the policies: without them nothing starts.
    authz::policies::check().map_err(|fault| Fault::new(fault.to_string()))?;
    let demo = demo_day(&store).await.map(|today| DemoMode { today });
    let areas = Arc::new(AreaBook::load(&store).await?);
    let plans = Arc::new(PlanBook::load(&store).await?);
    let ear = Arc::new(people::api::Ear::new(&store));
    let columns = if pages {
        let names = NameIndex::load(&store).await?;
        let answers = entitle::api::AnswerColumns::load(&store, &names).await?;
        Some((names, answers))
    } else {
        None
    };
    let place = areas
        .root()
        .map_or_else(String::new, |area| area.name.clone());
    let mut app = App::new(store, &place, demo)
        .with_part(Arc::clone(&areas))
        .with_part(Arc::clone(&plans))
        .with_part(Arc::new(entitle::api::trials()))
        .with_part(Arc::new(folders.periods))
        .with_part(Arc::new(folders.sms))
        .with_part(Arc::new(message::api::Pace::default()))
        .with_part(Arc::new(folders.papers))
        .with_part(Arc::new(folders.seal))
        .with_part(Arc::new(files))
        .with_part(Arc::new(partner::Gate::default()));
    app = app.with_part(Arc::new(Org::new(settings)?));
    app = app.with_part(Arc::clone(&ear));
    let mut answers = None;
    if let Some((names, columns)) = columns {
        app = people::api::plug(app, names);
        answers = Some(columns);
    }
    for capability in capabilities() {
        app.nav.extend(capability.nav);
        app.panels.extend(capability.panels);
        app.exports.extend(capability.exports);
        app.counters.extend(capability.counters);
        app.handovers.extend(capability.handovers);
        app.erasures.extend(capability.erasures);
        app.joinings.extend(capability.joinings);
        app.record_kinds.extend(capability.record_kinds);
        app.failed.extend(capability.failed);
        app.snapshots.extend(capability.snapshots);
        app.sealed.extend(capability.sealed);
    }
    if let Some(entry) = host::menu::misplaced(&app.nav).first() {
        return Err(Fault::new(format!(
            "menu entry {} / {} has no place in host::menu",
            entry.group, entry.title
        )));
    }
    app.facts_changed
        .push(entitle::api::on_facts_changed(plans));
    app.facts_changed.push(quality::on_facts_changed());
    app.facts_changed.push(duty::on_facts_changed());
    app.facts_changed.push(assessment::on_facts_changed());
    app.facts_changed
        .push(exchange::api::on_facts_changed(Arc::clone(&areas)));
    app.facts_changed
        .push(pay::on_facts_changed(Arc::clone(&areas)));
    app.facts_changed.push(cases::on_facts_changed(areas));
    // After the hook that recomputes: it says whose answers are being written.
    if let Some(answers) = answers {
        app = entitle::api::plug(app, answers);
    }
    app = identity::api::plug(app);
    // Other processes hear whose facts changed.
    app.facts_changed.push(ear.tells());
    Ok(Arc::new(app))
}

//! Backup, restore, doctor and the audit commands as processes, on a city of 300.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use kernel::FixedClock;
use laoyou::config::Config;
use laoyou::metrics::Metrics;
use laoyou::{compose, doctor, serve};
use org::api::{HashCost, OrgSettings};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;
use store::testing::{TestDb, databases, test_now};
use store::{Keys, Reads, Store, values};
use tower::ServiceExt;

/// A folder with a demo city of 300 in `city`, removed at the end.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("laoyou-keep-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let place = Self(dir);
        let city = place.at("city");
        let made = laoyou()
            .args(["demo", "--people", "300", "--prepare-only", "--data"])
            .arg(&city)
            .output();
        well(&made.unwrap());
        place.config(
            "city",
            &format!("sqlite:{}", city.join("laoyou-demo.db").display()),
        );
        place
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A configuration of this name, with folders of its own and the city's key.
    pub(crate) fn config(&self, name: &str, database: &str) {
        let key = self.at("city").join("laoyou-demo.key");
        let text = format!(
            "database = \"{database}\"\nkey_file = \"{}\"\nfiles = \"{}\"\nsnapshots = \"{}\"\n",
            key.display(),
            self.at(name).join("files").display(),
            self.at(name).join("snapshots").display()
        );
        std::fs::write(self.at(&format!("{name}.toml")), text).unwrap();
    }

    pub(crate) fn loaded(&self, name: &str) -> Config {
        Config::load(Some(&self.at(&format!("{name}.toml")))).unwrap()
    }

    pub(crate) fn command(&self, name: &str, words: &[&str]) -> Command {
        let mut command = laoyou();
        command
            .arg("--config")
            .arg(self.at(&format!("{name}.toml")));
        command.args(words).current_dir(&self.0);
        command
    }

    pub(crate) fn run(&self, name: &str, words: &[&str]) -> Output {
        self.command(name, words).output().unwrap()
    }

    pub(crate) fn keys(&self) -> Keys {
        let text = std::fs::read_to_string(self.at("city").join("laoyou-demo.key")).unwrap();
        Keys::from_file(&text).unwrap()
    }

    pub(crate) async fn open(&self, name: &str) -> Store {
        let clock = Arc::new(FixedClock(test_now()));
        let ids = Arc::new(kernel::SeededIds::new(5));
        let database = self.loaded(name).database;
        compose::open_with(&database, self.keys(), clock, ids)
            .await
            .unwrap()
    }

    /// What an archive holds: its tables with their digests, its files with theirs.
    fn held(&self, file: &str) -> archive::Manifest {
        archive::read::verify(&self.at(file), &self.keys())
            .unwrap()
            .1
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn laoyou() -> Command {
    Command::new(env!("CARGO_BIN_EXE_laoyou"))
}

/// How many files stand in a folder and below.
fn files_below(folder: &Path) -> usize {
    let Ok(inside) = std::fs::read_dir(folder) else {
        return 0;
    };
    inside
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err)
}

#[track_caller]
pub(crate) fn well(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(output));
    text(output)
}

#[track_caller]
pub(crate) fn refused(output: &Output, says: &str) {
    let said = text(output);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains(says), "{said}");
}

/// The page that says what a person is entitled to and why, as the city's officer sees it.
async fn answers(place: &Place, name: &str, person: &str) -> String {
    let store = place.open(name).await;
    let settings = OrgSettings {
        cost: HashCost::CHEAP,
        secure_cookie: false,
        ..OrgSettings::default()
    };
    let config = place.loaded(name);
    let app = compose::app_with(
        store.clone(),
        settings,
        config.file_store(),
        config.periods(),
    )
    .await
    .unwrap();
    let router = serve::router(&app, &Arc::new(Metrics::default()), &config);
    let sql = "SELECT id FROM org_account WHERE login = 'demo-05-city'";
    let account = store.one(sql, vec![]).await.unwrap().unwrap();
    let account = account.text("id").unwrap();
    let form = crate::place::encoded(&[("account", &account)]);
    let request = crate::place::request(Method::POST, "/demo/sign-in", "")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = router
        .clone()
        .oneshot(request.body(Body::from(form)).unwrap())
        .await
        .unwrap();
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
    let cookie = cookies
        .map(|cookie| cookie.to_str().unwrap())
        .find(|cookie| cookie.starts_with("laoyou="))
        .unwrap();
    let path = format!("/people/{person}?tab=entitlement");
    let cookie = cookie.split(';').next().unwrap();
    let request = crate::place::request(Method::GET, &path, cookie);
    let answer = router
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{name}");
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 22)
        .await
        .unwrap();
    let page = String::from_utf8(bytes.to_vec()).unwrap();
    let begin = page.find("<main").unwrap();
    page[begin..].to_owned()
}

/// Rows M05, A16; invariants 10 and 13: a city goes by archives from SQLite to PostgreSQL and back to SQLite; all tables and files have
/// equal digests, its snapshots hold, its chain holds, and a person is answered the same, with the same reasons.
#[tokio::test]
async fn a_city_travels_and_answers_the_same() {
    let place = Place::new("travel");
    let said = well(&place.run("city", &["backup", "--out", "1.laoyou"]));
    assert!(said.contains("密钥不在备份里"), "{said}");
    well(&place.run("city", &["backup", "--verify", "1.laoyou"]));
    refused(
        &place.run("city", &["backup", "--out", "1.laoyou"]),
        "没有覆盖",
    );
    // PostgreSQL where there is one.
    let mut servers: Vec<TestDb> = databases(&[]).await.unwrap();
    let mut stops: Vec<(&str, String)> = servers
        .drain(1..)
        .map(|db| ("server", db.url.clone()))
        .collect();
    stops.push((
        "file",
        format!("sqlite:{}", place.at("file/new.db").display()),
    ));
    let first = place.held("1.laoyou");
    let on_disk = files_below(&place.at("city/snapshots")) + files_below(&place.at("city/files"));
    assert!(
        on_disk > 0 && first.missing.is_empty(),
        "{:?}",
        first.missing
    );
    assert_eq!(first.files.len(), on_disk, "every file is in the archive");
    let sql =
        "SELECT id FROM people_person WHERE birth_date < 19500101 AND alive ORDER BY id LIMIT 1";
    let store = place.open("city").await;
    let person = store.one(sql, values![]).await.unwrap().unwrap();
    let person = person.text("id").unwrap();
    store.close().await;
    let before = answers(&place, "city", &person).await;
    assert!(before.contains("高龄津贴"));
    let mut last = "1.laoyou".to_owned();
    for (name, url) in stops {
        place.config(name, &url);
        let said = well(&place.run(name, &["restore", &last]));
        assert!(said.contains("逐表核对与备份一致"), "{said}");
        well(&place.run(name, &["period", "verify"]));
        well(&place.run(name, &["audit", "verify"]));
        last = format!("{name}.laoyou");
        well(&place.run(name, &["backup", "--out", &last]));
        let held = place.held(&last);
        assert_eq!(held.files, first.files, "{name}");
        for (was, is) in first.tables.iter().zip(&held.tables) {
            // The log goes on: restores, backups and what was checked stand in it.
            if !["audit_row", "audit_seal"].contains(&was.name.as_str()) {
                assert_eq!(was, is, "{name}");
            }
        }
        assert_eq!(answers(&place, name, &person).await, before, "{name}");
        refused(&place.run(name, &["restore", &last]), "不是空的");
    }
    for server in servers {
        server.close().await.unwrap();
    }
}

/// Begins a command, waits until `there`, and kills it; whether it was killed in time.
async fn killed<F: AsyncFnMut() -> bool>(mut command: Command, mut there: F) -> bool {
    let mut child: Child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    loop {
        if there().await {
            child.kill().unwrap();
            return child.wait().unwrap().code().is_none();
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Row M05; invariant 10: a backup and a restore that are killed leave nothing with the final name and no database that opens, and go through when they
/// are begun again; a full disk is said in words and leaves nothing; other keys and damage are named.
#[tokio::test]
async fn kills_full_disks_and_damage_leave_nothing_partial() {
    let place = Place::new("kill");
    let (part, whole) = (place.at("a.laoyou.part"), place.at("a.laoyou"));
    let backup = || place.command("city", &["backup", "--out", "a.laoyou"]);
    let mut in_time = false;
    for _ in 0..20 {
        in_time = killed(backup(), async || part.exists()).await;
        assert!(in_time != whole.exists());
        if in_time {
            break;
        }
        std::fs::remove_file(&whole).unwrap();
    }
    assert!(in_time, "no backup was killed in time");
    well(&backup().output().unwrap());
    assert!(!part.exists(), "the next backup took its place");
    well(&place.run("city", &["backup", "--verify", "a.laoyou"]));

    let target = place.at("new/laoyou.db");
    let half = place.at("new/laoyou.db.restoring");
    place.config("new", &format!("sqlite:{}", target.display()));
    let restore = || place.command("new", &["restore", "a.laoyou"]);
    assert!(killed(restore(), async || half.exists()).await);
    assert!(half.exists() && !target.exists());
    let said = well(&restore().output().unwrap());
    assert!(said.contains("重新开始"), "{said}");
    assert!(target.exists() && !half.exists());
    for server in databases(&[]).await.unwrap().into_iter().skip(1) {
        place.config("server", &server.url);
        let restore = || place.command("server", &["restore", "a.laoyou"]);
        let marked = async || matches!(server.store.load_mark().await, Ok(Some(_)));
        assert!(killed(restore(), marked).await);
        // What was begun on the server ends after the connection is gone.
        refused(&place.run("server", &["migrate"]), "laoyou restore");
        refused(
            &place.run("server", &["backup", "--out", "b.laoyou"]),
            "laoyou restore",
        );
        let checks = doctor::report(&place.loaded("server")).await.unwrap();
        assert!(
            checks
                .iter()
                .any(|check| check.says.contains("只恢复了一半"))
        );
        let said = well(&restore().output().unwrap());
        assert!(said.contains("重新开始"), "{said}");
    }

    // No file may become larger than this: what a full disk looks like to a program.
    let limited = |words: &str| {
        let script = format!(
            "trap '' XFSZ; ulimit -f 100; exec {} {words}",
            env!("CARGO_BIN_EXE_laoyou")
        );
        let mut shell = Command::new("bash");
        shell.arg("-c").arg(script).current_dir(&place.0);
        shell.output().unwrap()
    };
    refused(
        &limited("--config city.toml backup --out full.laoyou"),
        "没有写完",
    );
    assert!(!place.at("full.laoyou").exists() && !place.at("full.laoyou.part").exists());
    place.config(
        "full",
        &format!("sqlite:{}", place.at("full/laoyou.db").display()),
    );
    refused(
        &limited("--config full.toml restore a.laoyou"),
        "已删除未完成的文件",
    );
    let left: Vec<_> = std::fs::read_dir(place.at("full"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().starts_with("laoyou.db"))
        .collect();
    assert!(left.is_empty(), "{left:?}");

    let good = std::fs::read(&whole).unwrap();
    std::fs::write(place.at("cut.laoyou"), &good[..good.len() / 2]).unwrap();
    refused(&place.run("full", &["restore", "cut.laoyou"]), "已损坏");
    assert!(!place.at("full/laoyou.db").exists());
    let key = place.at("other.key");
    well(
        &laoyou()
            .args(["keys", "create", "--out"])
            .arg(&key)
            .output()
            .unwrap(),
    );
    let other = place
        .command("full", &["restore", "a.laoyou"])
        .env("LAOYOU_KEY_FILE", &key)
        .output();
    refused(&other.unwrap(), "原来的密钥文件");
    let other = place
        .command("city", &["backup", "--out", "other.laoyou"])
        .env("LAOYOU_KEY_FILE", &key)
        .output();
    refused(&other.unwrap(), "不是这个数据库的那一份");
}

fn state_of(checks: &[doctor::Check], name: &str) -> (&'static str, String) {
    let worst = checks
        .iter()
        .filter(|check| check.name == name)
        .max_by_key(|check| check.state == doctor::State::Bad)
        .unwrap();
    assert_eq!(worst.state == doctor::State::Well, worst.todo.is_empty());
    (worst.state.key(), worst.says.clone())
}

async fn change(store: &Store, sql: &str) {
    let mut tx = store
        .begin(&authz::Actor::system("test"), None)
        .await
        .unwrap();
    tx.run(sql, vec![]).await.unwrap();
    tx.audit(store::Audit::new("test"));
    tx.commit().await.unwrap();
}

/// Row M05; invariant 10: the doctor finds what is wrong with an installation and says what to do; the auditor's commands prove that no row of the log was altered or
/// removed, the last ones included.
#[tokio::test]
async fn the_doctor_finds_what_is_wrong_and_the_auditor_what_was_altered() {
    let place = Place::new("doctor");
    let config = place.loaded("city");
    well(&place.run("city", &["audit", "heads", "--out", "heads.txt"]));
    let checks = doctor::report(&config).await.unwrap();
    for check in &checks {
        let fine = if ["backup", "space"].contains(&check.name) {
            check.state != doctor::State::Bad
        } else {
            check.state == doctor::State::Well
        };
        assert!(fine, "{check:?}");
    }
    assert_eq!(state_of(&checks, "backup").0, "look");
    well(&place.run("city", &["backup", "--out", "a.laoyou"]));
    let json = place.run("city", &["doctor", "--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&json.stdout).unwrap();
    let backup = rows.iter().find(|row| row["check"] == "backup").unwrap();
    assert_eq!(backup["state"], "ok", "{backup}");

    let store = place.open("city").await;
    let snapshots = place.at("city").join("snapshots");
    let month = std::fs::read_dir(&snapshots)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.join("people.parquet").exists())
        .unwrap();
    std::fs::write(month.join("people.parquet"), "short").unwrap();
    std::fs::create_dir_all(place.at("city/files/ab")).unwrap();
    std::fs::write(place.at("city/files/ab/cdef"), "nobody's").unwrap();
    change(
        &store,
        "INSERT INTO job (id, kind, payload, state, run_at, attempts, done_units, created_at) VALUES ('j', 'late', '{}', 'ready', 1, 0, 0, 1)",
    )
    .await;
    change(
        &store,
        "UPDATE audit_row SET at = 4000000000000000 WHERE id = (SELECT max(id) FROM audit_row)",
    )
    .await;
    let key = place.at("other.key");
    well(
        &laoyou()
            .args(["keys", "create", "--out"])
            .arg(&key)
            .output()
            .unwrap(),
    );
    let wrong = Config {
        key_file: key,
        ..config.clone()
    };
    let checks = doctor::report(&wrong).await.unwrap();
    for (name, state, says) in [
        ("keys", "bad", "不是这个数据库的那一份"),
        ("clock", "bad", "早于最后一条操作记录"),
        ("worker", "bad", "1 个作业没有开始"),
        ("snapshots", "bad", "被改过"),
        ("files", "look", "ab/cdef"),
    ] {
        let found = state_of(&checks, name);
        assert!(
            found.0 == state && found.1.contains(says),
            "{name}: {found:?}"
        );
    }
    assert!(!place.run("city", &["doctor"]).status.success());
    let missing = Config {
        key_file: place.at("none.key"),
        ..config
    };
    let checks = doctor::report(&missing).await.unwrap();
    assert_eq!(state_of(&checks, "key_file").0, "bad");

    // The tail removed, with its links: the chain alone does not know, the heads do.
    let said = well(&place.run("city", &["audit", "verify", "--heads", "heads.txt"]));
    assert!(said.contains("个每日链头一致"), "{said}");
    change(
        &store,
        "DELETE FROM audit_seal WHERE seq = (SELECT max(seq) FROM audit_seal)",
    )
    .await;
    change(
        &store,
        "DELETE FROM audit_row WHERE id NOT IN (SELECT audit_id FROM audit_seal)",
    )
    .await;
    well(&place.run("city", &["audit", "verify"]));
    refused(
        &place.run("city", &["audit", "verify", "--heads", "heads.txt"]),
        "末尾的记录被删除",
    );
    change(
        &store,
        "UPDATE audit_row SET actor = 'other' WHERE id = (SELECT audit_id FROM audit_seal WHERE seq = 2)",
    )
    .await;
    refused(&place.run("city", &["audit", "verify"]), "第 2 条记录（");
    assert!(Path::new(&place.at("heads.txt")).exists());
    store.close().await;
}

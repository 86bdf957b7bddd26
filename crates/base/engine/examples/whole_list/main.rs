//! The whole list over a synthetic population, driven by `bench/run.py`.
//!
//! `whole_list make PEOPLE FILE` writes a snapshot; `whole_list sql FILE DIR` writes the same list as
//! SQL; `whole_list serve FILE` answers commands on standard input with a line of JSON each:
//! `run THREADS`, `answers THREADS FILE`, `explain COUNT`.

mod people;

use engine::snapshot::{SCHEMA_VERSION, SnapshotMeta, SnapshotPerson, Writer};
use engine::{Error, Totals, sql};
use kernel::{Day, Instant};
use people::People;
use rules::folder::{Folder, load, overlay};
use rules::sql::{Dialect, SqlNames};
use rules::{Files, List, compile};
use serde_json::{Value as Json, json};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

type Failed = Box<dyn std::error::Error>;

const SEED: u64 = 20_250_630;

fn main() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (folder, list) = suizhou()?;
    match words.as_slice() {
        ["make", count, file] => make(&folder, count.parse()?, Path::new(file)),
        ["sql", file, dir] => queries(&list, file, Path::new(dir)),
        ["serve", file] => serve(&folder, &list, Path::new(file)),
        _ => Err("whole_list make PEOPLE FILE | sql FILE DIR | serve FILE".into()),
    }
}

/// The plan of 随州 with the demo values.
fn suizhou() -> Result<(Folder, List), Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let mut files = Files::new();
    for entry in std::fs::read_dir(root.join("plans/suizhou"))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        files.insert(name, std::fs::read_to_string(&path)?);
    }
    let values = std::fs::read_to_string(root.join("crates/app/demo/overlay/suizhou-params.toml"))?;
    let told = |problems: Vec<rules::Problem>| -> Failed {
        problems
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
            .into()
    };
    let folder = load(&files).map_err(told)?;
    let list = compile(&folder, Some(&overlay(&values).map_err(told)?)).map_err(told)?;
    Ok((folder, list))
}

fn as_of() -> Result<Day, Failed> {
    Ok("2025-06-30".parse::<Day>()?)
}

fn make(folder: &Folder, count: usize, file: &Path) -> Result<(), Failed> {
    let as_of = as_of()?;
    let meta = SnapshotMeta {
        version: SCHEMA_VERSION,
        as_of,
        known_at: Instant::at(as_of.plus_days(1), 0),
        register_digest: "synthetic".to_owned(),
        place: folder.plan.slug.clone(),
    };
    let people = People::new(folder, as_of, SEED, count)?;
    let mut writer = Writer::create(file, &meta)?;
    for at in 0..count {
        let (key, facts) = people.person(at);
        writer.push(&SnapshotPerson {
            key: &key,
            facts: &facts,
        })?;
    }
    let written = writer.finish()?;
    say(&json!({ "people": written, "bytes": std::fs::metadata(file)?.len() }))
}

fn queries(list: &List, file: &str, dir: &Path) -> Result<(), Failed> {
    let names = SqlNames {
        dialect: Dialect::DuckDb,
        as_of: as_of()?,
    };
    let table = format!("read_parquet('{}')", file.replace('\'', "''"));
    std::fs::write(
        dir.join("totals.sql"),
        sql::totals_query(list, &names, &table),
    )?;
    // Per item how many answers are not no, and a digest of them as the table of answers has them.
    let mut columns = vec!["count(*) as people".to_owned()];
    for item in list.items() {
        let no = item.service.no;
        let fen = list
            .amount_sql(no, &names)
            .unwrap_or_else(|| "null".to_owned());
        columns.push(format!(
            "count(*) filter (where y{no} is not false) as rows_{no}, \
             bit_xor(hash(person, y{no}, (case when y{no} then {fen} end)::bigint)) \
             filter (where y{no} is not false) as digest_{no}"
        ));
    }
    let answered = sql::answers_query(list, &names, &table);
    let query = format!("select {}\nfrom ({answered})", columns.join(",\n"));
    std::fs::write(dir.join("digests.sql"), query)?;
    Ok(())
}

fn serve(folder: &Folder, list: &List, file: &Path) -> Result<(), Failed> {
    let as_of = as_of()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let told = match words.as_slice() {
            ["run", threads] => {
                let threads = threads.parse()?;
                let (seconds, totals) = timed(|| engine::run(list, file, as_of, threads));
                report(seconds, totals)?
            }
            ["answers", threads, out] => {
                let (threads, out) = (threads.parse()?, PathBuf::from(out));
                let write = || engine::write_answers(list, file, as_of, threads, &out);
                let (seconds, totals) = timed(write);
                report(seconds, totals)?
            }
            ["explain", count] => explain(folder, list, as_of, count.parse()?)?,
            _ => json!({ "error": format!("unknown command {line}") }),
        };
        say(&told)?;
    }
    Ok(())
}

fn report(seconds: f64, totals: Result<Totals, Error>) -> Result<Json, Failed> {
    let totals = totals?;
    let items = totals.items.iter().map(|item| {
        let all = item.all;
        json!([
            item.no,
            all.yes,
            all.unknown,
            all.no,
            all.fen,
            all.fen_unknown
        ])
    });
    let items: Vec<Json> = items.collect();
    Ok(json!({
        "seconds": seconds, "people": totals.people, "items": items, "peak_kib": peak_kib(),
    }))
}

/// Seconds of each of so many explanations, of people all over the population, as JSON text.
fn explain(folder: &Folder, list: &List, as_of: Day, count: usize) -> Result<Json, Failed> {
    let people = People::new(folder, as_of, SEED, count)?;
    let mut seconds = Vec::new();
    let mut bytes = 0;
    for at in 0..count {
        let (_, facts) = people.person(at);
        let (took, text) = timed(|| serde_json::to_string(&list.explain(&facts, &|_| None, as_of)));
        bytes += text?.len();
        seconds.push(took);
    }
    Ok(json!({ "seconds": seconds, "bytes": bytes / count.max(1) }))
}

#[expect(clippy::disallowed_methods, reason = "a bench measures")]
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = std::time::Instant::now();
    let done = work();
    (start.elapsed().as_secs_f64(), done)
}

/// The most memory this process has held so far (Linux; null elsewhere).
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn say(told: &Json) -> Result<(), Failed> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{told}")?;
    Ok(out.flush()?)
}

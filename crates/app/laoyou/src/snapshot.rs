//! `laoyou snapshot write`: the people of the register on a day, as a Parquet file (docs/snapshot.md).

use crate::fault::{Fault, Outcome};
use crate::out;
use engine::snapshot::{SnapshotMeta, SnapshotPerson, Writer};
use kernel::Day;
use people::api::{Person, PersonKey, resolve};
use rules::FactId;
use std::path::Path;
use store::Store;

/// Writes `DIR/people.parquet` with everyone's facts of `as_of` as known now.
pub async fn write(store: &Store, as_of: Day, dir: &Path, place: &str) -> Outcome<()> {
    std::fs::create_dir_all(dir)?;
    let now = store.clock().now();
    let rolls = people::api::roll_book(store).await?;
    let mut everyone: Vec<(PersonKey, rules::Facts)> = Vec::new();
    let mut last: Option<PersonKey> = None;
    loop {
        let chunk: Vec<Person> = people::api::after(store, last.as_ref(), 1000).await?;
        let Some(end) = chunk.last() else { break };
        last = Some(end.key.clone());
        for person in chunk {
            let facts = if as_of == store.clock().today() {
                person.facts
            } else {
                let records = people::api::records(store, &person.key).await?;
                resolve(&records, &rolls, as_of, now).facts
            };
            everyone.push((person.key, facts));
        }
    }
    // By residence, then by age: row groups that no item can match are skipped whole.
    let area = |facts: &rules::Facts| match facts.get(FactId::RESIDENCE_AREA) {
        Some(rules::Value::Area(code)) => code.to_string(),
        _ => String::new(),
    };
    let birth = |facts: &rules::Facts| match facts.get(FactId::BIRTH_DATE) {
        Some(rules::Value::Day(day)) => day.number(),
        _ => 0,
    };
    everyone.sort_by(|a, b| {
        area(&a.1)
            .cmp(&area(&b.1))
            .then_with(|| birth(&a.1).cmp(&birth(&b.1)))
            .then_with(|| a.0.cmp(&b.0))
    });
    let path = dir.join("people.parquet");
    let pseudonyms: Vec<String> = everyone
        .iter()
        .map(|(key, _)| store.keys().blind("snapshot", &key.id))
        .collect();
    let digest = store::secret::sm3_hex(pseudonyms.join("\n").as_bytes());
    let meta = SnapshotMeta {
        version: engine::snapshot::SCHEMA_VERSION,
        as_of,
        known_at: now,
        register_digest: digest,
        place: place.to_owned(),
    };
    let failed = |error: engine::Error| Fault::new(format!("写快照失败：{error}"));
    let mut writer = Writer::create(&path, &meta).map_err(failed)?;
    for ((_, facts), pseudonym) in everyone.iter().zip(&pseudonyms) {
        writer
            .push(&SnapshotPerson {
                key: pseudonym,
                facts,
            })
            .map_err(failed)?;
    }
    let people = writer.finish().map_err(failed)?;
    out::line(format!("已写出 {people} 人到 {}", path.display()));
    Ok(())
}

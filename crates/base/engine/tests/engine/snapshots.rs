//! The file: same bytes for the same people, private, refused where its version is not known.

use crate::common::{Scratch, day, key, meta, numbers, person, suizhou, write};
use arrow::array::{Array, AsArray, RecordBatch};
use engine::Error;
use engine::snapshot::{PERSON, SnapshotMeta, open, schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use rules::facts::{FactId, Facts, Value};
use std::fs::File;

fn people(count: usize) -> Vec<Facts> {
    let mut next = numbers(7);
    (0..count)
        .map(|_| person(day("2025-06-30"), &mut next))
        .collect()
}

/// Invariant 12: equal input, equal bytes; engineering 11: mode 0600, metadata, no `.part` left.
#[test]
fn the_same_people_give_the_same_bytes() {
    let (scratch, as_of) = (Scratch::new("bytes"), day("2025-06-30"));
    let people = people(3_000);
    let (a, b) = (scratch.path("a.parquet"), scratch.path("b.parquet"));
    std::fs::write(&b, "an older file").unwrap();
    write(&a, as_of, &people);
    write(&b, as_of, &people);
    assert!(std::fs::read(&a).unwrap() == std::fs::read(&b).unwrap());
    assert!(!scratch.path("a.parquet.part").exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for path in [&a, &b] {
            assert_eq!(
                std::fs::metadata(path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }
    let snapshot = open(&a).unwrap();
    assert_eq!((snapshot.meta(), snapshot.people()), (&meta(as_of), 3_000));
}

/// Engineering 11, 13: columns are facts, null is unknown, recorded text is not there; rows are
/// sorted by town of residence, birth and key.
#[test]
fn a_row_is_what_was_known() {
    let scratch = Scratch::new("rows");
    let path = scratch.path("people.parquet");
    let people = people(500);
    write(&path, day("2025-06-30"), &people);
    let file = File::open(&path).unwrap();
    let mut reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap();
    let batch: RecordBatch = reader.next().unwrap().unwrap();
    assert_eq!(batch.num_rows(), 500);
    assert!(batch.column_by_name("carer_of").is_none());
    let keys = batch.column_by_name(PERSON).unwrap().as_string::<i32>();
    let alive = batch.column_by_name("alive").unwrap().as_boolean();
    let mut last = None;
    for row in 0..500 {
        let at: usize = keys.value(row).trim_start_matches('p').parse().unwrap();
        let known = alive.is_valid(row).then(|| Value::Bool(alive.value(row)));
        assert_eq!(people[at].get(FactId::ALIVE), known.as_ref());
        let town = people[at]
            .get(FactId::RESIDENCE_AREA)
            .map(|area| match area {
                Value::Area(code) => code.up_to(kernel::area_code::Level::Town),
                _ => unreachable!(),
            });
        let place = (town, people[at].get(FactId::BIRTH_DATE).cloned(), key(at));
        assert!(last.is_none_or(|last| last < place));
        last = Some(place);
    }
}

fn written(
    scratch: &Scratch,
    name: &str,
    pairs: Vec<KeyValue>,
    leave_out: &str,
) -> Result<u64, Error> {
    let path = scratch.path(name);
    let kept: Vec<usize> = (0..schema().fields().len())
        .filter(|at| schema().field(*at).name() != leave_out)
        .collect();
    let batch = RecordBatch::new_empty(schema()).project(&kept).unwrap();
    let properties = WriterProperties::builder()
        .set_key_value_metadata(Some(pairs))
        .build();
    let file = File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    open(&path).map(|snapshot| snapshot.people())
}

/// Engineering 11, invariant 4: readers refuse what they do not know, and name it.
#[test]
fn an_unknown_version_is_refused_and_named() {
    let scratch = Scratch::new("versions");
    let pairs = |version: &str| -> Vec<KeyValue> {
        [
            ("laoyou.schema", version),
            ("laoyou.table", "people"),
            ("laoyou.as_of", "2025-06-30"),
            ("laoyou.known_at", "2025-06-30T00:00:00Z"),
            ("laoyou.register_digest", "7c"),
            ("laoyou.place", "suizhou"),
        ]
        .map(|(key, value)| KeyValue::new(key.to_owned(), value.to_owned()))
        .into()
    };
    assert_eq!(written(&scratch, "good", pairs("1"), "").unwrap(), 0);
    // A fact that came into the dictionary later is not known of anybody.
    assert_eq!(
        written(&scratch, "older", pairs("1"), "policy_birth").unwrap(),
        0
    );
    for (name, pairs, leave_out, says) in [
        ("newer", pairs("2"), "", "「2」"),
        ("none", Vec::new(), "", "「没有」"),
        ("table", pairs("1")[..1].to_vec(), "", "laoyou.table"),
        ("birth", pairs("1"), "birth_date", "birth_date"),
        ("person", pairs("1"), "person", "person"),
    ] {
        let refused = written(&scratch, name, pairs, leave_out)
            .unwrap_err()
            .to_string();
        assert!(refused.contains(says), "{refused}");
    }
    let list = suizhou();
    let newer = scratch.path("newer");
    let refused = engine::run(&list, &newer, day("2025-06-30"), 1).unwrap_err();
    assert!(matches!(refused, Error::Version { .. }));
    let absent = engine::run(&list, &scratch.path("absent"), day("2025-06-30"), 1).unwrap_err();
    assert!(matches!(absent, Error::File { .. }));
    assert_eq!(
        meta(day("2025-06-30")),
        SnapshotMeta {
            version: 1,
            ..meta(day("2025-06-30"))
        }
    );
}

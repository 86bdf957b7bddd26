//! When the installation's keys turn: sealed rows, and the digests by which a record is known to be as it was reported.

use crate::mapped::mapped;
use crate::{lines, records, systems, uploads};
use area::api::AreaBook;
use people::api::{self as register, PersonKey};
use std::collections::HashMap;
use store::rekey::{Chunk, Held, KeyColumn, SealedTable};
use store::{StoreResult, Tx};

/// Rows of files that are being written, and who stood on rows that were not taken.
pub(crate) static SEALED: [SealedTable; 2] = [
    SealedTable {
        table: "exchange_line",
        key: &[KeyColumn::Text("batch"), KeyColumn::Number("n")],
        holds: &[Held::Sealed {
            column: "mapped",
            field: lines::FIELD,
            blinds: &[],
        }],
    },
    SealedTable {
        table: "exchange_refused",
        key: &[KeyColumn::Text("upload"), KeyColumn::Number("line")],
        holds: &[Held::Sealed {
            column: "who",
            field: uploads::FIELD,
            blinds: &[],
        }],
    },
];

/// Makes the digests of the next records anew where they are still of what would be reported: otherwise everybody
/// would wait to be reported once more because a key was replaced.
pub(crate) async fn records_follow(
    tx: &mut Tx,
    after: Option<Vec<String>>,
    most: i64,
) -> StoreResult<Chunk> {
    let store = tx.store().clone();
    let (keys, today) = (store.keys(), store.clock().today());
    let found = records::next_records(tx, after.as_deref(), most).await?;
    let mut chunk = Chunk {
        seen: found.len() as i64,
        ..Chunk::default()
    };
    if found.len() as i64 == most {
        chunk.last = found.last().map(records::Record::place);
    }
    let book = AreaBook::load(&store).await?;
    let people: Vec<PersonKey> = found.iter().map(|record| record.key.clone()).collect();
    let people: HashMap<String, register::Person> = register::of_keys(tx, &people)
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    for record in &found {
        let (Some(system), Some(person)) =
            (systems::of(&record.system), people.get(&record.key.id))
        else {
            continue;
        };
        let digests = mapped(&store, &book, system, person, today)?.digests(keys, system);
        let Some((current, older)) = digests.split_first() else {
            continue;
        };
        let anew = |digest: &String| older.contains(digest).then_some(current);
        let (digest, told) = (anew(&record.digest), record.told.as_ref().and_then(anew));
        if digest.is_some() || told.is_some() {
            records::set_digests(tx, record, digest, told).await?;
            chunk.changed += 1;
        }
    }
    Ok(chunk)
}

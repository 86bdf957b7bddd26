//! The table `people` of a snapshot: everyone's facts on a day, as known at a moment, streamed.

use crate::api_walk::pseudonym;
use crate::model::resolve;
use crate::store::{rolls, walk};
use engine::snapshot::{SCHEMA_VERSION, SnapshotMeta, SnapshotPerson, Writer};
use host::{PersonKey, SnapshotAsk, SnapshotFile};
use rules::facts::{FactId, Facts, value_text};
use std::path::Path;
use store::{Keys, Store, StoreError, StoreResult};

/// The file's name.
pub const PEOPLE_FILE: &str = "people.parquet";

/// Writes everybody and works out the digest of the register on the way.
pub struct PeopleFile {
    writer: Writer,
    /// What the chunk under way holds, as the digest reads it.
    chunk: String,
    digests: String,
}

impl PeopleFile {
    /// Starts the file in this directory.
    pub fn create(dir: &Path, ask: &SnapshotAsk) -> StoreResult<Self> {
        Self::start(dir, ask, Writer::create)
    }

    /// Starts one that is kept: a frozen month.
    pub fn kept(dir: &Path, ask: &SnapshotAsk) -> StoreResult<Self> {
        Self::start(dir, ask, Writer::packed)
    }

    fn start(
        dir: &Path,
        ask: &SnapshotAsk,
        writer: fn(&Path, &SnapshotMeta) -> Result<Writer, engine::Error>,
    ) -> StoreResult<Self> {
        let meta = SnapshotMeta {
            version: SCHEMA_VERSION,
            as_of: ask.as_of,
            known_at: ask.known_at,
            register_digest: String::new(),
            place: ask.place.clone(),
        };
        let writer = writer(&dir.join(PEOPLE_FILE), &meta).map_err(failed)?;
        Ok(Self {
            writer,
            chunk: String::new(),
            digests: String::new(),
        })
    }

    /// Adds a person.
    pub fn push(&mut self, keys: &Keys, key: &PersonKey, facts: &Facts) -> StoreResult<()> {
        self.push_as(&pseudonym(keys, &key.id), facts)
    }

    /// Adds a person by pseudonym.
    pub fn push_as(&mut self, person: &str, facts: &Facts) -> StoreResult<()> {
        self.chunk.push_str(person);
        for fact in FactId::all() {
            if let Some(value) = facts.get(fact) {
                self.chunk.push(';');
                self.chunk.push_str(fact.name());
                self.chunk.push('=');
                self.chunk.push_str(&value_text(value));
            }
        }
        self.chunk.push('\n');
        if self.chunk.len() > 1 << 20 {
            self.close_chunk();
        }
        let person = SnapshotPerson { key: person, facts };
        self.writer.push(&person).map_err(failed)
    }

    fn close_chunk(&mut self) {
        self.digests
            .push_str(&store::secret::sm3_hex(self.chunk.as_bytes()));
        self.chunk.clear();
    }

    /// Puts the file in its place.
    pub fn finish(mut self) -> StoreResult<SnapshotFile> {
        self.close_chunk();
        let digest = store::secret::sm3_hex(self.digests.as_bytes());
        self.writer.say_digest(&digest);
        Ok(SnapshotFile {
            file: PEOPLE_FILE.to_owned(),
            rows: self.writer.finish().map_err(failed)?,
        })
    }
}

/// Writes the table: from the current facts where today is asked for as known now, otherwise from the
/// records.
pub(crate) async fn write(store: Store, ask: SnapshotAsk) -> StoreResult<SnapshotFile> {
    let (today, now) = (store.clock().today(), store.clock().now());
    let live = ask.as_of == today && ask.known_at >= now;
    let rolls = rolls::book(&store).await?;
    let mut file = PeopleFile::create(&ask.dir, &ask)?;
    for part in walk::parts(&store).await? {
        if live {
            for person in walk::facts(&store, &part).await? {
                file.push(store.keys(), &person.key, &person.facts)?;
            }
        } else {
            for (key, records) in walk::records(&store, &part).await? {
                let known = records.iter().any(|record| record.recorded <= ask.known_at);
                if known {
                    let facts = resolve(&records, &rolls, ask.as_of, ask.known_at).facts;
                    file.push(store.keys(), &key, &facts)?;
                }
            }
        }
        tokio::task::yield_now().await;
    }
    file.finish()
}

fn failed(error: engine::Error) -> StoreError {
    StoreError::Other(format!("写人员快照失败：{error}"))
}

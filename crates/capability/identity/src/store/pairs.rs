//! Pairs of files that look like one person.

use crate::like::{Evidence, decode, encode};
use authz::{Scope, Subject};
use host::PersonKey;
use kernel::{AreaCode, Instant};
use store::{Reads, Row, Sql, StoreError, StoreResult, Tx, scope_condition, values};

/// What became of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Waits for somebody.
    Open,
    /// Put off, with a reason.
    Held,
    /// Two people; quiet until what is compared of one of them changes.
    NotSame,
    /// One person now.
    Merged,
    /// No longer alike, or one of the files gave way to a third.
    Gone,
}

impl State {
    pub(crate) const ALL: &'static [Self] = &[
        Self::Open,
        Self::Held,
        Self::NotSame,
        Self::Merged,
        Self::Gone,
    ];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Held => "held",
            Self::NotSame => "not_same",
            Self::Merged => "merged",
            Self::Gone => "gone",
        }
    }

    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Open => "待核对",
            Self::Held => "暂缓",
            Self::NotSame => "不是同一人",
            Self::Merged => "已合并",
            Self::Gone => "已消除",
        }
    }

    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Open => "warn",
            Self::Held => "unknown",
            Self::NotSame | Self::Gone => "plain",
            Self::Merged => "ok",
        }
    }

    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.key() == key)
    }
}

/// One file of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) key: PersonKey,
    pub(crate) hukou: Option<AreaCode>,
    pub(crate) residence: Option<AreaCode>,
}

impl Side {
    pub(crate) fn subject(&self) -> Subject {
        Subject {
            person: self.key.id.clone(),
            hukou: self.hukou,
            residence: self.residence,
        }
    }
}

/// A pair.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) id: String,
    pub(crate) score: i64,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) state: State,
    pub(crate) source: String,
    pub(crate) found: Instant,
    pub(crate) digest: String,
    pub(crate) decided_name: Option<String>,
    pub(crate) decided: Option<Instant>,
    pub(crate) reason: Option<String>,
    /// The side whose office agreed to a merge across counties.
    pub(crate) agreed: Option<String>,
    pub(crate) agreed_name: Option<String>,
    pub(crate) version: i64,
    /// Both files, the smaller id first.
    pub(crate) sides: [Side; 2],
}

impl Pair {
    /// The other file's side.
    pub(crate) fn other(&self, id: &str) -> &Side {
        let [a, b] = &self.sides;
        if a.key.id == id { b } else { a }
    }
}

/// A pair as it was found.
#[derive(Debug, Clone)]
pub(crate) struct NewPair {
    pub(crate) sides: [Side; 2],
    pub(crate) score: i64,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) digest: String,
    pub(crate) source: &'static str,
}

/// The id of the pair of two files, whichever comes first.
pub(crate) fn pair_id(one: &str, other: &str) -> String {
    let (a, b) = if one < other {
        (one, other)
    } else {
        (other, one)
    };
    store::secret::sm3_hex(format!("{a}|{b}").as_bytes())
        .get(..32)
        .unwrap_or("")
        .to_owned()
}

const WRITTEN: &[&str] = &[
    "id", "a", "b", "score", "evidence", "state", "source", "found_at", "digest", "version",
];

/// What a pair that is there already keeps: a decision stays while nothing that is compared has changed.
const AGAIN: &str = " ON CONFLICT (id) DO UPDATE SET score = excluded.score, evidence = excluded.evidence, \
     state = CASE WHEN identity_pair.state = 'gone' OR (identity_pair.state IN ('not_same', 'held') \
     AND identity_pair.digest <> excluded.digest) THEN 'open' ELSE identity_pair.state END, \
     digest = excluded.digest, version = identity_pair.version + 1 \
     WHERE identity_pair.state <> 'merged' AND (identity_pair.digest <> excluded.digest OR identity_pair.state = 'gone' \
     OR identity_pair.evidence <> excluded.evidence)";

/// Puts pairs before those who decide; one that is there keeps what was decided. The caller audits.
pub(crate) async fn put(tx: &mut Tx, new: &[NewPair]) -> StoreResult<()> {
    let at = tx.at().micros();
    let (mut rows, mut sides) = (Vec::new(), Vec::new());
    for pair in new {
        let [one, other] = &pair.sides;
        let id = pair_id(&one.key.id, &other.key.id);
        let (a, b) = if one.key.id < other.key.id {
            (&one.key.id, &other.key.id)
        } else {
            (&other.key.id, &one.key.id)
        };
        rows.push(values![
            id.as_str(),
            a.as_str(),
            b.as_str(),
            pair.score,
            encode(&pair.evidence),
            State::Open.key(),
            pair.source,
            at,
            pair.digest.as_str(),
            1_i64,
        ]);
        for side in &pair.sides {
            sides.push(values![
                id.as_str(),
                side.key.id.as_str(),
                side.key.shard.as_str(),
                side.hukou.map(|code| code.to_string()),
                side.residence.map(|code| code.to_string()),
            ]);
        }
    }
    tx.insert_many_ending("identity_pair", WRITTEN, rows, AGAIN)
        .await?;
    tx.insert_many_ending(
        "identity_side",
        &["pair", "id", "shard", "hukou_area", "residence_area"],
        sides,
        " ON CONFLICT (pair, id) DO UPDATE SET hukou_area = excluded.hukou_area, residence_area = excluded.residence_area",
    )
    .await
}

/// A pair with the digest of what is compared of it.
pub(crate) struct OfPair {
    pub(crate) id: String,
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) digest: String,
}

/// Pairs behind an id, in order of their ids, held by the transaction until it ends.
pub(crate) async fn digests_behind(
    tx: &Tx,
    after: Option<&str>,
    most: i64,
) -> StoreResult<Vec<OfPair>> {
    let sql = format!(
        "SELECT q.id, q.a, q.b, q.digest FROM identity_pair q WHERE q.id > $1 ORDER BY q.id LIMIT $2{}",
        tx.for_update_of("q")
    );
    let rows = tx.all(&sql, values![after.unwrap_or(""), most]).await?;
    rows.iter()
        .map(|row| {
            Ok(OfPair {
                id: row.text("id")?,
                a: row.text("a")?,
                b: row.text("b")?,
                digest: row.text("digest")?,
            })
        })
        .collect()
}

/// The digest of a pair of which nothing has changed but the key.
pub(crate) async fn set_digest(tx: &mut Tx, id: &str, digest: &str) -> StoreResult<()> {
    let sql = "UPDATE identity_pair SET digest = $1 WHERE id = $2";
    tx.run(sql, values![digest, id]).await?;
    Ok(())
}

const READ: &str = "SELECT q.id, q.score, q.evidence, q.state, q.source, q.found_at, q.digest, q.decided_name, q.decided_at, q.reason, \
     q.agreed, q.agreed_name, q.version, a.id AS a, a.shard AS a_shard, a.hukou_area AS a_hukou, a.residence_area AS a_residence, \
     b.id AS b, b.shard AS b_shard, b.hukou_area AS b_hukou, b.residence_area AS b_residence \
     FROM identity_pair q JOIN identity_side a ON a.pair = q.id AND a.id = q.a JOIN identity_side b ON b.pair = q.id AND b.id = q.b";

fn pair_of(row: &Row) -> StoreResult<Pair> {
    let state = row.text("state")?;
    let side = |name: &str| -> StoreResult<Side> {
        Ok(Side {
            key: PersonKey {
                shard: row.text(&format!("{name}_shard"))?,
                id: row.text(name)?,
            },
            hukou: row.opt_area(&format!("{name}_hukou"))?,
            residence: row.opt_area(&format!("{name}_residence"))?,
        })
    };
    Ok(Pair {
        id: row.text("id")?,
        score: row.int("score")?,
        evidence: decode(&row.text("evidence")?),
        state: State::from_key(&state).ok_or_else(|| StoreError::BadColumn {
            column: "identity_pair.state".to_owned(),
            what: state.clone(),
        })?,
        source: row.text("source")?,
        found: row.instant("found_at")?,
        digest: row.text("digest")?,
        decided_name: row.opt_text("decided_name")?,
        decided: row.opt_instant("decided_at")?,
        reason: row.opt_text("reason")?,
        agreed: row.opt_text("agreed")?,
        agreed_name: row.opt_text("agreed_name")?,
        version: row.int("version")?,
        sides: [side("a")?, side("b")?],
    })
}

/// The pair of this id.
pub(crate) async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Pair>> {
    let row = reads
        .one(&format!("{READ} WHERE q.id = $1"), values![id])
        .await?;
    row.as_ref().map(pair_of).transpose()
}

/// The pairs of these people.
pub(crate) async fn of_people(reads: &impl Reads, ids: &[String]) -> StoreResult<Vec<Pair>> {
    let mut out = Vec::new();
    for part in ids.chunks(500) {
        let mut sql = Sql::new(&format!(
            "{READ} WHERE q.id IN (SELECT s.pair FROM identity_side s WHERE s.id IN ("
        ));
        for (place, id) in part.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " })
                .bind(id.as_str());
        }
        sql.push(if part.is_empty() { "NULL" } else { "" })
            .push(")) ORDER BY q.id");
        let (text, values) = sql.parts();
        for row in &reads.all(&text, values).await? {
            out.push(pair_of(row)?);
        }
    }
    out.sort_by(|a, b| a.id.cmp(&b.id));
    out.dedup_by(|a, b| a.id == b.id);
    Ok(out)
}

/// What a list asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// In this state; those that wait where none is asked for.
    pub(crate) state: Option<State>,
    /// With a file there.
    pub(crate) area: Option<AreaCode>,
    /// The other county agreed, and waits.
    pub(crate) agreed: bool,
    pub(crate) skip: i64,
    pub(crate) most: i64,
}

fn conditions(scope: &Scope, wanted: &Wanted) -> Sql {
    let mut sql = Sql::new(" WHERE q.state = ");
    sql.bind(wanted.state.unwrap_or(State::Open).key());
    sql.push(" AND EXISTS (SELECT 1 FROM identity_side s WHERE s.pair = q.id AND ")
        .append(&scope_condition(scope, "s"))
        .push(")");
    if let Some(area) = wanted.area {
        sql.push(" AND EXISTS (SELECT 1 FROM identity_side t WHERE t.pair = q.id AND ")
            .append(&scope_condition(&Scope::Areas(vec![area]), "t"))
            .push(" AND ")
            .append(&scope_condition(scope, "t"))
            .push(")");
    }
    if wanted.agreed {
        sql.push(" AND q.agreed IS NOT NULL");
    }
    sql
}

/// A page of pairs with a file in scope, those that look most alike first.
pub(crate) async fn page(
    reads: &impl Reads,
    scope: &Scope,
    wanted: &Wanted,
) -> StoreResult<Vec<Pair>> {
    let mut sql = Sql::new(READ);
    sql.append(&conditions(scope, wanted))
        .push(" ORDER BY q.score DESC, q.id LIMIT ")
        .bind(wanted.most)
        .push(" OFFSET ")
        .bind(wanted.skip);
    let (text, values) = sql.parts();
    reads
        .all(&text, values)
        .await?
        .iter()
        .map(pair_of)
        .collect()
}

/// How many there are.
pub(crate) async fn count(reads: &impl Reads, scope: &Scope, wanted: &Wanted) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT count(*) AS n FROM identity_pair q");
    sql.append(&conditions(scope, wanted));
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// Decides about a pair that is still at `version`; false where somebody else was there first.
pub(crate) async fn decide(
    tx: &mut Tx,
    pair: &Pair,
    version: i64,
    state: State,
    reason: &str,
) -> StoreResult<bool> {
    let (at, by, name) = (
        tx.at().micros(),
        tx.actor().id.clone(),
        tx.actor().name.clone(),
    );
    let done = tx
        .run(
            "UPDATE identity_pair SET state = $1, reason = $2, decided_by = $3, decided_name = $4, decided_at = $5, \
             holder = NULL, version = version + 1 WHERE id = $6 AND version = $7",
            values![state.key(), reason, by, name, at, pair.id.as_str(), version],
        )
        .await?;
    Ok(done == 1)
}

/// The office of one side agrees to a merge with the other county's file, or takes that back.
pub(crate) async fn agree(
    tx: &mut Tx,
    pair: &Pair,
    version: i64,
    side: Option<&str>,
) -> StoreResult<bool> {
    let at = tx.at().micros();
    let (by, name, at) = match side {
        Some(_) => (
            Some(tx.actor().id.clone()),
            Some(tx.actor().name.clone()),
            Some(at),
        ),
        None => (None, None, None),
    };
    let done = tx
        .run(
            "UPDATE identity_pair SET agreed = $1, agreed_by = $2, agreed_name = $3, agreed_at = $4, version = version + 1 \
             WHERE id = $5 AND version = $6 AND state IN ('open', 'held')",
            values![side, by, name, at, pair.id.as_str(), version],
        )
        .await?;
    Ok(done == 1)
}

/// Sets a state without a decision of anybody's: a file of the pair was set aside, or came back.
pub(crate) async fn set_state(tx: &mut Tx, id: &str, state: State) -> StoreResult<()> {
    tx.run(
        "UPDATE identity_pair SET state = $1, version = version + 1 WHERE id = $2",
        values![state.key(), id],
    )
    .await?;
    Ok(())
}

/// What is compared of a file of the pair has changed.
pub(crate) async fn refresh(
    tx: &mut Tx,
    pair: &Pair,
    score: &crate::like::Score,
    digest: &str,
    state: State,
) -> StoreResult<()> {
    tx.run(
        "UPDATE identity_pair SET score = $1, evidence = $2, digest = $3, state = $4, version = version + 1 WHERE id = $5",
        values![
            score.points,
            encode(&score.evidence),
            digest,
            state.key(),
            pair.id.as_str()
        ],
    )
    .await?;
    Ok(())
}

/// Where a file of a pair is now.
pub(crate) async fn move_side(tx: &mut Tx, side: &Side) -> StoreResult<()> {
    tx.run(
        "UPDATE identity_side SET hukou_area = $1, residence_area = $2 WHERE id = $3",
        values![
            side.hukou.map(|code| code.to_string()),
            side.residence.map(|code| code.to_string()),
            side.key.id.as_str()
        ],
    )
    .await?;
    Ok(())
}

/// Forgets what was said of a person's pairs; those that wait do so no more.
pub(crate) async fn blank(tx: &mut Tx, person: &str) -> StoreResult<()> {
    let theirs = "SELECT s.pair FROM identity_side s WHERE s.id = $1";
    tx.run(
        &format!("DELETE FROM identity_note WHERE pair IN ({theirs})"),
        values![person],
    )
    .await?;
    tx.run(
        &format!(
            "UPDATE identity_pair SET evidence = '', state = CASE WHEN state IN ('open', 'held') THEN 'gone' ELSE state END, \
             version = version + 1 WHERE id IN ({theirs})"
        ),
        values![person],
    )
    .await?;
    Ok(())
}

/// Keeps the free text of a decision.
pub(crate) async fn note(tx: &mut Tx, pair: &str, text: &str) -> StoreResult<()> {
    let id = tx.store().new_id();
    tx.run(
        "INSERT INTO identity_note (id, pair, note) VALUES ($1, $2, $3)",
        values![id, pair, text],
    )
    .await?;
    Ok(())
}

/// Free texts about a pair, latest last.
pub(crate) async fn notes(reads: &impl Reads, pair: &str) -> StoreResult<Vec<String>> {
    let rows = reads
        .all(
            "SELECT note FROM identity_note WHERE pair = $1 ORDER BY id",
            values![pair],
        )
        .await?;
    rows.iter().map(|row| row.text("note")).collect()
}

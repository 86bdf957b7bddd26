//! What families ask about the log, and what the auditor answers. The texts are sealed: they are free text and may
//! name people.

use kernel::Instant;
use store::rekey::{Held, KeyColumn, SealedTable};
use store::{Audit, Reads, Row, Sealed, Store, StoreError, StoreResult, Tx, values};

/// The field that questions and answers are sealed for.
const FIELD: &str = "question";

/// Where they stand.
pub(crate) static SEALED: SealedTable = SealedTable {
    table: "org_question",
    key: &[KeyColumn::Text("id")],
    holds: &[
        Held::Sealed {
            column: "said",
            field: FIELD,
            blinds: &[],
        },
        Held::Sealed {
            column: "answer",
            field: FIELD,
            blinds: &[],
        },
    ],
};

/// Why somebody asks: code and words.
pub const QUESTION_KINDS: &[(&str, &str)] = &[
    ("stranger", "不知道这是谁、为什么看"),
    ("nothing_due", "当时没有在办的事，不该看"),
    ("too_often", "看的次数太多"),
    ("leaked", "看过以后信息被外人知道了"),
    ("other", "其他"),
];

/// A question to be put.
#[derive(Debug, Clone)]
pub struct NewQuestion<'a> {
    /// The row of the log it is about.
    pub audit_row: &'a str,
    /// Shard of the person.
    pub shard: &'a str,
    /// The person.
    pub person: &'a str,
    /// One of [`QUESTION_KINDS`].
    pub kind: &'a str,
    /// In the asker's own words.
    pub said: Option<&'a str>,
}

/// A question, and its answer where there is one.
#[derive(Debug, Clone)]
pub struct Question {
    /// Its id.
    pub id: String,
    /// The row of the log it is about.
    pub audit_row: String,
    /// Shard of the person.
    pub shard: String,
    /// The person.
    pub person: String,
    /// Code of [`QUESTION_KINDS`].
    pub kind: String,
    /// In the asker's own words.
    pub said: Option<String>,
    /// Who asks.
    pub asked_by: String,
    /// When.
    pub asked_at: Instant,
    /// The answer.
    pub answer: Option<String>,
    /// When it was answered.
    pub answered_at: Option<Instant>,
}

impl Question {
    /// Its kind in words.
    pub fn kind_zh(&self) -> &str {
        QUESTION_KINDS
            .iter()
            .find(|(code, _)| *code == self.kind)
            .map_or(self.kind.as_str(), |(_, words)| words)
    }
}

/// Puts a question in the name of the transaction's actor. `false`: they asked about this row before.
pub async fn ask_question(tx: &mut Tx, new: &NewQuestion<'_>) -> StoreResult<bool> {
    if !QUESTION_KINDS.iter().any(|(code, _)| *code == new.kind) {
        return Err(StoreError::Other(format!("no question is {}", new.kind)));
    }
    let said = new
        .said
        .map(|said| tx.store().keys().seal(FIELD, said))
        .transpose()?
        .map(|sealed| sealed.0);
    let (id, by, at) = (tx.store().new_id(), tx.actor().id.clone(), tx.at().micros());
    let added = tx
        .run(
            "INSERT INTO org_question (id, log_row, shard, person, kind, said, asked_by, asked_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (log_row, person, asked_by) DO NOTHING",
            values![id.as_str(), new.audit_row, new.shard, new.person, new.kind, said, by, at],
        )
        .await?;
    tx.audit(
        Audit::new("question.ask")
            .person(new.shard, new.person)
            .with("why", new.kind)
            .with("row", new.audit_row)
            .with("again", added == 0),
    );
    Ok(added == 1)
}

/// Answers a question. `false`: somebody answered it meanwhile.
pub(crate) async fn answer_question(
    tx: &mut Tx,
    question: &Question,
    answer: &str,
) -> StoreResult<bool> {
    let sealed = tx.store().keys().seal(FIELD, answer)?.0;
    let (by, at) = (tx.actor().id.clone(), tx.at().micros());
    let done = tx
        .run(
            "UPDATE org_question SET answer = $1, answered_by = $2, answered_at = $3 WHERE id = $4 AND answered_at IS NULL",
            values![sealed, by, at, question.id.as_str()],
        )
        .await?;
    tx.audit(
        Audit::new("question.answer")
            .person(&question.shard, &question.person)
            .with("row", question.audit_row.as_str()),
    );
    Ok(done == 1)
}

/// Erases the texts of questions whose `column` (`id` or `person`) is this; that they were asked and answered stays.
pub(crate) async fn blank(tx: &mut Tx, column: &'static str, value: &str) -> StoreResult<()> {
    let (sealed, at) = (
        tx.store().keys().seal(FIELD, crate::erase::BLANK)?.0,
        tx.at().micros(),
    );
    let sql = format!(
        "UPDATE org_question SET said = NULL, answer = CASE WHEN answered_at IS NULL THEN NULL ELSE $1 END, \
         blanked_at = $2 WHERE {column} = $3"
    );
    tx.run(&sql, values![sealed, at, value]).await?;
    Ok(())
}

const SELECT: &str = "SELECT id, log_row, shard, person, kind, said, asked_by, asked_at, answer, answered_at FROM org_question";

/// What this account asked about this person, oldest first.
pub async fn questions_about(
    store: &Store,
    person: &str,
    asked_by: &str,
) -> StoreResult<Vec<Question>> {
    let sql = format!("{SELECT} WHERE person = $1 AND asked_by = $2 ORDER BY asked_at, id");
    let rows = store.all(&sql, values![person, asked_by]).await?;
    rows.iter().map(|row| question_of(store, row)).collect()
}

/// One question.
pub(crate) async fn question(store: &Store, id: &str) -> StoreResult<Option<Question>> {
    let sql = format!("{SELECT} WHERE id = $1");
    let row = store.one(&sql, values![id]).await?;
    row.map(|row| question_of(store, &row)).transpose()
}

/// Open questions, oldest first; or answered ones, newest first.
pub(crate) async fn questions(
    store: &Store,
    open: bool,
    offset: u64,
    size: u32,
) -> StoreResult<(Vec<Question>, u64)> {
    let (which, order) = if open {
        ("answered_at IS NULL", "asked_at, id")
    } else {
        ("answered_at IS NOT NULL", "answered_at DESC, id")
    };
    let sql = format!("{SELECT} WHERE {which} ORDER BY {order} LIMIT $1 OFFSET $2");
    let rows = store
        .all(&sql, values![i64::from(size), offset as i64])
        .await?;
    let count = format!("SELECT CAST(count(*) AS BIGINT) AS n FROM org_question WHERE {which}");
    let total = store.number(&count, vec![]).await?.unsigned_abs();
    let found: StoreResult<Vec<_>> = rows.iter().map(|row| question_of(store, row)).collect();
    Ok((found?, total))
}

fn question_of(store: &Store, row: &Row) -> StoreResult<Question> {
    let open = |column: &str| -> StoreResult<Option<String>> {
        row.opt_text(column)?
            .map(|sealed| store.keys().open(FIELD, &Sealed(sealed)))
            .transpose()
    };
    Ok(Question {
        id: row.text("id")?,
        audit_row: row.text("log_row")?,
        shard: row.text("shard")?,
        person: row.text("person")?,
        kind: row.text("kind")?,
        said: open("said")?,
        asked_by: row.text("asked_by")?,
        asked_at: row.instant("asked_at")?,
        answer: open("answer")?,
        answered_at: row.opt_instant("answered_at")?,
    })
}

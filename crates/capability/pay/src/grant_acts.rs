//! Grants begin, are decided, suspended, resumed and ended.

use crate::grants::Held;
use authz::Actor;
use host::PersonKey;
use kernel::{AreaCode, Day, Instant};
use store::{Audit, Reads, StoreResult, Tx, values};

/// A grant to be written.
#[derive(Debug, Clone)]
pub struct New {
    /// Whose.
    pub key: PersonKey,
    /// Which programme.
    pub programme: String,
    /// The office.
    pub office: String,
    /// The person's area on the programme's basis.
    pub area: Option<AreaCode>,
    /// 户籍地.
    pub hukou: Option<AreaCode>,
    /// 常住地.
    pub residence: Option<AreaCode>,
    /// 起享日.
    pub from: Day,
    /// Fen a cycle.
    pub fen: i64,
    /// `roll`, `finding` or `case`.
    pub origin: &'static str,
    /// Reasons.
    pub reasons: String,
    /// Digest of the list.
    pub digest: String,
    /// Since when it is known.
    pub recorded: Instant,
}

/// Columns of a grant with whether its receipt is written.
pub(crate) const COLUMNS: [&str; 20] = [
    "shard",
    "programme",
    "id",
    "no",
    "office",
    "area",
    "hukou_area",
    "residence_area",
    "from_day",
    "fen",
    "payee",
    "origin",
    "state",
    "reasons",
    "digest",
    "proposed_by",
    "decided_by",
    "decided_at",
    "recorded_at",
    "received",
];

/// Writes grants that a roll says are in payment: decided elsewhere before.
pub async fn adopt(tx: &mut Tx, rows: Vec<New>) -> StoreResult<()> {
    let (by, at) = (tx.actor().id.clone(), tx.at().micros());
    let count = rows.len();
    let rows = rows
        .into_iter()
        .map(|new| {
            let mut row = values_of(&new, 1, "active", &by);
            row.extend(values![
                Some(by.clone()),
                Some(at),
                new.recorded.micros(),
                true
            ]);
            row
        })
        .collect();
    let columns = COLUMNS;
    let ending = " ON CONFLICT (shard, programme, id, no) DO NOTHING";
    tx.insert_many_ending("pay_grant", &columns, rows, ending)
        .await?;
    tx.audit(Audit::new("pay.adopt").with("people", count as i64));
    Ok(())
}

/// A grant as a row, up to who decided it.
pub(crate) fn values_of(new: &New, no: i64, state: &str, by: &str) -> Vec<store::Value> {
    values![
        new.key.shard.as_str(),
        new.programme.as_str(),
        new.key.id.as_str(),
        no,
        new.office.as_str(),
        new.area.map(|code| code.to_string()),
        new.hukou.map(|code| code.to_string()),
        new.residence.map(|code| code.to_string()),
        new.from.number(),
        new.fen,
        "self",
        new.origin,
        state,
        new.reasons.as_str(),
        new.digest.as_str(),
        by,
    ]
}

/// Proposes a grant from a finding; [`StoreError::Duplicate`] where one is proposed or active already.
pub async fn propose(tx: &mut Tx, who: &Actor, new: &New) -> StoreResult<i64> {
    let sql =
        "SELECT max(no) + 1 AS n FROM pay_grant WHERE shard = $1 AND programme = $2 AND id = $3";
    let key = values![
        new.key.shard.as_str(),
        new.programme.as_str(),
        new.key.id.as_str()
    ];
    let no = tx.number(sql, key).await?.max(1);
    let mut row = values_of(new, no, "proposed", &who.id);
    row.extend(values![
        None::<String>,
        None::<i64>,
        tx.at().micros(),
        false
    ]);
    let columns = COLUMNS;
    tx.insert_many("pay_grant", &columns, vec![row]).await?;
    tx.audit(
        Audit::new("pay.grant_propose")
            .person(&new.key.shard, &new.key.id)
            .with("programme", new.programme.as_str())
            .with("digest", new.digest.as_str()),
    );
    Ok(no)
}

/// Confirms or refuses a proposed grant; `false` where somebody was faster. The second person is asked for by the
/// caller.
pub async fn decide(tx: &mut Tx, who: &Actor, held: &Held, yes: bool) -> StoreResult<bool> {
    let (state, at) = (if yes { "active" } else { "refused" }, tx.at().micros());
    // From now on it is known: corrections of past months count from here.
    let done = tx
        .run(
            "UPDATE pay_grant SET state = $1, decided_by = $2, decided_at = $3, recorded_at = $3 \
             WHERE shard = $4 AND programme = $5 AND id = $6 AND no = $7 AND state = 'proposed'",
            values![
                state,
                who.id.as_str(),
                at,
                held.key.shard.as_str(),
                held.programme.as_str(),
                held.key.id.as_str(),
                held.no,
            ],
        )
        .await?;
    tx.audit(
        Audit::new(if yes {
            "pay.grant_confirm"
        } else {
            "pay.grant_refuse"
        })
        .person(&held.key.shard, &held.key.id)
        .with("programme", held.programme.as_str()),
    );
    Ok(done == 1)
}

/// Suspends, resumes or ends a grant from a day, with a reason.
pub async fn happen(
    tx: &mut Tx,
    who: &Actor,
    held: &Held,
    kind: &'static str,
    day: Day,
    reason: &str,
) -> StoreResult<()> {
    let sql = "SELECT max(seq) + 1 AS n FROM pay_event WHERE shard = $1 AND programme = $2 AND id = $3 AND no = $4";
    let key = || {
        values![
            held.key.shard.as_str(),
            held.programme.as_str(),
            held.key.id.as_str(),
            held.no
        ]
    };
    let (seq, at) = (tx.number(sql, key()).await?.max(1), tx.at().micros());
    let mut row = key();
    row.extend(values![
        seq,
        kind,
        day.number(),
        reason,
        who.id.as_str(),
        at
    ]);
    tx.run(
        "INSERT INTO pay_event (shard, programme, id, no, seq, kind, day, reason, recorded_by, recorded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        row,
    )
    .await?;
    if kind == "end" {
        tx.run(
            "UPDATE pay_grant SET state = 'ended' WHERE shard = $1 AND programme = $2 AND id = $3 AND no = $4",
            key(),
        )
        .await?;
    }
    tx.audit(
        Audit::new("pay.grant_event")
            .person(&held.key.shard, &held.key.id)
            .with("programme", held.programme.as_str())
            .with("kind", kind),
    );
    Ok(())
}

/// Makes a grant that ended active again; the event that resumes it was told before.
pub(crate) async fn live_again(tx: &mut Tx, held: &Held) -> StoreResult<()> {
    tx.run(
        "UPDATE pay_grant SET state = 'active' WHERE shard = $1 AND programme = $2 AND id = $3 AND no = $4 AND state = 'ended'",
        values![
            held.key.shard.as_str(),
            held.programme.as_str(),
            held.key.id.as_str(),
            held.no
        ],
    )
    .await?;
    Ok(())
}

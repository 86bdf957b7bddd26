//! A step of a finding, and all of them.

use super::FollowState;
use crate::store::findings::{self, Finding};
use host::PersonKey;
use kernel::{Day, Instant};
use store::{Audit, Reads, StoreResult, Tx, values};

/// What was done about a finding.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) state: FollowState,
    pub(crate) until: Option<Day>,
    pub(crate) paper: Option<String>,
    pub(crate) says: String,
    pub(crate) by: String,
    pub(crate) at: Instant,
}

/// Writes a step; whoever makes it follows the finding. Gives false, with nothing written, when the finding is gone or
/// somebody has made a step since `seen` were there.
pub(crate) async fn step(
    tx: &mut Tx,
    finding: &Finding,
    seen: i64,
    state: FollowState,
    until: Option<Day>,
    paper: Option<&str>,
    says: &str,
) -> StoreResult<bool> {
    let (actor, at) = (tx.actor().clone(), tx.at());
    let changed = tx
        .run(
            "UPDATE entitle_finding SET state = $1, quiet_until = $2, holder = $3 WHERE finding = $4 \
             AND closed_on IS NULL \
             AND (SELECT count(*) FROM entitle_follow s WHERE s.finding = $4) = $5",
            values![
                state.key(),
                until.map(Day::number),
                actor.id.as_str(),
                finding.finding.as_str(),
                seen
            ],
        )
        .await?;
    if changed == 0 {
        return Ok(false);
    }
    tx.run(
        "INSERT INTO entitle_follow (finding, no, state, until_day, paper, by_account, by_name, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            finding.finding.as_str(),
            seen + 1,
            state.key(),
            until.map(Day::number),
            paper,
            actor.id.as_str(),
            actor.name.as_str(),
            at.micros()
        ],
    )
    .await?;
    if !says.is_empty() {
        tx.run(
            "INSERT INTO entitle_follow_words (finding, no, says) VALUES ($1, $2, $3)",
            values![finding.finding.as_str(), seen + 1, says],
        )
        .await?;
    }
    tx.audit(
        Audit::new("finding.follow")
            .person(&finding.key.shard, &finding.key.id)
            .with("kind", finding.kind.as_str())
            .with("programme", finding.programme.as_str())
            .with("state", state.key()),
    );
    Ok(true)
}

/// Says of what somebody is owed how it is followed, where such a finding is open: another capability has begun or ended
/// the work. Nothing where there is none.
pub async fn follow_owed(
    tx: &mut Tx,
    key: &PersonKey,
    programme: &str,
    state: FollowState,
    says: &str,
) -> StoreResult<()> {
    for finding in findings::open_of(tx, key).await? {
        if finding.kind != "owed" || finding.programme != programme {
            continue;
        }
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM entitle_follow s WHERE s.finding = $1";
        let seen = tx.number(sql, values![finding.finding.as_str()]).await?;
        step(tx, &finding, seen, state, None, None, says).await?;
    }
    Ok(())
}

/// All steps, the first one first.
pub(crate) async fn steps(reads: &impl Reads, finding: &str) -> StoreResult<Vec<Step>> {
    let rows = reads
        .all(
            "SELECT s.state, s.until_day, s.paper, s.by_name, s.at, w.says FROM entitle_follow s \
             LEFT JOIN entitle_follow_words w ON w.finding = s.finding AND w.no = s.no \
             WHERE s.finding = $1 ORDER BY s.no",
            values![finding],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Step {
                state: FollowState::of(&row.text("state")?).unwrap_or(FollowState::Open),
                until: row.opt_day("until_day")?,
                paper: row.opt_text("paper")?,
                says: row.opt_text("says")?.unwrap_or_default(),
                by: row.text("by_name")?,
                at: Instant::from_micros(row.int("at")?),
            })
        })
        .collect()
}

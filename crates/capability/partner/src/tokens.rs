//! Rows of tokens.

use kernel::{Day, Instant};
use store::secret::sm3_hex;
use store::{Audit, Reads, Row, StoreResult, Tx, secure_random, values};

/// What every token begins with: found by whoever looks for secrets in the wrong place.
const PREFIX: &str = "lyt_";

/// The longest a token is good for, in days.
pub(crate) const LONGEST: i32 = 366;

/// A token, without the secret.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) id: String,
    pub(crate) account: String,
    /// The system that holds it.
    pub(crate) partner: String,
    pub(crate) created: Instant,
    /// Last day it is good.
    pub(crate) until: Day,
    pub(crate) revoked: Option<Instant>,
}

impl Token {
    /// Whether it is good on a day.
    pub(crate) fn good(&self, today: Day) -> bool {
        self.revoked.is_none() && today <= self.until
    }
}

const COLUMNS: &str = "id, account, partner, created_at, expires_on, revoked_at";

fn of_row(row: &Row) -> StoreResult<Token> {
    Ok(Token {
        id: row.text("id")?,
        account: row.text("account")?,
        partner: row.text("partner")?,
        created: row.instant("created_at")?,
        until: row.day("expires_on")?,
        revoked: row.opt_instant("revoked_at")?,
    })
}

/// Makes a token for an account; returns the secret, which stands nowhere else.
pub(crate) async fn make(
    tx: &mut Tx,
    by: &str,
    account: &str,
    partner: &str,
    until: Day,
) -> StoreResult<String> {
    let secret = format!("{PREFIX}{}", secure_random::token()?);
    let (id, at) = (tx.store().new_id(), tx.at().micros());
    tx.run(
        "INSERT INTO partner_token (id, digest, account, partner, created_at, created_by, expires_on) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values![
            id.as_str(),
            sm3_hex(secret.as_bytes()),
            account,
            partner,
            at,
            by,
            until.number(),
        ],
    )
    .await?;
    tx.audit(
        Audit::new("token.make")
            .subject(&id)
            .with("account", account)
            .with("until", until.to_string()),
    );
    Ok(secret)
}

/// The token of this secret.
pub(crate) async fn of_secret(reads: &impl Reads, secret: &str) -> StoreResult<Option<Token>> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    let sql = format!("SELECT {COLUMNS} FROM partner_token WHERE digest = $1");
    let row = reads.one(&sql, values![sm3_hex(secret.as_bytes())]).await?;
    row.as_ref().map(of_row).transpose()
}

/// All tokens, latest first.
pub(crate) async fn all(reads: &impl Reads) -> StoreResult<Vec<Token>> {
    let sql = format!("SELECT {COLUMNS} FROM partner_token ORDER BY created_at DESC, id LIMIT 500");
    let rows = reads.all(&sql, vec![]).await?;
    rows.iter().map(of_row).collect()
}

/// Revokes a token; `false` where it was already.
pub(crate) async fn revoke(tx: &mut Tx, id: &str) -> StoreResult<bool> {
    let at = tx.at().micros();
    let done = tx
        .run(
            "UPDATE partner_token SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL",
            values![at, id],
        )
        .await?;
    tx.audit(Audit::new("token.revoke").subject(id));
    Ok(done == 1)
}

//! The second factor of an account: its secret, its recovery codes, and what opens.

use crate::attempts;
use crate::settings::OrgSettings;
use crate::totp;
use authz::Role;
use kernel::Instant;
use store::rekey::{Held, KeyColumn, SealedTable};
use store::{
    Audit, Keys, Reads, Sealed, Store, StoreError, StoreResult, Tx, secure_random, values,
};

/// Recovery codes handed out at once.
const RECOVERY: usize = 8;
/// Letters of recovery codes: none that is read as another.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789-";
/// The field that secrets are sealed for.
const FIELD: &str = "factor";

/// Where the secrets stand.
pub(crate) static SEALED: SealedTable = SealedTable {
    table: "org_factor",
    key: &[KeyColumn::Text("account")],
    holds: &[Held::Sealed {
        column: "secret",
        field: FIELD,
        blinds: &[],
    }],
};

/// Roles that cannot work without a second factor.
pub(crate) const fn must_have(role: Role) -> bool {
    matches!(
        role,
        Role::SystemAdmin | Role::SecurityAdmin | Role::AuditAdmin
    )
}

/// Whether this account has one.
pub(crate) async fn has(reads: &impl Reads, account: &str) -> StoreResult<bool> {
    let sql = "SELECT account FROM org_factor WHERE account = $1";
    Ok(reads.one(sql, values![account]).await?.is_some())
}

/// Recovery codes that are left.
pub(crate) async fn codes_left(reads: &impl Reads, account: &str) -> StoreResult<i64> {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM org_recovery WHERE account = $1 AND used_at IS NULL";
    reads.number(sql, values![account]).await
}

/// A fresh secret, sealed for this account: it waits in the form until a code of it was typed.
pub(crate) fn offer(store: &Store, account: &str) -> StoreResult<(Vec<u8>, String)> {
    let secret = secure_random::bytes::<{ totp::SECRET }>()?.to_vec();
    let sealed = store
        .keys()
        .seal(&format!("offer:{account}"), &totp::base32(&secret))?;
    Ok((secret, sealed.0))
}

/// The secret of [`offer`], if it was made for this account.
pub(crate) fn offered(store: &Store, account: &str, sealed: &str) -> Option<Vec<u8>> {
    let text = store
        .keys()
        .open(&format!("offer:{account}"), &Sealed(sealed.to_owned()))
        .ok()?;
    totp::unbase32(&text)
}

/// Sets the factor up; returns recovery codes, to be shown once.
pub(crate) async fn set_up(
    tx: &mut Tx,
    account: &str,
    secret: &[u8],
    step: i64,
) -> StoreResult<Vec<String>> {
    let sealed = tx.store().keys().seal(FIELD, &totp::base32(secret))?.0;
    let at = tx.at().micros();
    tx.run(
        "INSERT INTO org_factor (account, secret, set_at, last_step) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, set_at = excluded.set_at, last_step = excluded.last_step",
        values![account, sealed, at, step],
    )
    .await?;
    tx.run(
        "DELETE FROM org_recovery WHERE account = $1",
        values![account],
    )
    .await?;
    let mut codes = Vec::with_capacity(RECOVERY);
    let mut rows = Vec::with_capacity(RECOVERY);
    for _ in 0..RECOVERY {
        let code = recovery_code()?;
        rows.push(values![account, digest(tx.store(), account, &code)]);
        codes.push(code);
    }
    tx.insert_many("org_recovery", &["account", "digest"], rows)
        .await?;
    tx.audit(Audit::new("factor.set").subject(account));
    Ok(codes)
}

/// Takes the factor away; whether there was one.
pub(crate) async fn take_away(tx: &mut Tx, account: &str) -> StoreResult<bool> {
    tx.run(
        "DELETE FROM org_recovery WHERE account = $1",
        values![account],
    )
    .await?;
    let gone = tx
        .run(
            "DELETE FROM org_factor WHERE account = $1",
            values![account],
        )
        .await?;
    let digest = tries(tx.store(), account);
    attempts::forget(tx, &digest).await?;
    Ok(gone > 0)
}

/// What a typed code came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tried {
    /// The code of the phone.
    Code,
    /// A recovery code, now spent.
    Recovery,
    /// Neither.
    Wrong,
    /// Too many wrong tries: until then.
    Locked(Instant),
}

/// Tries a code of the phone or a recovery code; each opens once, wrong ones are counted apart from passwords, so that
/// signing in anew does not begin the count again.
pub(crate) async fn attempt(
    tx: &mut Tx,
    account: &str,
    typed: &str,
    settings: &OrgSettings,
) -> StoreResult<Tried> {
    let tries = tries(tx.store(), account);
    if let Some(until) = attempts::take(tx, &tries, settings).await? {
        tx.audit(
            Audit::new("factor.refused")
                .subject(account)
                .with("why", "locked"),
        );
        return Ok(Tried::Locked(until));
    }
    let opened = if by_phone(tx, account, typed).await? {
        Some(Tried::Code)
    } else if by_recovery(tx, account, typed).await? {
        Some(Tried::Recovery)
    } else {
        None
    };
    if let Some(opened) = opened {
        attempts::forget(tx, &tries).await?;
        return Ok(opened);
    }
    tx.audit(
        Audit::new("factor.refused")
            .subject(account)
            .with("why", "wrong"),
    );
    Ok(attempts::count(tx, &tries, settings)
        .await?
        .map_or(Tried::Wrong, Tried::Locked))
}

async fn by_phone(tx: &mut Tx, account: &str, typed: &str) -> StoreResult<bool> {
    let sql = "SELECT secret, last_step FROM org_factor WHERE account = $1";
    let Some(row) = tx.one(sql, values![account]).await? else {
        return Ok(false);
    };
    let text = tx
        .store()
        .keys()
        .open(FIELD, &Sealed(row.text("secret")?))?;
    let secret = totp::unbase32(&text)
        .ok_or_else(|| StoreError::Other("a factor's secret is no base32".to_owned()))?;
    let Some(step) = totp::fits(&secret, typed, tx.at(), row.int("last_step")?) else {
        return Ok(false);
    };
    // Of two requests with one code exactly one opens.
    let spent = "UPDATE org_factor SET last_step = $1 WHERE account = $2 AND last_step < $1";
    Ok(tx.run(spent, values![step, account]).await? == 1)
}

async fn by_recovery(tx: &mut Tx, account: &str, typed: &str) -> StoreResult<bool> {
    let at = tx.at().micros();
    let sql = "UPDATE org_recovery SET used_at = $1 WHERE account = $2 AND digest = $3 AND used_at IS NULL";
    for digest in digests(tx.store().keys(), account, typed) {
        if tx.run(sql, values![at, account, digest]).await? == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Recovery codes that still open and stand under the key of this id. Nobody knows them in plain, so they cannot be
/// turned to another key. One that names no key is of the time when there was one key: the oldest.
pub(crate) async fn codes_under(store: &Store, id: &str) -> StoreResult<i64> {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM org_recovery r WHERE r.used_at IS NULL AND (r.digest LIKE $1 \
         OR ($2 = 1 AND r.digest NOT LIKE '%.%'))";
    let oldest = i64::from(store.keys().ids().first() == Some(&id));
    store.number(sql, values![format!("{id}.%"), oldest]).await
}

/// Forgets them: whoever had them makes new ones on 登录安全.
pub(crate) async fn forget_codes_under(tx: &mut Tx, id: &str) -> StoreResult<()> {
    let sql = "DELETE FROM org_recovery WHERE digest LIKE $1 OR ($2 = 1 AND digest NOT LIKE '%.%')";
    let oldest = i64::from(tx.store().keys().ids().first() == Some(&id));
    let gone = tx.run(sql, values![format!("{id}.%"), oldest]).await?;
    tx.audit(Audit::new("factor.codes_forgotten").with("count", gone as i64));
    Ok(())
}

/// Under which wrong codes of an account are counted.
fn tries(store: &Store, account: &str) -> String {
    store.keys().blind("factor_tries", account)
}

/// As a recovery code stands in its column: the id of the key, and the digest under it. The first that is told is what
/// is written; the others are what may stand there.
fn digests(keys: &Keys, account: &str, code: &str) -> Vec<String> {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase();
    let all = keys.blinds("recovery", &format!("{account}:{plain}"));
    let current = keys.current_id();
    let others = keys.ids().into_iter().filter(|id| *id != current);
    let named = std::iter::once(current)
        .chain(others)
        .zip(&all)
        .map(|(id, digest)| format!("{id}.{digest}"));
    // Before a key had a successor, its id did not stand there.
    named.chain(all.iter().cloned()).collect()
}

fn digest(store: &Store, account: &str, code: &str) -> String {
    digests(store.keys(), account, code)
        .into_iter()
        .next()
        .unwrap_or_default()
}

/// Ten letters, fifty bits less the one that is never drawn.
fn recovery_code() -> StoreResult<String> {
    let mut code = String::with_capacity(11);
    while code.len() < 11 {
        for byte in secure_random::bytes::<16>()? {
            let letter = char::from(LETTERS[usize::from(byte & 31)]);
            if letter == '-' {
                continue;
            }
            if code.len() == 5 {
                code.push('-');
            }
            if code.len() < 11 {
                code.push(letter);
            }
        }
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_read_well_and_differ() {
        let (one, two) = (recovery_code().unwrap(), recovery_code().unwrap());
        assert_ne!(one, two);
        for code in [one, two] {
            assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [5, 5]);
            assert!(!code.contains(['0', '1', 'i', 'l', 'o']), "{code}");
        }
    }
}

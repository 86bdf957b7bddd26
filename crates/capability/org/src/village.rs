//! Village accounts: who they are, their codes, PINs and bound phones. All SQL of `org_village` and `org_device`.

use crate::accounts::{Grant, NewAccount, create_account};
use crate::password::{HashCost, PasswordHash};
use authz::{Actor, Role, Scope};
use kernel::area_code::ranges;
use kernel::{AreaCode, Day, Instant};
use store::rekey::{BlindColumn, Held, KeyColumn, SealedTable, whole};
use store::secret::{hex, sm3_hex};
use store::{
    Audit, Reads, Row, Sealed, Sql, Store, StoreError, StoreResult, Tx, secure_random, values,
};

/// The field that phone numbers are sealed for and found by.
const FIELD: &str = "village_phone";
/// Seconds that a first code holds.
const CODE_SECONDS: i64 = 7 * 86_400;

/// A village account as the town sees it.
#[derive(Debug, Clone)]
pub(crate) struct Village {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) area: AreaCode,
    pub(crate) phone: String,
    pub(crate) has_pin: bool,
    pub(crate) bound_at: Option<Instant>,
    pub(crate) code_until: Option<Instant>,
    pub(crate) disabled: bool,
    pub(crate) last_sign_in_at: Option<Instant>,
}

/// What signing in needs of one.
pub(crate) struct Secrets {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) disabled: bool,
    pub(crate) pin: Option<PasswordHash>,
    pub(crate) code: Option<PasswordHash>,
    pub(crate) device: Option<String>,
}

/// Where the phones stand.
pub(crate) static SEALED: SealedTable = SealedTable {
    table: "org_village",
    key: &[KeyColumn::Text("account")],
    holds: &[Held::Sealed {
        column: "phone",
        field: FIELD,
        blinds: &[BlindColumn {
            column: "phone_digest",
            field: FIELD,
            digits: 32,
            of: whole,
        }],
    }],
};

/// Under which a phone number stands.
pub(crate) fn phone_digest(store: &Store, phone: &str) -> String {
    store.keys().blind(FIELD, phone)
}

/// Refuses a phone that another account has under another key than the current one: the rule of the table sees only
/// equal digests.
async fn refuse_known(tx: &mut Tx, phone: &str) -> StoreResult<()> {
    let older = tx.store().keys().blinds(FIELD, phone);
    for digest in older.into_iter().skip(1) {
        tx.hold_keys().await?;
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM org_village WHERE phone_digest = $1";
        if tx.number(sql, values![digest]).await? > 0 {
            return Err(StoreError::Duplicate("org_village".to_owned()));
        }
    }
    Ok(())
}

/// A mobile number as it is stored: eleven digits beginning with 1.
pub(crate) fn check_phone(text: &str) -> Option<String> {
    let digits: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    (digits.len() == 11 && digits.starts_with('1') && digits.bytes().all(|b| b.is_ascii_digit()))
        .then_some(digits)
}

/// A first code of eight digits, shown once.
pub(crate) fn first_code() -> StoreResult<String> {
    let mut code = String::with_capacity(9);
    while code.len() < 9 {
        for byte in secure_random::bytes::<16>()? {
            if code.len() == 4 {
                code.push('-');
            }
            if byte < 250 && code.len() < 9 {
                code.push(char::from(b'0' + byte % 10));
            }
        }
    }
    Ok(code)
}

/// Digits of a code as typed, with or without the dash.
pub(crate) fn plain_code(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A village account to be opened.
pub(crate) struct NewVillage<'a> {
    pub(crate) name: String,
    pub(crate) phone: &'a str,
    pub(crate) area: AreaCode,
    pub(crate) code: &'a PasswordHash,
    pub(crate) today: Day,
}

/// Opens a village account; a phone that is taken is [`StoreError::Duplicate`].
pub(crate) async fn open(tx: &mut Tx, new: NewVillage<'_>) -> StoreResult<String> {
    refuse_known(tx, new.phone).await?;
    // Nobody types this login: the phone stands for it.
    let login = format!("v-{}", hex(&secure_random::bytes::<8>()?));
    let account = NewAccount {
        login,
        name: new.name,
        role: Role::Visitor,
        password: None,
        grants: vec![Grant::area(&new.area, new.today)],
    };
    let id = create_account(tx, account).await?;
    let (sealed, digest) = (
        tx.store().keys().seal(FIELD, new.phone)?.0,
        phone_digest(tx.store(), new.phone),
    );
    let (by, until) = (
        tx.actor().id.clone(),
        tx.at().plus_seconds(CODE_SECONDS).micros(),
    );
    tx.run(
        "INSERT INTO org_village (account, area, phone, phone_digest, code_hash, code_until, opened_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values![
            id.as_str(),
            new.area.as_str(),
            sealed,
            digest,
            new.code.as_str(),
            until,
            by,
        ],
    )
    .await?;
    tx.audit(
        Audit::new("village.open")
            .subject(&id)
            .with("area", new.area.as_str()),
    );
    Ok(id)
}

/// Opens a village account with a code that is known beforehand: for a demo, whose papers name it.
pub async fn open_village(
    store: &Store,
    by: &Actor,
    name: &str,
    phone: &str,
    area: AreaCode,
    code: &str,
) -> StoreResult<()> {
    let code = PasswordHash::of(&plain_code(code), HashCost::default())?;
    let mut tx = store.begin(by, None).await?;
    let today = tx.at().day();
    open(
        &mut tx,
        NewVillage {
            name: name.to_owned(),
            phone,
            area,
            code: &code,
            today,
        },
    )
    .await?;
    tx.commit().await
}

/// A new first code: the old PIN and the bound phone no longer open.
pub(crate) async fn new_code(tx: &mut Tx, account: &str, code: &PasswordHash) -> StoreResult<()> {
    let until = tx.at().plus_seconds(CODE_SECONDS).micros();
    tx.run(
        "UPDATE org_village SET pin_hash = NULL, code_hash = $1, code_until = $2 WHERE account = $3",
        values![code.as_str(), until, account],
    )
    .await?;
    tx.run(
        "DELETE FROM org_device WHERE account = $1",
        values![account],
    )
    .await?;
    tx.audit(Audit::new("village.code").subject(account));
    Ok(())
}

/// Spends the code, keeps the PIN and binds this phone; the token for its cookie. `None`: the code was spent or
/// replaced meanwhile.
pub(crate) async fn bind(
    tx: &mut Tx,
    account: &str,
    code: &PasswordHash,
    pin: &PasswordHash,
) -> StoreResult<Option<String>> {
    let token = secure_random::token()?;
    let spent = tx
        .run(
            "UPDATE org_village SET pin_hash = $1, code_hash = NULL, code_until = NULL WHERE account = $2 AND code_hash = $3",
            values![pin.as_str(), account, code.as_str()],
        )
        .await?;
    if spent != 1 {
        return Ok(None);
    }
    let at = tx.at().micros();
    tx.run(
        "INSERT INTO org_device (account, token_digest, bound_at) VALUES ($1, $2, $3) \
         ON CONFLICT (account) DO UPDATE SET token_digest = excluded.token_digest, bound_at = excluded.bound_at",
        values![account, sm3_hex(token.as_bytes()), at],
    )
    .await?;
    tx.audit(Audit::new("village.bind").subject(account));
    Ok(Some(token))
}

/// What signing in by this phone number needs; a code that has run out is none.
pub(crate) async fn secrets(
    reads: &impl Reads,
    store: &Store,
    phone: &str,
    now: Instant,
) -> StoreResult<Option<Secrets>> {
    let sql = "SELECT v.account, a.name, a.disabled, v.pin_hash, v.code_hash, v.code_until, d.token_digest \
         FROM org_village v JOIN org_account a ON a.id = v.account LEFT JOIN org_device d ON d.account = v.account \
         WHERE v.phone_digest = $1";
    let mut row = None;
    for digest in store.keys().blinds(FIELD, phone) {
        if row.is_none() {
            row = reads.one(sql, values![digest]).await?;
        }
    }
    row.map(|row| {
        let holds = row
            .opt_instant("code_until")?
            .is_some_and(|until| now < until);
        Ok(Secrets {
            account: row.text("account")?,
            name: row.text("name")?,
            disabled: row.flag("disabled")?,
            pin: row.opt_text("pin_hash")?.map(PasswordHash::stored),
            code: row
                .opt_text("code_hash")?
                .filter(|_| holds)
                .map(PasswordHash::stored),
            device: row.opt_text("token_digest")?,
        })
    })
    .transpose()
}

/// Village accounts of a town, by area and name: those whose village lies in the scope.
pub(crate) async fn in_scope(
    store: &Store,
    scope: &Scope,
    only: Option<&str>,
) -> StoreResult<Vec<Village>> {
    let Scope::Areas(areas) = scope else {
        return Ok(Vec::new());
    };
    let mut sql = Sql::new(
        "SELECT v.account, a.name, v.area, v.phone, v.pin_hash, v.code_until, v.code_hash, d.bound_at, a.disabled, \
         a.last_sign_in_at FROM org_village v JOIN org_account a ON a.id = v.account \
         LEFT JOIN org_device d ON d.account = v.account WHERE (1 = 0",
    );
    for (from, until) in ranges(areas) {
        sql.push(" OR (v.area >= ").bind(from.as_str());
        sql.push(" AND v.area < ").bind(until.as_str()).push(")");
    }
    sql.push(")");
    if let Some(account) = only {
        sql.push(" AND v.account = ").bind(account);
    }
    sql.push(" ORDER BY v.area, a.name, v.account LIMIT 1000");
    let (text, parts) = sql.parts();
    let rows = store.all(&text, parts).await?;
    rows.iter().map(|row| village_of(store, row)).collect()
}

fn village_of(store: &Store, row: &Row) -> StoreResult<Village> {
    let area = row.opt_area("area")?;
    let area = area.ok_or_else(|| StoreError::Other("a village account has no area".to_owned()))?;
    let open = row.opt_text("code_hash")?.is_some();
    Ok(Village {
        account: row.text("account")?,
        name: row.text("name")?,
        area,
        phone: store.keys().open(FIELD, &Sealed(row.text("phone")?))?,
        has_pin: row.opt_text("pin_hash")?.is_some(),
        bound_at: row.opt_instant("bound_at")?,
        code_until: row.opt_instant("code_until")?.filter(|_| open),
        disabled: row.flag("disabled")?,
        last_sign_in_at: row.opt_instant("last_sign_in_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_and_codes_are_read_as_people_type_them() {
        assert_eq!(check_phone("199 0000-1234").as_deref(), Some("19900001234"));
        for bad in ["1990000123", "29900001234", "1990000123a", ""] {
            assert_eq!(check_phone(bad), None, "{bad}");
        }
        let code = first_code().unwrap();
        assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4, 4]);
        assert_eq!(plain_code(&code).len(), 8);
    }
}

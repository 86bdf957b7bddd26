//! Accounts and their grants: all SQL of `org_account` and `org_grant` that is not about signing in.

use crate::grants;
use crate::password::{HashCost, PasswordHash, first_code};
use crate::scope::resolve_scope;
use area::api::AreaBook;
use authz::{Actor, Role, Scope};
use kernel::{AreaCode, Day, Instant};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::rekey::{Held, KeyColumn, SealedTable};
use store::{Audit, Reads, Row, Sql, Store, StoreError, StoreResult, Tx, Value, values};

/// What a grant names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantKind {
    /// Everything inside an area code.
    Area,
    /// What a body with county powers covers: a county's code or a 管委会's `M…`.
    Management,
    /// One person, by id.
    Person,
}

impl GrantKind {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Management => "management",
            Self::Person => "person",
        }
    }
}

/// A dated grant, `[from, until)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What it names.
    pub kind: GrantKind,
    /// Area code, body key or person id.
    pub code: String,
    /// First day.
    pub from: Day,
    /// First day on which it no longer holds.
    pub until: Option<Day>,
    /// 文号 of the order it was granted for: an auditor's or an inspector's.
    pub mandate: Option<String>,
}

impl Grant {
    /// Everything inside this area.
    pub fn area(code: &AreaCode, from: Day) -> Self {
        Self {
            kind: GrantKind::Area,
            code: code.to_string(),
            from,
            until: None,
            mandate: None,
        }
    }

    /// What this body with county powers covers (`M42130001`, or a county's code).
    pub fn management(key: &str, from: Day) -> Self {
        let code = key
            .parse::<AreaCode>()
            .map_or_else(|_body| key.to_owned(), |code| code.to_string());
        Self {
            kind: GrantKind::Management,
            code,
            from,
            until: None,
            mandate: None,
        }
    }

    /// This person.
    pub fn person(id: &str, from: Day) -> Self {
        Self {
            kind: GrantKind::Person,
            code: id.to_owned(),
            from,
            until: None,
            mandate: None,
        }
    }

    /// Until (not including) this day.
    pub fn until(mut self, day: Day) -> Self {
        self.until = Some(day);
        self
    }

    /// Under an order of this number.
    pub fn under(mut self, mandate: &str) -> Self {
        self.mandate = Some(mandate.to_owned());
        self
    }

    pub(crate) fn holds_on(&self, today: Day) -> bool {
        self.from <= today && self.until.is_none_or(|until| today < until)
    }
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What is typed at sign-in: 3 to 32 small letters, digits, `.`, `_`, `-`.
    pub login: String,
    /// Shown on pages: 「张敏」.
    pub name: String,
    /// Its one role.
    pub role: Role,
    /// A password somebody else chose, to be changed at the first sign-in. Without one nobody can sign
    /// in by password (demo accounts: only through their door).
    pub password: Option<PasswordHash>,
    /// Where it may look.
    pub grants: Vec<Grant>,
}

/// An account as lists show it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id, the actor of its audit rows.
    pub id: String,
    /// What is typed at sign-in.
    pub login: String,
    /// Shown on pages.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Cannot sign in.
    pub disabled: bool,
    /// The password must be changed first.
    pub must_change: bool,
    /// It has a password at all.
    pub has_password: bool,
    /// It signs in with a second factor.
    pub has_factor: bool,
    /// When it was made.
    pub created_at: Instant,
    /// When it last signed in.
    pub last_sign_in_at: Option<Instant>,
    /// Locked after wrong tries until then (may have passed).
    pub locked_until: Option<Instant>,
    /// All its grants, also past ones.
    pub grants: Vec<Grant>,
}

impl Account {
    /// Who acts with it on `today`.
    pub fn actor(&self, book: &AreaBook, today: Day) -> Actor {
        let (scope, scope_name) = self.scope(book, today);
        Actor {
            id: self.id.clone(),
            name: self.name.clone(),
            role: self.role,
            scope,
            scope_name,
        }
    }

    /// Its scope on `today` and the scope's name.
    pub fn scope(&self, book: &AreaBook, today: Day) -> (Scope, String) {
        resolve_scope(self.role, &self.grants, book, today)
    }
}

/// The login as it is stored, or what is wrong with it.
pub(crate) fn check_login(text: &str) -> Result<String, &'static str> {
    let login = text.trim().to_lowercase();
    let fits =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
    if !(3..=32).contains(&login.len()) || !login.bytes().all(fits) {
        return Err("账号用 3 至 32 个小写字母、数字或 . _ -");
    }
    Ok(login)
}

/// Where the digests of logins stand.
pub(crate) static SEALED: SealedTable = SealedTable {
    table: "org_account",
    key: &[KeyColumn::Text("id")],
    holds: &[Held::Named {
        column: "login_digest",
        from: "login",
        field: "login",
    }],
};

/// The keyed digest under which a login stands in audit rows and failed tries.
pub(crate) fn login_digest(store: &Store, login: &str) -> String {
    store.keys().blind("login", &login.trim().to_lowercase())
}

/// Makes an account; returns its id. A login that is taken is [`StoreError::Duplicate`].
pub async fn create_account(tx: &mut Tx, new: NewAccount) -> StoreResult<String> {
    let login = check_login(&new.login)
        .map_err(|why| StoreError::Other(format!("{}: {why}", new.login)))?;
    if new.role == Role::System {
        return Err(StoreError::Other(
            "nobody signs in as the system".to_owned(),
        ));
    }
    let (id, at) = (tx.store().new_id(), tx.at().micros());
    let digest = login_digest(tx.store(), &login);
    tx.run(
        "INSERT INTO org_account (id, login, login_digest, name, password_hash, role, must_change, disabled, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            id.clone(),
            login,
            digest,
            new.name,
            new.password.as_ref().map(|hash| hash.as_str().to_owned()),
            new.role.key(),
            new.password.is_some(),
            false,
            at,
        ],
    )
    .await?;
    grants::insert(tx, &id, &new.grants).await?;
    let places: Vec<String> = new
        .grants
        .iter()
        .map(|g| format!("{}:{}", g.kind.key(), g.code))
        .collect();
    tx.audit(
        Audit::new("account.create")
            .subject(&id)
            .with("role", new.role.key())
            .with("grants", places),
    );
    Ok(id)
}

/// Makes a system administrator from the command line (`laoyou admin create`); returns the first code,
/// which must be changed at the first sign-in.
pub async fn first_admin(store: &Store, login: &str, name: &str) -> StoreResult<String> {
    let code = first_code()?;
    let password = Some(PasswordHash::of(&code, HashCost::default())?);
    let new = NewAccount {
        login: login.to_owned(),
        name: name.to_owned(),
        role: Role::SystemAdmin,
        password,
        grants: Vec::new(),
    };
    let mut tx = store.begin(&Actor::system("admin-create"), None).await?;
    create_account(&mut tx, new).await?;
    tx.commit().await?;
    Ok(code)
}

const SELECT: &str = "SELECT a.id, a.login, a.name, a.role, a.disabled, a.must_change, a.password_hash, a.created_at, \
     a.last_sign_in_at, t.locked_until, f.account AS factor FROM org_account a \
     LEFT JOIN org_attempt t ON t.login_digest = a.login_digest LEFT JOIN org_factor f ON f.account = a.id";

/// All accounts by login (the demo's doors stand in this order within a role).
pub async fn accounts(store: &Store) -> StoreResult<Vec<Account>> {
    let rows = store
        .all(&format!("{SELECT} ORDER BY a.login"), vec![])
        .await?;
    with_grants(store, rows).await
}

/// One account.
pub async fn account(reads: &impl Reads, id: &str) -> StoreResult<Option<Account>> {
    let rows = reads
        .all(&format!("{SELECT} WHERE a.id = $1"), values![id])
        .await?;
    Ok(with_grants(reads, rows).await?.pop())
}

/// What the administrator asks for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) role: Option<&'a str>,
    pub(crate) state: Option<&'a str>,
    pub(crate) now: i64,
}

impl Wanted<'_> {
    fn condition(self) -> Sql {
        let mut sql = Sql::new(" WHERE 1 = 1");
        if let Some(role) = self.role {
            sql.push(" AND a.role = ").bind(role);
        }
        match self.state {
            Some("disabled") => {
                sql.push(" AND a.disabled = ").bind(true);
            }
            Some("locked") => {
                sql.push(" AND t.locked_until > ").bind(self.now);
            }
            Some("fresh") => {
                sql.push(" AND a.disabled = ")
                    .bind(false)
                    .push(" AND a.must_change = ")
                    .bind(true);
            }
            Some(_) => {
                sql.push(" AND a.disabled = ").bind(false);
            }
            None => {}
        }
        sql
    }
}

/// One page of accounts by login, and how many there are.
pub(crate) async fn page_of_accounts(
    store: &Store,
    wanted: Wanted<'_>,
    offset: u64,
    size: u32,
) -> StoreResult<(Vec<Account>, u64)> {
    let mut list = Sql::new(SELECT);
    list.append(&wanted.condition())
        .push(" ORDER BY a.login LIMIT ")
        .bind(i64::from(size));
    list.push(" OFFSET ").bind(offset as i64);
    let (sql, parts) = list.parts();
    let rows = store.all(&sql, parts).await?;
    let mut count = Sql::new(
        "SELECT CAST(count(*) AS BIGINT) AS n FROM org_account a \
         LEFT JOIN org_attempt t ON t.login_digest = a.login_digest",
    );
    count.append(&wanted.condition());
    let (sql, parts) = count.parts();
    let total = store.number(&sql, parts).await?;
    Ok((with_grants(store, rows).await?, total.unsigned_abs()))
}

/// Names of these accounts by id, for histories; ids that are no account are left out.
pub async fn account_names(
    reads: &impl Reads,
    ids: &[String],
) -> StoreResult<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    for row in rows_of(reads, "SELECT id, name FROM org_account WHERE id", ids).await? {
        names.insert(row.text("id")?, row.text("name")?);
    }
    Ok(names)
}

/// Those of these accounts that can sign in.
pub(crate) async fn active(reads: &impl Reads, ids: &[String]) -> StoreResult<HashSet<String>> {
    let mut active = HashSet::new();
    for row in rows_of(reads, "SELECT id, disabled FROM org_account WHERE id", ids).await? {
        if !row.flag("disabled")? {
            active.insert(row.text("id")?);
        }
    }
    Ok(active)
}

/// Grants of an account.
pub(crate) async fn grants_of(reads: &impl Reads, account: &str) -> StoreResult<Vec<Grant>> {
    let sql = "SELECT account, kind, code, from_day, until_day, mandate FROM org_grant WHERE account = $1 ORDER BY kind, code";
    let rows = reads.all(sql, values![account]).await?;
    rows.iter().map(grant_of).collect()
}

/// Grants of these accounts, by account.
pub(crate) async fn grants_of_many(
    reads: &impl Reads,
    ids: &[String],
) -> StoreResult<HashMap<String, Vec<Grant>>> {
    let sql =
        "SELECT account, kind, code, from_day, until_day, mandate FROM org_grant WHERE account";
    let mut grants: HashMap<String, Vec<Grant>> = HashMap::new();
    for row in rows_of(reads, sql, ids).await? {
        grants
            .entry(row.text("account")?)
            .or_default()
            .push(grant_of(&row)?);
    }
    Ok(grants)
}

async fn with_grants(reads: &impl Reads, rows: Vec<Row>) -> StoreResult<Vec<Account>> {
    let mut accounts = rows
        .iter()
        .map(account_of)
        .collect::<StoreResult<Vec<_>>>()?;
    let ids: Vec<String> = accounts.iter().map(|account| account.id.clone()).collect();
    let mut grants = grants_of_many(reads, &ids).await?;
    for account in &mut accounts {
        account.grants = grants.remove(&account.id).unwrap_or_default();
        account
            .grants
            .sort_by(|a, b| (a.kind.key(), &a.code).cmp(&(b.kind.key(), &b.code)));
    }
    Ok(accounts)
}

/// `{sql} IN (…)` in pieces small enough for every database.
async fn rows_of(reads: &impl Reads, sql: &str, ids: &[String]) -> StoreResult<Vec<Row>> {
    let mut out = Vec::new();
    for chunk in ids.chunks(500) {
        let places: Vec<String> = (1..=chunk.len()).map(|n| format!("${n}")).collect();
        let parts: Vec<Value> = chunk.iter().map(|id| Value::from(id.as_str())).collect();
        out.extend(
            reads
                .all(&format!("{sql} IN ({})", places.join(", ")), parts)
                .await?,
        );
    }
    Ok(out)
}

fn account_of(row: &Row) -> StoreResult<Account> {
    Ok(Account {
        id: row.text("id")?,
        login: row.text("login")?,
        name: row.text("name")?,
        role: role_of(row)?,
        disabled: row.flag("disabled")?,
        must_change: row.flag("must_change")?,
        has_password: row.opt_text("password_hash")?.is_some(),
        has_factor: row.opt_text("factor")?.is_some(),
        created_at: row.instant("created_at")?,
        last_sign_in_at: row.opt_instant("last_sign_in_at")?,
        locked_until: row.opt_instant("locked_until")?,
        grants: Vec::new(),
    })
}

pub(crate) fn role_of(row: &Row) -> StoreResult<Role> {
    let key = row.text("role")?;
    Role::from_key(&key).ok_or_else(|| bad("org_account.role", &key))
}

pub(crate) fn grant_of(row: &Row) -> StoreResult<Grant> {
    let kind = match row.text("kind")?.as_str() {
        "area" => GrantKind::Area,
        "management" => GrantKind::Management,
        "person" => GrantKind::Person,
        other => return Err(bad("org_grant.kind", other)),
    };
    Ok(Grant {
        kind,
        code: row.text("code")?,
        from: row.day("from_day")?,
        until: row.opt_day("until_day")?,
        mandate: row.opt_text("mandate")?,
    })
}

fn bad(column: &str, what: &str) -> StoreError {
    StoreError::BadColumn {
        column: column.to_owned(),
        what: what.to_owned(),
    }
}

//! Sessions: made at sign-in, resolved from the cookie's token, ended by signing out, time, a changed
//! password or an administrator.

use crate::accounts::{grants_of, role_of};
use crate::attempts;
use crate::factor;
use crate::grants;
use crate::part::Org;
use crate::scope::resolve_scope;
use crate::settings::OrgSettings;
use area::api::AreaBook;
use authz::Actor;
use axum::http::{HeaderMap, HeaderValue, header};
use host::ctx::Mandate;
use host::{AppState, Session};
use kernel::Instant;
use std::collections::HashMap;
use std::sync::Arc;
use store::secret::sm3_hex;
use store::{Audit, Reads, StoreResult, Tx, secure_random, values};

/// Name of the session cookie.
pub const SESSION_COOKIE: &str = "laoyou";

/// More sessions than a city has officers; beyond it the oldest resolved ones are read again.
const MOST_CACHED: usize = 20_000;

/// `step` of a session that began with a password.
pub(crate) const BY_PASSWORD: &str = "password";
/// `step` of a session that waits for its code.
pub(crate) const CODE_DUE: &str = "code";
/// How long it waits.
const CODE_SECONDS: i64 = 300;

/// What a session still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lacks {
    /// Nothing.
    Nothing,
    /// The code: nobody is signed in yet.
    Code,
    /// A second factor, which its role must have.
    Factor,
}

/// A session and what it lacks.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) session: Arc<Session>,
    pub(crate) lacks: Lacks,
    pub(crate) mandate: Option<Mandate>,
}

/// Sessions resolved lately, by token digest.
#[derive(Default)]
pub(crate) struct Cache {
    entries: HashMap<String, Entry>,
    flushed_at: Option<Instant>,
}

struct Entry {
    session: Arc<Session>,
    lacks: Lacks,
    mandate: Option<Mandate>,
    read_at: Instant,
    created_at: Instant,
    expires_at: Instant,
    last_seen: Instant,
    written: Instant,
}

impl Entry {
    fn ended(&self, now: Instant, settings: &OrgSettings) -> bool {
        let idle = now.plus_seconds(-settings.idle_seconds) > self.last_seen;
        // The second condition ends a session when a demo's clock went back and started a new day.
        idle || now >= self.expires_at
            || now < self.created_at.plus_seconds(-settings.absolute_seconds)
    }
}

impl Cache {
    fn fresh(&mut self, digest: &str, now: Instant, settings: &OrgSettings) -> Option<Known> {
        let entry = self.entries.get_mut(digest)?;
        if entry.ended(now, settings) || apart(now, entry.read_at) >= settings.cache_seconds {
            return None;
        }
        entry.last_seen = now.max(entry.last_seen);
        Some(Known {
            session: Arc::clone(&entry.session),
            lacks: entry.lacks,
            mandate: entry.mandate.clone(),
        })
    }

    fn last_seen(&self, digest: &str) -> Option<Instant> {
        self.entries.get(digest).map(|entry| entry.last_seen)
    }

    fn put(&mut self, digest: &str, entry: Entry) {
        if self.entries.len() >= MOST_CACHED {
            let mut ages: Vec<Instant> =
                self.entries.values().map(|entry| entry.last_seen).collect();
            ages.sort_unstable();
            let middle = ages.get(ages.len() / 2).copied();
            self.entries
                .retain(|_, entry| middle.is_none_or(|middle| entry.last_seen > middle));
        }
        self.entries.insert(digest.to_owned(), entry);
    }

    /// Forgets what is known of an account's sessions, so that the next request reads the database.
    pub(crate) fn forget_account(&mut self, account: &str) {
        self.entries
            .retain(|_, entry| entry.session.actor.id != account);
    }

    /// Everybody's session is read anew at their next request.
    pub(crate) fn forget_all(&mut self) {
        for entry in self.entries.values_mut() {
            entry.read_at = Instant::from_micros(0);
        }
    }

    fn forget(&mut self, digest: &str) {
        self.entries.remove(digest);
    }

    /// Sessions seen since they were last written, if it is time to write.
    fn unwritten(&mut self, now: Instant, settings: &OrgSettings) -> Vec<(String, Instant)> {
        if self
            .flushed_at
            .is_some_and(|at| apart(now, at) < settings.flush_seconds)
        {
            return Vec::new();
        }
        self.flushed_at = Some(now);
        let mut seen = Vec::new();
        for (digest, entry) in &mut self.entries {
            if entry.last_seen > entry.written {
                entry.written = entry.last_seen;
                seen.push((digest.clone(), entry.last_seen));
            }
        }
        seen.sort_unstable();
        seen
    }
}

/// Seconds between two moments, in either order (a demo's clock goes back at midnight).
fn apart(a: Instant, b: Instant) -> i64 {
    a.micros().abs_diff(b.micros()).cast_signed() / 1_000_000
}

/// Digest under which a token is stored, if the text can be a token at all.
pub(crate) fn digest_of(token: &str) -> Option<String> {
    let good = token.len() == 64 && token.bytes().all(|b| b.is_ascii_hexdigit());
    good.then(|| sm3_hex(token.as_bytes()))
}

/// The session of the request's cookie, if it still holds.
pub(crate) async fn resolve(app: &AppState, headers: &HeaderMap) -> StoreResult<Option<Known>> {
    let token = host::ctx::cookie(headers, SESSION_COOKIE);
    let Some(digest) = token.as_deref().and_then(digest_of) else {
        return Ok(None);
    };
    let (org, now) = (app.part::<Org>()?, app.clock().now());
    let known = org.cache().fresh(&digest, now, &org.settings);
    if known.is_some() {
        return Ok(known);
    }
    let sql = "SELECT s.account, s.created_at, s.last_seen_at, s.expires_at, s.step, a.name, a.role, a.must_change, a.disabled, \
         f.account AS factor FROM org_session s JOIN org_account a ON a.id = s.account \
         LEFT JOIN org_factor f ON f.account = s.account WHERE s.token_digest = $1";
    let Some(row) = app.store.one(sql, values![digest.clone()]).await? else {
        org.cache().forget(&digest);
        return Ok(None);
    };
    let (account, role, written) = (
        row.text("account")?,
        role_of(&row)?,
        row.instant("last_seen_at")?,
    );
    let lacks = match row.opt_text("step")?.as_deref() {
        Some(CODE_DUE) => Lacks::Code,
        Some(BY_PASSWORD)
            if org.settings.force_factor
                && factor::must_have(role)
                && row.opt_text("factor")?.is_none() =>
        {
            Lacks::Factor
        }
        _ => Lacks::Nothing,
    };
    let grants = grants_of(&app.store, &account).await?;
    let grants = grants::counted(role, grants, now.day());
    let mandate = grants::mandate(role, &grants).map(Mandate);
    let (scope, scope_name) = resolve_scope(role, &grants, &*app.part::<AreaBook>()?, now.day());
    let actor = Actor {
        id: account,
        name: row.text("name")?,
        role,
        scope,
        scope_name,
    };
    let session = Session {
        actor,
        id: digest.clone(),
        must_change_password: row.flag("must_change")?,
    };
    let mut cache = org.cache();
    let mut entry = Entry {
        session: Arc::new(session),
        lacks,
        mandate: mandate.clone(),
        read_at: now,
        created_at: row.instant("created_at")?,
        expires_at: row.instant("expires_at")?,
        last_seen: cache
            .last_seen(&digest)
            .map_or(written, |seen| seen.max(written)),
        written,
    };
    if row.flag("disabled")? || entry.ended(now, &org.settings) {
        cache.forget(&digest);
        return Ok(None);
    }
    entry.last_seen = now.max(entry.last_seen);
    let session = Arc::clone(&entry.session);
    cache.put(&digest, entry);
    Ok(Some(Known {
        session,
        lacks,
        mandate,
    }))
}

/// Starts a session in this transaction; returns the token for the cookie.
pub(crate) async fn start(
    tx: &mut Tx,
    account: &str,
    step: Option<&str>,
    settings: &OrgSettings,
) -> StoreResult<String> {
    let token = secure_random::token()?;
    let now = tx.at();
    let digest = sm3_hex(token.as_bytes());
    let lasts = if step == Some(CODE_DUE) {
        CODE_SECONDS
    } else {
        settings.absolute_seconds
    };
    tx.run(
        "INSERT INTO org_session (token_digest, account, created_at, last_seen_at, expires_at, step) VALUES ($1, $2, $3, $4, $5, $6)",
        values![
            digest,
            account,
            now.micros(),
            now.micros(),
            now.plus_seconds(lasts).micros(),
            step.map(str::to_owned),
        ],
    )
    .await?;
    if step == Some(CODE_DUE) {
        return Ok(token);
    }
    let seen = "UPDATE org_account SET last_sign_in_at = $1 WHERE id = $2";
    tx.run(seen, values![now.micros(), account]).await?;
    Ok(token)
}

/// A session as its owner sees it.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) created: String,
    pub(crate) seen: String,
    pub(crate) expires: String,
    pub(crate) here: bool,
}

/// Where an account is signed in, newest first; `here` is the digest of the asker's own session.
pub(crate) async fn of_account(
    reads: &impl Reads,
    account: &str,
    here: &str,
    now: Instant,
) -> StoreResult<Vec<Listed>> {
    let sql = "SELECT token_digest, created_at, last_seen_at, expires_at FROM org_session \
         WHERE account = $1 AND expires_at > $2 ORDER BY created_at DESC LIMIT 50";
    let rows = reads.all(sql, values![account, now.micros()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Listed {
                created: row.instant("created_at")?.minute(),
                seen: row.instant("last_seen_at")?.minute(),
                expires: row.instant("expires_at")?.minute(),
                here: row.text("token_digest")? == here,
            })
        })
        .collect()
}

/// Ends one session.
pub(crate) async fn end(tx: &mut Tx, digest: &str) -> StoreResult<u64> {
    tx.run(
        "DELETE FROM org_session WHERE token_digest = $1",
        values![digest],
    )
    .await
}

/// Ends all sessions of an account but one (an empty digest keeps none).
pub(crate) async fn end_others(tx: &mut Tx, account: &str, keep: &str) -> StoreResult<u64> {
    let sql = "DELETE FROM org_session WHERE account = $1 AND token_digest <> $2";
    tx.run(sql, values![account, keep]).await
}

/// Writes when sessions were last seen and drops expired ones, when it is time. Called with a POST.
pub(crate) async fn flush(app: &AppState) -> StoreResult<()> {
    let (org, now) = (app.part::<Org>()?, app.clock().now());
    let seen = org.cache().unwritten(now, &org.settings);
    if seen.is_empty() {
        return Ok(());
    }
    let mut tx = app.store.begin(&Actor::system("sessions"), None).await?;
    for (digest, at) in &seen {
        let sql = "UPDATE org_session SET last_seen_at = $1 WHERE token_digest = $2 AND last_seen_at < $1";
        tx.run(sql, values![at.micros(), digest.as_str()]).await?;
    }
    let expired = "DELETE FROM org_session WHERE expires_at <= $1";
    let dropped = tx.run(expired, values![now.micros()]).await?;
    attempts::forget_old(&mut tx, &org.settings).await?;
    tx.audit(
        Audit::new("session.seen")
            .with("sessions", seen.len())
            .with("expired", dropped),
    );
    tx.commit().await
}

/// `Set-Cookie` of a new session; without `Max-Age` the browser forgets it when it closes.
pub(crate) fn cookie(token: &str, settings: &OrgSettings) -> HeaderValue {
    let secure = if settings.secure_cookie {
        "; Secure"
    } else {
        ""
    };
    header_of(&format!(
        "{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax{secure}"
    ))
}

/// `Set-Cookie` that takes the session away.
pub(crate) fn no_cookie(settings: &OrgSettings) -> HeaderValue {
    let secure = if settings.secure_cookie {
        "; Secure"
    } else {
        ""
    };
    header_of(&format!(
        "{SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}"
    ))
}

fn header_of(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_never| HeaderValue::from_static(""))
}

/// Adds a cookie to an answer.
pub(crate) fn set(response: &mut axum::response::Response, cookie: HeaderValue) {
    response.headers_mut().append(header::SET_COOKIE, cookie);
}

//! Slowing a reader who opens more people than anybody needs: 429 with a kind page, and one notice a day.

use crate::pace::Rate;
use crate::part::Org;
use authz::Actor;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use host::{AppState, Ctx, Failure};
use kernel::Instant;
use store::{Audit, Reads, Row, StoreResult, Tx, values};
use ui::PageError;

/// What was too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// People opened one after another.
    Opens,
    /// Different people in a day.
    People,
    /// Searches.
    Searches,
    /// Sign-ins from one address.
    SignIn,
}

impl Kind {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Opens => "opens",
            Self::People => "people",
            Self::Searches => "searches",
            Self::SignIn => "sign_in",
        }
    }
}

/// A notice as the security administrator sees it.
pub(crate) struct Notice {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) account: String,
    pub(crate) at: Instant,
    pub(crate) seen: Option<Instant>,
}

/// Whether this request asks for one person, and for whom: `/people/{id}` and what stands below it.
fn person_of(path: &str) -> Option<&str> {
    let id = path.strip_prefix("/people/")?.split('/').next()?;
    (!matches!(id, "new" | "search" | "")).then_some(id)
}

/// Counts a request of this account; what was too much, and the seconds to wait.
pub(crate) fn over(
    org: &Org,
    account: &str,
    method: &Method,
    path: &str,
    now: Instant,
) -> Option<(Kind, i64)> {
    let (settings, mut pace) = (&org.settings, org.pace());
    match (method, person_of(path)) {
        (&Method::GET, Some(person)) => {
            if let Err(wait) = pace.opens.take(account, settings.opens, now) {
                return Some((Kind::Opens, wait));
            }
            let within = pace
                .people
                .count(account, person, settings.people_a_day, now.day());
            (!within).then(|| (Kind::People, until_tomorrow(now)))
        }
        (&Method::POST, _) if path == "/people/search" => pace
            .searches
            .take(account, settings.searches, now)
            .err()
            .map(|wait| (Kind::Searches, wait)),
        _ => None,
    }
}

/// The answer instead of the page, with the notice.
pub(crate) async fn answer(app: &AppState, parts: Parts, (kind, wait): (Kind, i64)) -> Response {
    let ctx = Ctx::of(&parts, app);
    match report(app, &ctx.actor(), kind).await {
        Ok(()) => page(&ctx, kind, wait),
        Err(error) => Failure::from(error).into_response(),
    }
}

/// Counts a try to sign in from an address, if it is known.
pub(crate) async fn sign_in(ctx: &Ctx, org: &Org) -> StoreResult<Option<i64>> {
    let (Some(address), now) = (ctx.client(), ctx.app.clock().now()) else {
        return Ok(None);
    };
    let taken = {
        let rate: Rate = org.settings.sign_ins;
        org.pace().addresses.take(&address.to_string(), rate, now)
    };
    let Err(wait) = taken else {
        return Ok(None);
    };
    // The address itself is personal: its keyed digest says whether it was the same one.
    let digest = ctx.app.store.keys().blind("address", &address.to_string());
    let who = Actor {
        id: digest,
        ..Actor::system("sign-in")
    };
    report(&ctx.app, &who, Kind::SignIn).await?;
    Ok(Some(wait))
}

fn until_tomorrow(now: Instant) -> i64 {
    let midnight = Instant::at(now.day().plus_days(1), 0);
    (midnight.micros() - now.micros()).max(0) / 1_000_000
}

fn page(ctx: &Ctx, kind: Kind, wait: i64) -> Response {
    let wait_words = if wait < 90 {
        format!("请过 {} 秒再试", wait.max(1))
    } else if wait < 5_400 {
        format!("请过 {} 分钟再试", (wait + 59) / 60)
    } else {
        "请明天再来".to_owned()
    };
    let (title, text) = match kind {
        Kind::People => (
            "今天打开的档案太多了",
            format!(
                "今天打开的不同档案已经到了上限，{wait_words}；今天打开过的人还可以再看。批量需要请走“导出”，写明事由。"
            ),
        ),
        Kind::Searches => ("查得太快了", format!("一下子查了很多次，{wait_words}。")),
        Kind::Opens | Kind::SignIn => (
            "打开得太快了",
            format!("一下子打开了很多份档案，{wait_words}。批量需要请走“导出”，写明事由。"),
        ),
    };
    let text = format!("{text}安全管理员会看到一条提醒，正常工作不必担心。");
    let error = PageError::bad_request(text)
        .title(title)
        .with_status(StatusCode::TOO_MANY_REQUESTS)
        .link("回工作台", "/");
    let mut response = error.within(ctx.shell(title));
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(wait.max(1)));
    response
}

/// One notice a day for an account and a kind; the log gets a row with the first.
async fn report(app: &AppState, actor: &Actor, kind: Kind) -> StoreResult<()> {
    let org = app.part::<Org>()?;
    let today = app.clock().today();
    if !org.first_today(&format!("{}:{}", kind.key(), actor.id), today) {
        return Ok(());
    }
    let mut tx = app.store.begin(&Actor::system("pace"), None).await?;
    let (id, at) = (app.store.new_id(), tx.at().micros());
    tx.run(
        "INSERT INTO org_notice (id, kind, account, day, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (account, kind, day) DO NOTHING",
        values![id, kind.key(), actor.id.as_str(), today.number(), at],
    )
    .await?;
    tx.audit(
        Audit::new("pace.slowed")
            .subject(&actor.id)
            .with("kind", kind.key()),
    );
    tx.commit().await
}

/// Notices, open ones first, newest first.
pub(crate) async fn notices(reads: &impl Reads, most: i64) -> StoreResult<Vec<Notice>> {
    let sql = "SELECT id, kind, account, at, seen_at FROM org_notice \
         ORDER BY CASE WHEN seen_at IS NULL THEN 0 ELSE 1 END, at DESC, id LIMIT $1";
    let rows = reads.all(sql, values![most]).await?;
    rows.iter().map(notice_of).collect()
}

fn notice_of(row: &Row) -> StoreResult<Notice> {
    Ok(Notice {
        id: row.text("id")?,
        kind: row.text("kind")?,
        account: row.text("account")?,
        at: row.instant("at")?,
        seen: row.opt_instant("seen_at")?,
    })
}

/// Marks a notice as looked at; `false`: somebody did before.
pub(crate) async fn look_at(tx: &mut Tx, id: &str) -> StoreResult<bool> {
    let (by, at) = (tx.actor().id.clone(), tx.at().micros());
    let sql = "UPDATE org_notice SET seen_by = $1, seen_at = $2 WHERE id = $3 AND seen_at IS NULL";
    let done = tx.run(sql, values![by, at, id]).await?;
    tx.audit(Audit::new("pace.seen").with("row", id));
    Ok(done == 1)
}

#[cfg(test)]
mod tests {
    use super::person_of;

    /// Row M05: every page of a person counts, lists and forms do not.
    #[test]
    fn pages_of_a_person_are_told_from_others() {
        assert_eq!(person_of("/people/p1"), Some("p1"));
        assert_eq!(person_of("/people/p1/death"), Some("p1"));
        for other in [
            "/people",
            "/people/",
            "/people/new",
            "/people/search",
            "/list/3/people",
        ] {
            assert_eq!(person_of(other), None, "{other}");
        }
    }
}

//! 异常提醒: `GET /system/notices` for the security administrator, `POST /system/notices/{id}`.

use crate::accounts::account_names;
use crate::slow::{look_at, notices};
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Page};
use kernel::Instant;
use ui::{PageError, Shell};

const PATH: &str = "/system/notices";

#[derive(Template)]
#[template(path = "pages/notices.html")]
struct NoticesPage {
    shell: Shell,
    rows: Vec<Line>,
}

struct Line {
    id: String,
    at: String,
    who: String,
    grants: Option<String>,
    what: &'static str,
    seen: Option<String>,
}

fn words(kind: &str) -> &'static str {
    match kind {
        "opens" => "短时间打开了很多份档案，已放慢",
        "people" => "一天打开的不同档案到了上限，已停住",
        "searches" => "短时间查人很多次，已放慢",
        _ => "同一地址短时间登录很多次，已放慢",
    }
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let found = notices(&ctx.app.store, 200).await?;
    let ids: Vec<String> = found.iter().map(|one| one.account.clone()).collect();
    let names = account_names(&ctx.app.store, &ids).await?;
    let rows = found
        .iter()
        .map(|one| Line {
            id: one.id.clone(),
            at: one.at.minute(),
            who: names
                .get(&one.account)
                .cloned()
                .unwrap_or_else(|| "某一网络地址".to_owned()),
            grants: names
                .contains_key(&one.account)
                .then(|| format!("/system/grants/{}", one.account)),
            what: words(&one.kind),
            seen: one.seen.map(Instant::minute),
        })
        .collect();
    Ok(ui::page_no_store(NoticesPage {
        shell: ctx.shell("异常提醒"),
        rows,
    }))
}

pub(crate) async fn seen(ctx: Ctx, Path(id): Path<String>) -> Page {
    let mut tx = ctx.begin().await?;
    if !look_at(&mut tx, &id).await? {
        tx.rollback().await?;
        return Err(PageError::stale(PATH).into());
    }
    tx.commit().await?;
    Ok(ctx.redirect_with(PATH, "ok", "已记下您看过这条提醒。"))
}

//! 查人: by name, pinyin initials, last four of the identity number, number or phone.
//!
//! What was typed never stands in an address: the search posts and redirects to an opaque key that
//! lives in memory for half an hour (engineering.md 16). The log keeps a keyed digest of the text.

use crate::api::{self, Filter, NameIndex};
use crate::store::alias;
use crate::store::write::blind_indexes;
use host::{Ctx, Page};
use kernel::{IdNumber, Instant};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use store::{Audit, StoreResult};
use ui::FormData;

const MOST_HITS: usize = 200;
const KEPT: usize = 2_000;
const SECONDS: i64 = 1_800;

/// What one search found.
#[derive(Debug, Clone)]
pub struct Hits {
    /// Person ids.
    pub ids: Vec<String>,
    /// What was asked, in words without the text itself.
    pub says: String,
}

/// Recent searches by opaque key, each for the account that asked.
#[derive(Debug, Default)]
pub struct Found(Mutex<VecDeque<(String, String, Instant, Hits)>>);

impl Found {
    /// The hits of a key, if this account asked lately.
    pub fn hits(&self, account: &str, key: &str) -> Option<Hits> {
        let searches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        searches
            .iter()
            .find(|(k, a, ..)| k == key && a == account)
            .map(|(.., hits)| hits.clone())
    }

    fn keep(&self, key: &str, account: &str, now: Instant, hits: Hits) {
        let mut searches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        searches.retain(|(_, _, at, _)| at.plus_seconds(SECONDS) > now);
        while searches.len() >= KEPT {
            searches.pop_front();
        }
        searches.push_back((key.to_owned(), account.to_owned(), now, hits));
    }
}

/// What a typed text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    IdNumber,
    LastFour,
    Phone,
    Provisional,
    Name,
}

fn asked(text: &str) -> Asked {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let number_like = text
        .bytes()
        .enumerate()
        .all(|(i, b)| b.is_ascii_digit() || (i + 1 == text.len() && matches!(b, b'x' | b'X')));
    if text.starts_with('临') && text.bytes().any(|b| b.is_ascii_digit()) {
        return Asked::Provisional;
    }
    match text.len() {
        18 if number_like => Asked::IdNumber,
        4 if number_like => Asked::LastFour,
        7..=12 if digits => Asked::Phone,
        _ => Asked::Name,
    }
}

/// `POST /people/search`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let text: String = data.get("q").split_whitespace().collect();
    if text.is_empty() {
        return Ok(ctx.redirect_with(
            "/people",
            "info",
            "请输入姓名、拼音首字母、证号后四位或电话。",
        ));
    }
    let kind = asked(&text);
    let hits = Hits {
        ids: find(&ctx, kind, &text).await?,
        says: String::new(),
    };
    let keys = ctx.app.store.keys();
    let entry = Audit::new("person.search")
        .with("kind", format!("{kind:?}"))
        .with("digest", keys.blind("search", &text))
        .with("count", hits.ids.len() as i64);
    ctx.log_reads(&[entry]).await?;
    if let [only] = hits.ids.as_slice() {
        return Ok(ui::redirect(&format!("/people/{only}")));
    }
    let by = match kind {
        Asked::IdNumber => "按身份证号",
        Asked::LastFour => "按证号后四位",
        Asked::Phone => "按电话",
        Asked::Provisional => "按临时编号",
        Asked::Name => "按姓名或拼音首字母",
    };
    let more = if hits.ids.len() == MOST_HITS {
        "，只列出前 200 人，请补充条件"
    } else {
        ""
    };
    let hits = Hits {
        says: format!("{by}，在您的管辖范围内找到 {} 人{more}", hits.ids.len()),
        ..hits
    };
    let key = ctx.app.store.new_id();
    ctx.app
        .part::<Found>()?
        .keep(&key, &ctx.actor().id, ctx.app.clock().now(), hits);
    Ok(ui::redirect(&format!("/people?found={key}")))
}

async fn find(ctx: &Ctx, kind: Asked, text: &str) -> StoreResult<Vec<String>> {
    let (store, scope) = (&ctx.app.store, ctx.scope());
    let indexes = |field: &str, text: &str| blind_indexes(store.keys(), field, text);
    match kind {
        Asked::Name => {
            let mut ids = ctx.app.part::<NameIndex>()?.find(&scope, text, MOST_HITS);
            // Whoever had this name in a file that gave way to another.
            let led = alias::survivors_by(store, "name", text).await?;
            for id in in_scope(store, &scope, led).await? {
                if ids.len() < MOST_HITS && !ids.contains(&id) {
                    ids.push(id);
                }
            }
            Ok(ids)
        }
        Asked::Provisional => by_index(store, &scope, "provisional", &[text.to_uppercase()]).await,
        Asked::IdNumber => {
            let number = IdNumber::parse(text, ctx.today())
                .map_or_else(|_unchecked| text.to_uppercase(), |n| n.reveal().to_owned());
            by_index(
                store,
                &scope,
                "id_number_index",
                &indexes("id_number", &number),
            )
            .await
        }
        Asked::LastFour => {
            by_index(
                store,
                &scope,
                "id_last_four_index",
                &indexes("id_last_four", &text.to_uppercase()),
            )
            .await
        }
        Asked::Phone => by_index(store, &scope, "phone_index", &indexes("phone", text)).await,
    }
}

async fn by_index(
    store: &store::Store,
    scope: &authz::Scope,
    column: &'static str,
    values: &[String],
) -> StoreResult<Vec<String>> {
    let mut ids = Vec::new();
    for value in values {
        ids.extend(crate::store::person::ids_by(store, column, value).await?);
        ids.extend(alias::survivors_by(store, column, value).await?);
    }
    in_scope(store, scope, ids).await
}

async fn in_scope(
    store: &store::Store,
    scope: &authz::Scope,
    ids: Vec<String>,
) -> StoreResult<Vec<String>> {
    if ids.is_empty() {
        return Ok(ids);
    }
    let filter = Filter {
        ids: Some(ids),
        most: MOST_HITS as i64,
        ..Filter::default()
    };
    Ok(api::list(store, scope, &filter)
        .await?
        .into_iter()
        .map(|person| person.key.id)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_told_apart() {
        for (text, kind) in [
            ("11010519491231002X", Asked::IdNumber),
            ("002x", Asked::LastFour),
            ("1234", Asked::LastFour),
            ("19900001234", Asked::Phone),
            ("临421303-0A1B2C3D", Asked::Provisional),
            ("王秀兰", Asked::Name),
            ("wxl", Asked::Name),
        ] {
            assert_eq!(asked(text), kind, "{text}");
        }
    }
}

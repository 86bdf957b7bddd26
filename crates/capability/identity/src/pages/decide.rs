//! Merging, telling apart, putting off, agreeing across counties.

use super::pair::{self, Opened, REASONS};
use crate::files::{About, Line, Which};
use crate::merge::{self, Decision, Refused};
use crate::store::pairs::{self, State};
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::OwnField;
use std::collections::BTreeMap;
use store::{Audit, StoreError};
use ui::{Form, FormData, PageError};

/// Tries of a transaction that another one made fail.
const TRIES: usize = 3;

/// `POST /duplicates/{id}/merge`
pub(crate) async fn merge(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    for _ in 1..TRIES {
        match Box::pin(try_merge(&ctx, &id, Form::from(data.clone()))).await? {
            Ok(page) => return Ok(page),
            Err(error) if error.is_retryable() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Box::pin(try_merge(&ctx, &id, Form::from(data)))
        .await?
        .map_err(Into::into)
}

async fn try_merge(
    ctx: &Ctx,
    id: &str,
    mut form: Form,
) -> Result<Result<axum::response::Response, StoreError>, Failure> {
    let mut tx = ctx.begin().await?;
    let opened = pair::open(ctx, &tx, id).await?;
    if !opened.rights.both() {
        return Err(other_county(ctx, &opened)?.into());
    }
    let files = pair::compared(ctx, &tx, &opened.people).await?;
    let Some((a, b, lines)) = files else {
        tx.rollback().await?;
        return Ok(Ok(Box::pin(stale(ctx, id, form)).await?));
    };
    let Some(decision) = decision(&mut form, &lines) else {
        tx.rollback().await?;
        return Ok(Ok(ui::page_422(
            Box::pin(pair::page(ctx, opened, form, false)).await?,
        )));
    };
    let done = merge::merge(&ctx.app, &mut tx, &opened.pair, [&a, &b], &lines, &decision).await;
    let merged = match done {
        Ok(Ok(merged)) => merged,
        Ok(Err(_refused)) => {
            tx.rollback().await?;
            return Ok(Ok(Box::pin(stale(ctx, id, form)).await?));
        }
        Err(error) => return Ok(Err(error)),
    };
    if let Err(error) = tx.commit().await {
        return Ok(Err(error));
    }
    merge::told(&ctx.app, &[&merged.survivor.id], Some(&merged.alias.id)).await?;
    let text = "已合并成一份档案，资格和名单已重新计算。";
    Ok(Ok(ctx.redirect_with(
        &format!("/merges/{}", merged.id),
        "ok",
        text,
    )))
}

/// What was decided; every line on which both differ needs a choice.
fn decision(form: &mut Form, lines: &[Line]) -> Option<Decision> {
    let keep = form
        .one_of("keep", &["a", "b"], "请选择保留哪份档案")
        .and_then(|key| Which::from_key(&key));
    let mut choices = BTreeMap::new();
    for line in lines {
        let key = line.about.key();
        if line.same || line.about == About::Own(OwnField::Number) {
            continue;
        }
        match form.text(&key).and_then(|text| Which::from_key(&text)) {
            Some(which) if line.given.is_none() || both_say(line) => {
                choices.insert(key, which);
            }
            None if line.given.is_none() => {
                form.errors
                    .add(key, format!("请选定{}以哪边为准", line.about.zh()));
            }
            Some(_) | None => {}
        }
    }
    let number = |name: &str| {
        form.text(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(-1)
    };
    let (version, versions) = (number("version"), [number("v1"), number("v2")]);
    let keep = keep.filter(|_| !form.has_errors())?;
    // A number stays with the file that stays; one that has none takes the other's.
    for line in lines {
        if line.about == About::Own(OwnField::Number) {
            let kept = match keep {
                Which::A => &line.a,
                Which::B => &line.b,
            };
            let which = if kept.text.is_empty() {
                keep.other()
            } else {
                keep
            };
            choices.insert(line.about.key(), which);
        }
    }
    Some(Decision {
        keep,
        version,
        versions,
        choices,
    })
}

fn both_say(line: &Line) -> bool {
    !line.a.text.is_empty() && !line.b.text.is_empty()
}

/// The page as it is now, with what was typed.
async fn stale(ctx: &Ctx, id: &str, form: Form) -> Result<axum::response::Response, Failure> {
    let opened = pair::open(ctx, &ctx.app.store, id).await?;
    Ok(ui::page_409(
        Box::pin(pair::page(ctx, opened, form, true)).await?,
    ))
}

fn other_county(ctx: &Ctx, opened: &Opened) -> Result<PageError, Failure> {
    let book = ctx.app.part::<area::api::AreaBook>()?;
    let mut sides = opened.pair.sides.iter().zip(opened.rights.own);
    let office = sides
        .find(|(_, own)| !own)
        .map(|(side, _)| book.office_to_ask(&side.subject()));
    let office = office.unwrap_or_default();
    Ok(PageError::refused(&office)
        .text(format!(
            "另一份档案由{office}管理。请先在核对页上同意合并，由对方核对确认。"
        ))
        .link("回核对页", &format!("/duplicates/{}", opened.pair.id)))
}

/// `POST /duplicates/{id}/decision`: two people, put off, or looked at again.
pub(crate) async fn decide(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let mut form = Form::from(data);
    let state = form
        .one_of("state", &["not_same", "held", "open"], "请选择怎样处理")
        .and_then(|key| State::from_key(&key));
    let reasons: Vec<&str> = REASONS.iter().map(|(key, _)| *key).collect();
    let reason = form.one_of("reason", &reasons, "请选择依据");
    let note = form.text("note");
    let version = form.text("version").and_then(|text| text.parse().ok());
    let mut tx = ctx.begin().await?;
    let opened = pair::open(&ctx, &tx, &id).await?;
    let (Some(state), Some(reason), false) = (state, reason, form.has_errors()) else {
        tx.rollback().await?;
        return Ok(ui::page_422(
            Box::pin(pair::page(&ctx, opened, form, false)).await?,
        ));
    };
    let over = matches!(opened.pair.state, State::Merged | State::Gone);
    let version = version.unwrap_or(-1);
    if over || !pairs::decide(&mut tx, &opened.pair, version, state, &reason).await? {
        tx.rollback().await?;
        return Box::pin(stale(&ctx, &id, form)).await;
    }
    if let Some(note) = note {
        pairs::note(&mut tx, &id, &note).await?;
    }
    for (side, own) in opened.pair.sides.iter().zip(opened.rights.own) {
        if own {
            tx.audit(
                Audit::new("identity.decide")
                    .person(&side.key.shard, &side.key.id)
                    .with("pair", id.as_str())
                    .with("state", state.key())
                    .with("reason", reason.as_str()),
            );
        }
    }
    tx.commit().await?;
    let (to, text) = match state {
        State::NotSame => ("/duplicates".to_owned(), "已定为不是同一人，不再提示。"),
        State::Open => (format!("/duplicates/{id}"), "请重新核对。"),
        _ => ("/duplicates".to_owned(), "已暂缓，可按状态“暂缓”找回。"),
    };
    Ok(ctx.redirect_with(&to, "ok", text))
}

/// `POST /duplicates/{id}/agreement`: one county agrees that its file be merged with the other's, or takes it back.
pub(crate) async fn agree(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let form = Form::from(data);
    let agrees = form.text("agree").as_deref() == Some("1");
    let version = form.text("version").and_then(|text| text.parse().ok());
    let mut tx = ctx.begin().await?;
    let opened = pair::open(&ctx, &tx, &id).await?;
    let mut sides = opened.pair.sides.iter().zip(opened.rights.own);
    let mine = sides.find(|(_, own)| *own).map(|(side, _)| side.clone());
    let Some(mine) = mine.filter(|_| !opened.rights.own.iter().all(|own| *own)) else {
        tx.rollback().await?;
        let text = "两份档案都在您的管辖范围，可以直接合并。";
        return Ok(ctx.redirect_with(&format!("/duplicates/{id}"), "info", text));
    };
    // Only who agreed takes it back; the other side decides by merging or telling apart.
    let theirs = opened
        .pair
        .agreed
        .as_ref()
        .is_some_and(|side| *side != mine.key.id);
    let side = agrees.then_some(mine.key.id.as_str());
    if theirs || !pairs::agree(&mut tx, &opened.pair, version.unwrap_or(-1), side).await? {
        tx.rollback().await?;
        return Box::pin(stale(&ctx, &id, form)).await;
    }
    tx.audit(
        Audit::new("identity.agree")
            .person(&mine.key.shard, &mine.key.id)
            .with("pair", id.as_str())
            .with("agrees", agrees),
    );
    tx.commit().await?;
    let text = if agrees {
        "已同意合并，等对方核对确认。"
    } else {
        "已收回，对方不再看到这份档案。"
    };
    Ok(ctx.redirect_with(&format!("/duplicates/{id}"), "ok", text))
}

/// The merge was refused because of what came later.
pub(crate) fn refused_zh(refused: Refused) -> &'static str {
    match refused {
        Refused::Stale => "您打开页面之后，这份档案有了改动。请核对后再撤销。",
        Refused::Later => "保留的档案后来又并入了另一份档案，请先撤销后一次合并。",
        Refused::Over => "这次合并已经撤销过了。",
    }
}

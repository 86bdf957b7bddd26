//! 测算 on the page of a draft: not yet, at it, or what came out; and the refusal to publish before.

use crate::drafting::may_draft;
use crate::pages::shared::VERSIONS;
use crate::pages::versions::laid;
use crate::trial::{TrialHook, Tried, tried};
use crate::version::{Version, export};
use axum::http::StatusCode;
use host::Ctx;
use store::StoreResult;
use ui::{PageError, Pill, pill};

/// Whether a draft was tried.
pub(crate) async fn state(ctx: &Ctx, draft: &Version) -> StoreResult<Tried> {
    // Without entitlement nothing is plugged in here, and nobody's answers would change.
    let hook = ctx.app.part::<TrialHook>().ok();
    tried(&ctx.app.store, hook.as_deref(), draft).await
}

/// The page that refuses to publish a draft that is clean and was not tried; it leads to the button.
pub async fn refuse_untried(ctx: &Ctx, draft: &Version) -> StoreResult<Option<PageError>> {
    let tried = state(ctx, draft).await?;
    if tried.allows() {
        return Ok(None);
    }
    let files = export(&ctx.app.store, &draft.id).await?.unwrap_or_default();
    // What does not compile or pass is said first.
    if !laid(ctx, draft, &files).await?.clean() {
        return Ok(None);
    }
    let error = PageError::bad_request(tried.lacking())
        .title("先测算，再发布")
        .with_status(StatusCode::CONFLICT);
    let to = format!("{VERSIONS}/{}#trial", draft.id);
    Ok(Some(error.link("到这个版本测算", &to)))
}

/// The card of a draft.
pub(crate) struct Card {
    pub(crate) pill: Pill,
    pub(crate) words: String,
    /// Words and address of the way on.
    pub(crate) link: Option<(&'static str, String)>,
    /// Words of the button and where its form goes, for those who may.
    pub(crate) start: Option<(&'static str, String)>,
}

/// What the reader of a draft's page sees of it.
pub(crate) fn card(ctx: &Ctx, draft: &Version, tried: &Tried) -> StoreResult<Card> {
    let may = may_draft(ctx, draft.county.as_deref())?;
    let button = |words, start: &String| may.then(|| (words, start.clone()));
    let (pill, words, link, start) = match tried {
        Tried::Needless(why) => (pill("plain", "不用测算"), (*why).to_owned(), None, None),
        Tried::Not { start } => (
            pill("warn", "未测算"),
            tried.lacking().to_owned(),
            None,
            button("先测算", start),
        ),
        Tried::Running { href, progress } => (
            pill("info", "测算中"),
            progress.clone(),
            Some(("看进度", href.clone())),
            None,
        ),
        Tried::Failed { href, start } => (
            pill("danger", "没有完成"),
            tried.lacking().to_owned(),
            Some(("看原因", href.clone())),
            button("再测算一次", start),
        ),
        Tried::Done { href, headline } => (
            pill("ok", "已测算"),
            headline.clone(),
            Some(("看测算结果", href.clone())),
            None,
        ),
    };
    Ok(Card {
        pill,
        words,
        link,
        start,
    })
}

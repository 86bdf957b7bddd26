//! What whoever may draft a list finds on the page of its draft: the steps so far, the way back, and asking for it to be
//! published (rows C01, C02).

use crate::drafting::{is_working, may_draft};
use crate::version::Version;
use host::Ctx;
use org::api::Names;
use store::StoreResult;
use ui::Timeline;

/// The drafting of a version.
pub(crate) struct Drafting {
    /// The reader may change it: it is theirs to draft, and the version that changes start from.
    pub(crate) edit: bool,
    /// What was changed since the last publication, the latest first.
    pub(crate) steps: Option<Timeline>,
    /// What is taken back first, in words.
    pub(crate) back: Option<String>,
    /// Where a county's draft stands with asking: words, and whether the reader may ask.
    pub(crate) ask: Option<(String, bool)>,
}

/// Of a version with its steps; `clean` where nothing keeps it from being published.
pub(crate) async fn drafting(
    ctx: &Ctx,
    version: &Version,
    steps: &[Version],
    clean: bool,
) -> StoreResult<Drafting> {
    let draft = version.publication.is_none();
    let edit = may_draft(ctx, version.county.as_deref())? && is_working(ctx, version).await?;
    let actors = steps.iter().map(|step| step.loaded_by.as_str());
    let asker = version.asked.iter().map(|asked| asked.by.as_str());
    let names = Names::of(&ctx.app.store, actors.chain(asker)).await?;
    let timeline = steps.iter().fold(Timeline::default(), |timeline, step| {
        let says = step.says.as_deref().unwrap_or(if step.county.is_some() {
            "从市级清单开始起草"
        } else {
            "载入规划文件夹"
        });
        let (when, who) = (step.loaded_at.minute(), names.name(&step.loaded_by));
        timeline.entry(&when, says, &who, "", "")
    });
    let ask = match &version.asked {
        _ if !draft || version.county.is_none() => None,
        Some(asked) => Some((
            format!(
                "{}在 {} 提请发布。再改动就要重新提请。",
                names.name(&asked.by),
                asked.at.minute()
            ),
            false,
        )),
        None if edit && clean => Some((
            "改好了先测算，再提请发布，由市里批准；提请的人不能自己批准。".to_owned(),
            true,
        )),
        None if clean => Some(("起草的人还没有提请发布。".to_owned(), false)),
        None => None,
    };
    Ok(Drafting {
        edit,
        steps: (!steps.is_empty()).then_some(timeline),
        back: version
            .based_on
            .as_ref()
            .filter(|_| draft && edit)
            .map(|_| version.says.clone().unwrap_or_else(|| "这一步".to_owned())),
        ask,
    })
}

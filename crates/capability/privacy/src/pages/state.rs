//! How a person's purposes stand on a day, as pages show them.

use super::{BY, CHANNELS, word};
use crate::store::consents::{self, Consent, Standing};
use crate::store::purposes::{self, Purpose};
use host::PersonKey;
use kernel::Day;
use store::{Reads, StoreResult};

/// A purpose and how it stands for somebody.
pub(crate) struct Stood {
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) basis: &'static str,
    pub(crate) cites: String,
    pub(crate) says: String,
    pub(crate) what: String,
    pub(crate) receivers: String,
    pub(crate) retention: String,
    pub(crate) to_confirm: bool,
    pub(crate) sensitive: bool,
    pub(crate) asks: bool,
    /// Pill and words.
    pub(crate) state: (&'static str, &'static str),
    /// Since when, by whom, on what.
    pub(crate) note: String,
    pub(crate) holds: bool,
    pub(crate) paper: Option<String>,
    /// The words have changed since it was given.
    pub(crate) older: bool,
    /// Everything that was given and withdrawn, latest first.
    pub(crate) history: Vec<String>,
}

/// One act in a line.
fn line(act: &Consent) -> String {
    let what = if act.given { "同意" } else { "撤回" };
    let who = match &act.by_name {
        Some(name) => format!("{}{name}", word(BY, &act.by_kind)),
        None => word(BY, &act.by_kind).to_owned(),
    };
    let term = match (act.given, act.until) {
        (true, Some(until)) => format!("{} 至 {until}", act.from),
        _ => act.from.to_string(),
    };
    let note = act
        .note
        .as_ref()
        .map_or_else(String::new, |note| format!("；{note}"));
    format!(
        "{term} {what}：{who}，{}，{} {}登记{note}",
        word(CHANNELS, &act.channel),
        act.recorded_name,
        act.recorded.day()
    )
}

fn stood(purpose: Purpose, acts: &[Consent], today: Day) -> Stood {
    let asks = purpose.basis.by_consent();
    let standing = consents::stands(acts, today);
    let (state, act) = match (asks, standing) {
        (false, _) => (("plain", "不需要同意"), None),
        (true, Standing::Never) => (("unknown", "没有同意"), None),
        (true, Standing::Holds(act)) => (("ok", "已同意"), Some(act)),
        (true, Standing::Later(act)) => (("info", "未生效"), Some(act)),
        (true, Standing::Over(act)) => (("stopped", "已到期"), Some(act)),
        (true, Standing::Withdrawn(act)) => (("stopped", "已撤回"), Some(act)),
    };
    Stood {
        holds: matches!(standing, Standing::Holds(_)) && asks,
        paper: act
            .filter(|act| act.file.is_some())
            .map(|act| format!("/consents/{}/paper", act.id)),
        older: act.is_some_and(|act| act.given && act.digest != purpose.digest),
        note: act.map(line).unwrap_or_default(),
        history: acts.iter().rev().map(line).collect(),
        basis: purpose.basis.zh(),
        cites: purpose.cites(),
        what: purpose.categories.join("、"),
        receivers: purpose.receivers.join("、"),
        key: purpose.key,
        title: purpose.title,
        says: purpose.says,
        retention: purpose.retention,
        to_confirm: purpose.to_confirm,
        sensitive: purpose.sensitive,
        asks,
        state,
    }
}

/// All purposes, those that ask first.
pub(crate) async fn all(
    reads: &impl Reads,
    person: &PersonKey,
    today: Day,
) -> StoreResult<Vec<Stood>> {
    let acts = consents::of(reads, &person.id).await?;
    let mut out = Vec::new();
    for purpose in purposes::all(reads).await? {
        let own: Vec<Consent> = acts
            .iter()
            .filter(|act| act.purpose == purpose.key)
            .cloned()
            .collect();
        out.push(stood(purpose, &own, today));
    }
    out.sort_by_key(|one| !one.asks);
    Ok(out)
}

//! 疑似重复 before a file is saved: who is alike, in scope with a link, out of scope with the office to ask.

use crate::api::{self, AlikeHook, NewPerson, PersonKey};
use host::{Ctx, Failure};
use std::sync::Arc;
use store::{StoreResult, Tx};

/// Who is alike, and the mark under which the asker says that it is somebody else.
#[derive(Debug, Clone)]
pub(super) struct Alike {
    found: Vec<api::Alike>,
    pub(super) mark: String,
    pub(super) lines: Vec<Line>,
}

/// One of them on the page.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) says: String,
    pub(super) href: Option<String>,
    pub(super) words: String,
}

impl Alike {
    /// Who is like this person; `None` where nobody is, or nothing looks.
    pub(super) async fn of(ctx: &Ctx, person: &NewPerson) -> Result<Option<Self>, Failure> {
        let Some(hook) = hook(ctx) else {
            return Ok(None);
        };
        let found = hook.0.before(ctx, person).await?;
        if found.is_empty() {
            return Ok(None);
        }
        let seen: Vec<store::Audit> = found
            .iter()
            .filter(|alike| alike.says.is_some())
            .map(|alike| store::Audit::new("person.alike").person(&alike.key.shard, &alike.key.id))
            .collect();
        ctx.log_reads(&seen).await?;
        let mut ids: Vec<&str> = found.iter().map(|alike| alike.key.id.as_str()).collect();
        ids.sort_unstable();
        let mark = ctx
            .app
            .store
            .keys()
            .blind_short("alike", &ids.join(","), 16);
        let lines = found.iter().map(line).collect();
        Ok(Some(Self { found, mark, lines }))
    }

    /// Puts down what is to be reviewed.
    pub(super) async fn saved(&self, ctx: &Ctx, tx: &mut Tx, key: &PersonKey) -> StoreResult<()> {
        match hook(ctx) {
            Some(hook) => hook.0.saved(tx, key, &self.found).await,
            None => Ok(()),
        }
    }
}

fn hook(ctx: &Ctx) -> Option<Arc<AlikeHook>> {
    ctx.app.part::<AlikeHook>().ok()
}

fn line(alike: &api::Alike) -> Line {
    match &alike.says {
        Some(says) => Line {
            says: says.clone(),
            href: Some(format!("/people/{}", alike.key.id)),
            words: alike.words.join("、"),
        },
        None => Line {
            says: format!(
                "另有一份疑似重复的档案不在您的管辖范围，可向{}核对。",
                alike.office
            ),
            href: None,
            words: String::new(),
        },
    }
}

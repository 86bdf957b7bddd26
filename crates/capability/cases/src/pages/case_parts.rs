//! Parts of a case's page: buttons of what may be done now, the steps, the conditions that are kept.

use super::Opened;
use crate::acts::{self, Books};
use crate::machine::{Act, State};
use host::Ctx;
use kernel::Day;

/// A button of the page.
pub(crate) struct Button {
    pub(crate) act: String,
    pub(crate) step: String,
    pub(crate) title: String,
    pub(crate) main: bool,
    pub(crate) ask: &'static str,
}

/// The acts that are offered as buttons, the likeliest first.
pub(crate) fn buttons(ctx: &Ctx, opened: &Opened, books: Books<'_>) -> Vec<Button> {
    let (actor, today) = (ctx.actor(), ctx.today());
    let standing = opened.case.standing.on(books.procedure, today);
    let passes: Vec<(String, String)> = standing
        .waiting(books.procedure)
        .into_iter()
        .map(|step| (step.id.clone(), step.title.clone()))
        .collect();
    let mut acts: Vec<(Act<'_>, String, &'static str)> = vec![(Act::Accept, "受理".to_owned(), "")];
    for (id, title) in &passes {
        acts.push((Act::Pass(id), format!("{title}：通过"), ""));
    }
    acts.extend([
        (
            Act::Approve,
            "批准".to_owned(),
            "批准后马上记入在享台账，从最近的批次发放。确定批准？",
        ),
        (
            Act::Overturn,
            "改为批准".to_owned(),
            "改为批准后马上记入在享台账。确定？",
        ),
        (Act::Dismiss, "异议办结".to_owned(), ""),
        (Act::Supplement, "材料已补齐".to_owned(), ""),
        (Act::Appeal, "提出申诉".to_owned(), ""),
        (Act::Ask, "要求补正".to_owned(), ""),
        (
            Act::Reject,
            "不予受理".to_owned(),
            "不予受理后这件办结。确定？",
        ),
        (
            Act::Refuse,
            "不予批准".to_owned(),
            "不予批准要写明原因，申请人可以申诉。确定？",
        ),
        (Act::Uphold, "维持原决定".to_owned(), ""),
        (Act::Object, "登记异议".to_owned(), ""),
        (Act::Lapse, "超期未补正，办结".to_owned(), ""),
        (
            Act::Transfer,
            "转到另一地办理".to_owned(),
            "户籍地和常住地不在一处的，转到另一处受理和审核。确定转办？",
        ),
        (
            Act::Withdraw,
            "撤回申请".to_owned(),
            "撤回后要重新申请。确定撤回？",
        ),
    ]);
    let mut out: Vec<Button> = Vec::new();
    for (act, title, ask) in acts {
        if !acts::may(books, &actor, &opened.case, act, today) {
            continue;
        }
        if act == Act::Transfer && opened.case.hukou == opened.case.residence {
            continue;
        }
        let step = match act {
            Act::Pass(step) => step.to_owned(),
            _ => String::new(),
        };
        out.push(Button {
            act: act.key().to_owned(),
            step,
            title,
            main: out.is_empty() && act != Act::Withdraw,
            ask,
        });
    }
    out
}

/// Steps of the procedure with how far each is.
pub(crate) fn steps(
    opened: &Opened,
    today: Day,
) -> Vec<(String, &'static str, String, &'static str)> {
    let standing = opened.case.standing.on(&opened.procedure, today);
    let mut out = Vec::new();
    for (at, stage) in opened.procedure.stages().iter().enumerate() {
        for step in stage {
            let days = if let Some(days) = step.days {
                format!("{days} 个工作日")
            } else {
                let publicity = opened.procedure.publicity.as_ref();
                format!("{} 天", publicity.map_or(0, |one| one.days))
            };
            let ended = matches!(standing.state, State::Approved | State::Refused);
            let (word, pill) =
                if standing.passed.contains(&step.id) || (ended && at == standing.stage) {
                    ("已办", "yes")
                } else if at == standing.stage
                    && standing.state.open()
                    && standing.state != State::Draft
                {
                    ("正在办", "info")
                } else {
                    ("未到", "plain")
                };
            let handed = at == standing.stage && standing.handed(&opened.procedure, step).is_some();
            let by = if handed {
                "乡镇（街道）民政办（受县里委托）"
            } else {
                step.by_zh()
            };
            out.push((step.title.clone(), by, days, word));
            if let Some(last) = out.last_mut()
                && pill == "plain"
                && !standing.state.open()
            {
                last.3 = "—";
            }
        }
    }
    out
}

/// Conditions among kept reasons.
pub(crate) fn conditions_of(kept: &str) -> Vec<(String, bool)> {
    let read: serde_json::Value = serde_json::from_str(kept).unwrap_or_default();
    let list = read.get("conditions").and_then(serde_json::Value::as_array);
    list.map_or_else(Vec::new, |list| {
        list.iter()
            .filter_map(|one| {
                let says = one.get("says")?.as_str()?.to_owned();
                let holds = one.get("holds").and_then(serde_json::Value::as_bool);
                Some((says, holds.unwrap_or(false)))
            })
            .collect()
    })
}

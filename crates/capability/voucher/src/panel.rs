//! 消费券 on a person's page, where there is one: what is left, until when, where it was used.

use crate::code;
use crate::model::{self, Use, Voucher};
use askama::Template;
use authz::{Action, Role};
use host::{Ctx, PersonView};
use kernel::Fen;
use store::{StoreError, StoreResult};

struct Line {
    title: String,
    left: String,
    of: String,
    until: String,
    good: bool,
    over: bool,
    code: String,
    slip: String,
    uses: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "panel.html")]
struct Panel {
    lines: Vec<Line>,
}

/// Vouchers of this month and the last; nothing where there are none and for whoever has no part in it.
pub(crate) async fn render(ctx: &Ctx, view: &PersonView) -> StoreResult<String> {
    let role = ctx.actor().role;
    let family = role == Role::Family;
    if !view.now || !(family || Action::KeepAccount.allowed_to(role)) {
        return Ok(String::new());
    }
    let store = &ctx.app.store;
    let today = ctx.today();
    let all: Vec<Voucher> = model::of_person(store, &view.key)
        .await?
        .into_iter()
        .filter(|one| one.until >= today.first_of_month().plus_months(-1))
        .collect();
    if all.is_empty() {
        return Ok(String::new());
    }
    let keys: Vec<&str> = all.iter().map(|one| one.voucher.as_str()).collect();
    let uses = model::uses_of(store, &keys).await?;
    let names = pay::api::programmes(ctx)?;
    let places = crate::pages::place_names(store, &uses).await?;
    let lines = all
        .iter()
        .map(|one| Line {
            title: format!(
                "{}{}",
                one.month.zh(),
                pay::api::programme_zh(&names, &one.programme)
            ),
            left: one.left().to_string(),
            of: Fen(one.fen).to_string(),
            until: one.until.zh(),
            good: one.good(today) && one.left().0 > 0,
            over: !one.good(today),
            code: if family {
                code::shown(&one.code)
            } else {
                String::new()
            },
            slip: format!("/people/{}/vouchers/{}", view.key.id, one.voucher),
            uses: uses
                .iter()
                .filter(|done| done.voucher == one.voucher)
                .map(|done| said(done, &places))
                .collect(),
        })
        .collect();
    Panel { lines }
        .render()
        .map_err(|error| StoreError::Other(error.to_string()))
}

/// Day and place, what the voucher and the person paid, whether it was taken back.
fn said(done: &Use, places: &crate::pages::Names) -> (String, String, bool) {
    let place = places.get(&done.place).cloned().unwrap_or_default();
    (
        format!("{} {place}", done.at.day().zh()),
        format!(
            "券 {} 元，自付 {} 元",
            Fen(done.fen),
            Fen(done.bill - done.fen)
        ),
        done.undone,
    )
}

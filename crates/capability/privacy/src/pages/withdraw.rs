//! 撤回同意: as easy as it was given, at once, without a reason.

use super::consents::{back, open, write};
use crate::data;
use crate::store::consents::{self, Consent, Standing};
use crate::store::purposes;
use ::store::{Audit, StoreResult, Tx};
use authz::Role;
use axum::extract::Path;
use host::{Ctx, Page};
use kernel::Day;
use people::api::Person;
use ui::{Form, FormData, PageError};

/// Families see no more; a guardian does by law.
async fn sight_ends(tx: &mut Tx, person: &Person, today: Day) -> StoreResult<Vec<String>> {
    let guardians: Vec<String> = identity::api::acting_for(tx, &person.key.id, today)
        .await?
        .into_iter()
        .filter(|one| one.guardian)
        .filter_map(|one| one.account)
        .collect();
    let ended = org::api::end_family_grants(tx, &person.key.id, &guardians, today).await?;
    if !ended.is_empty() {
        let audit = Audit::new("privacy.sight_ended").person(&person.key.shard, &person.key.id);
        tx.audit(audit.with("accounts", serde_json::json!(ended)));
    }
    Ok(ended)
}

/// `POST /people/{id}/consents/withdrawal`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let person = open(&ctx, &id).await?;
    let form = Form::from(data);
    let key = form.text("purpose").unwrap_or_default();
    let purpose = purposes::find(&ctx.app.store, &key)
        .await?
        .ok_or_else(PageError::not_found)?;
    let (today, actor) = (ctx.today(), ctx.actor());
    let to = back(&ctx, &person);
    let mut tx = ctx.begin().await?;
    let ids = [person.key.id.clone()];
    let acts = consents::of_many(&tx, &ids, &key).await?;
    let acts = acts.get(&person.key.id).map_or(&[][..], Vec::as_slice);
    if !matches!(consents::stands(acts, today), Standing::Holds(_)) {
        tx.rollback().await?;
        let text = format!("对「{}」现在没有有效的同意。", purpose.title);
        return Ok(ctx.redirect_with(&to, "warn", &text));
    }
    let acting = if actor.role == Role::Family {
        identity::api::acts_for(&tx, &actor.id, &person.key.id, today).await?
    } else {
        None
    };
    let (by_kind, by_name) = match acting {
        Some(one) if one.guardian => ("guardian", Some(one.name)),
        Some(one) => ("proxy", Some(one.name)),
        // A family account without a paper still tells what the person wants: withdrawing must be easy.
        None if actor.role == Role::Family => ("proxy", Some(actor.name.clone())),
        None => ("self", None),
    };
    let channel = if actor.role == Role::Family {
        "online"
    } else {
        "counter"
    };
    let new = Consent {
        id: tx.store().new_id(),
        key: person.key.clone(),
        purpose: purpose.key.clone(),
        given: false,
        by_kind: by_kind.to_owned(),
        by_name,
        channel: channel.to_owned(),
        file: None,
        from: today,
        until: None,
        note: None,
        digest: purpose.digest.clone(),
        recorded: tx.at(),
        recorded_name: actor.name,
    };
    write(&mut tx, &new).await?;
    let blind = if purpose.key == data::FAMILY {
        sight_ends(&mut tx, &person, today).await?
    } else {
        Vec::new()
    };
    tx.commit().await?;
    if !blind.is_empty() {
        org::api::grants_changed(&*ctx.app.part::<org::api::Org>()?);
    }
    if blind.contains(&actor.id) {
        let text = format!(
            "已撤回对「{}」的同意，您不再能查看{}的档案。",
            purpose.title, person.name
        );
        return Ok(ctx.saved("/family", &text));
    }
    let text = format!("已撤回对「{}」的同意，从现在起停止使用。", purpose.title);
    Ok(ctx.saved(&to, &text))
}

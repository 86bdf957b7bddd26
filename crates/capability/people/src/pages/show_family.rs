//! 家庭与监护人: who lives with a person and who looks after a child, within the asker's scope.

use super::words;
use crate::api::{self, Person};
use crate::store::person as sql;
use host::{Ctx, Failure};
use store::Audit;

pub(super) struct Relative {
    pub(super) name: String,
    pub(super) relation: String,
    pub(super) age: String,
    pub(super) href: Option<String>,
    pub(super) tags: Vec<String>,
}

pub(super) async fn household(ctx: &Ctx, person: &Person) -> Result<(Vec<Relative>, i64), Failure> {
    let Some(household) = &person.household else {
        return Ok((Vec::new(), 0));
    };
    let members = sql::household(&ctx.app.store, &ctx.scope(), household).await?;
    let size = sql::household_size(&ctx.app.store, household).await?;
    let hidden = size - members.len() as i64;
    let entries: Vec<Audit> = members
        .iter()
        .filter(|member| member.key != person.key)
        .map(|member| Audit::new("person.relative").person(&member.key.shard, &member.key.id))
        .collect();
    ctx.log_reads(&entries).await?;
    Ok((
        members
            .iter()
            .filter(|member| member.key != person.key)
            .map(|member| relative(ctx, member, member.relation.clone()))
            .collect(),
        hidden,
    ))
}

pub(super) async fn guardians(ctx: &Ctx, person: &Person) -> Result<Vec<Relative>, Failure> {
    let mut out = Vec::new();
    for (id, relation) in sql::guardians(&ctx.app.store, &person.key).await? {
        if let Some(guardian) = api::person(&ctx.app.store, &id).await? {
            let mut shown = relative(ctx, &guardian, Some(relation));
            if !ctx.scope().admits(&guardian.subject()) {
                shown.href = None;
            }
            out.push(shown);
        }
    }
    Ok(out)
}

fn relative(ctx: &Ctx, person: &Person, relation: Option<String>) -> Relative {
    Relative {
        name: person.name.clone(),
        relation: relation.unwrap_or_default(),
        age: words::age(&person.facts, ctx.today()),
        href: Some(format!("/people/{}", person.key.id)),
        tags: words::tags(&person.facts, ctx.today()),
    }
}

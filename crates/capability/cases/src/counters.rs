//! What waits for somebody, for the desk.

use crate::book;
use crate::delegation;
use crate::pages::list::asked;
use crate::store as rows;
use authz::Role;
use host::{Counted, Ctx, DeskCounter};
use std::sync::Arc;
use store::StoreResult;

/// All of them.
pub(crate) fn all() -> Vec<DeskCounter> {
    vec![
        counter("待受理审核", &[Role::TownWorker]),
        counter("待决定", &[Role::CountyCivil]),
        counter("待核证", &[Role::DepartmentData]),
        counter("待补正", &[Role::Visitor]),
    ]
}

fn counter(title: &'static str, roles: &'static [Role]) -> DeskCounter {
    DeskCounter {
        title,
        unit: "件",
        tone: "warn",
        roles,
        count: Arc::new(|ctx| Box::pin(count(ctx))),
    }
}

async fn count(ctx: &Ctx) -> StoreResult<Counted> {
    let (role, scope, today) = (ctx.actor().role, ctx.scope(), ctx.today());
    let Some(loaded) = book::in_force(&ctx.app.store).await? else {
        return Ok(Counted {
            number: 0,
            note: "申请审批".to_owned(),
            href: "/cases".to_owned(),
        });
    };
    let offices = crate::pages::offices(ctx)?;
    let handed = delegation::windows(&ctx.app.store, &loaded.procedures).await?;
    let mut asked = asked(role, "mine", &loaded.procedures, &offices, &handed);
    let number = rows::count(&ctx.app.store, &scope, &asked, today).await?;
    asked.late = true;
    let late = rows::count(&ctx.app.store, &scope, &asked, today).await?;
    Ok(Counted {
        number,
        note: if late > 0 {
            format!("{late} 件已超期")
        } else {
            "申请审批".to_owned()
        },
        href: "/cases?box=mine".to_owned(),
    })
}

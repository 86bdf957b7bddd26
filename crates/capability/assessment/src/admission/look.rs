//! Opening one admission: offices of the person's areas and the family; assessors and bodies have no business here.

use super::book;
use super::model::Admission;
use crate::look::by_assignment;
use authz::{Action, Role};
use host::{Ctx, Failure};
use people::api::Person;
use store::Audit;
use ui::PageError;

/// Refuses who sees assessments by assignment only.
pub(crate) fn offices_and_families(ctx: &Ctx) -> Result<(), Failure> {
    if by_assignment(ctx.actor().role) {
        let text = "入住申请由民政和本人、家属查看；派给您的评估在“能力评估”里。";
        return Err(PageError::refused("县民政").text(text).into());
    }
    Ok(())
}

/// Refuses everybody but offices: an order has other people's names.
pub(crate) fn offices(ctx: &Ctx) -> Result<(), Failure> {
    offices_and_families(ctx)?;
    if ctx.actor().role == Role::Family {
        let text = "排序表里有别人的姓名，只供民政使用；自己的位次在申请的页面里。";
        return Err(PageError::refused("县民政").text(text).into());
    }
    Ok(())
}

/// The admission and its person; a refusal is logged.
pub(crate) async fn open(ctx: &Ctx, id: &str) -> Result<(Admission, Person), Failure> {
    offices_and_families(ctx)?;
    let admission = book::find(&ctx.app.store, id)
        .await?
        .ok_or_else(PageError::not_found)?;
    let person = people::api::open(ctx, &admission.key.id, Action::ReadPerson).await?;
    Ok((admission, person))
}

/// Leaves a row in the log of who opened this person's admission.
pub(crate) async fn log(ctx: &Ctx, admission: &Admission) -> Result<(), Failure> {
    let entry = Audit::new("admission.read")
        .person(&admission.key.shard, &admission.key.id)
        .with("admission", admission.admission.as_str());
    Ok(ctx.log_reads(&[entry]).await?)
}

/// Whether the reader may take it back: the county, or who asked.
pub(crate) fn may_withdraw(ctx: &Ctx, admission: &Admission) -> bool {
    let actor = ctx.actor();
    let county = Action::DispatchAssessment.allowed_to(actor.role);
    admission.state.is_open() && (county || admission.asked_by == actor.id)
}

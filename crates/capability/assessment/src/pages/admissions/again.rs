//! 重新评估: the assessment came to nothing, or its result has ended.

use crate::admission::{acts, look, model::State};
use authz::Action;
use axum::extract::Path;
use axum::http::StatusCode;
use host::{Ctx, Failure, Page};
use store::StoreError;
use ui::PageError;

/// `POST /assessments/admissions/{admission}/assessment`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (admission, _) = look::open(&ctx, &id).await?;
    let person = people::api::open(&ctx, &admission.key.id, Action::AskAssessment).await?;
    let to = admission.href();
    let refused = |text: &str| -> Failure {
        PageError::bad_request(text)
            .title("现在不能办")
            .with_status(StatusCode::CONFLICT)
            .link("看这件申请", &to)
            .into()
    };
    let counts = admission.state == State::Assessed && !admission.is_over(ctx.today());
    if counts || !admission.state.is_open() {
        return Err(refused("结论还有效，或者申请已经结束，不用重新评估。"));
    }
    let mut tx = ctx.begin().await?;
    match acts::again(&mut tx, &ctx.actor(), &person, &admission).await {
        Ok(true) => {
            tx.commit().await?;
            Ok(ctx.saved(&to, "已申请能力评估，由县民政派单。"))
        }
        Ok(false) | Err(StoreError::Duplicate { .. }) => {
            tx.rollback().await?;
            Err(refused("能力评估正在办理，出结论后这里自动更新。"))
        }
        Err(error) => Err(error.into()),
    }
}

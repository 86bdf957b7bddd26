//! 发券 of a batch, from its page.

use area::api::AreaBook;
use axum::extract::Path;
use host::{Ctx, Page};
use pay::api::{Refusal, office_zh};
use ui::{FormData, PageError};

/// `POST /vouchers/issue/{run}`
pub(crate) async fn post(ctx: Ctx, Path(run): Path<String>, _data: FormData) -> Page {
    let store = &ctx.app.store;
    let batch = pay::api::voucher_batch(store, &run)
        .await?
        .ok_or_else(PageError::not_found)?;
    if !pay::api::offices_of(&ctx)?.contains(&batch.office) {
        return Err(PageError::not_found().into());
    }
    let back = format!("/payments/{run}");
    let book = ctx.app.part::<AreaBook>()?;
    let payer = format!("{}财政局", office_zh(&book, &batch.office));
    let words = pay::api::message_words(&ctx.app, &batch.programme, ctx.today())?;
    let words = format!("{}{words}", batch.month.zh());
    let issued = crate::issue::issue(&ctx.app, &ctx.actor(), &run, &payer, &words).await?;
    Ok(match issued {
        Ok(count) => {
            let said = format!("已发 {count} 张券，县民政结账后本批次办完。");
            ctx.redirect_with(&back, "ok", &said)
        }
        Err(refusal) => {
            let said = match refusal {
                Refusal::NotYourWork => "这一步由财政办理。".to_owned(),
                other => pay::api::refusal_words(other).0,
            };
            ctx.redirect_with(&back, "warn", &said)
        }
    })
}

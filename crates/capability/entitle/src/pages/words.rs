//! Words and helpers the pages of entitlement share.

use area::api::AreaBook;
use authz::Scope;
use host::{Ctx, Failure};
use kernel::{AreaCode, Fen};
use plan::api::{PlanBook, Published};
use rules::folder::{AreaBasis, BenefitKind, Unit};
use std::sync::Arc;
use ui::PageError;

/// The list in force today, or a page that says what to do.
pub(crate) fn in_force(ctx: &Ctx) -> Result<Arc<Published>, Failure> {
    let book = ctx.app.part::<PlanBook>()?;
    book.in_force(ctx.today()).ok_or_else(|| {
        PageError::not_found()
            .title("还没有发布的清单")
            .text("请市民政局先载入并发布基本养老服务清单，之后这里会显示应享人数和名单。")
            .link("看清单版本", "/list/versions")
            .into()
    })
}

/// The book of areas.
pub(crate) fn areas(ctx: &Ctx) -> Result<Arc<AreaBook>, Failure> {
    Ok(ctx.app.part::<AreaBook>()?)
}

/// The areas whose counts an asker sees: one chosen inside the scope, or the scope itself.
pub(crate) fn counted_areas(
    ctx: &Ctx,
    published: &Published,
    chosen: Option<&str>,
) -> Result<Vec<AreaCode>, Failure> {
    if let Some(text) = chosen {
        let code: AreaCode = text
            .parse()
            .map_err(|error: kernel::area_code::NotAnArea| {
                PageError::bad_request(error.to_string())
            })?;
        if !ctx.scope().admits_area(&code) {
            let office = areas(ctx)?.county_office(&code);
            return Err(PageError::refused(&office).into());
        }
        return Ok(vec![code]);
    }
    Ok(match ctx.scope() {
        Scope::Areas(areas) => areas,
        Scope::Everywhere => vec![published.list.area()],
        Scope::Nowhere | Scope::People(_) => Vec::new(),
    })
}

/// 按户籍地, 按常住地, 按设施所在地.
pub(crate) const fn basis_zh(basis: AreaBasis) -> &'static str {
    match basis {
        AreaBasis::Hukou => "户籍地",
        AreaBasis::Residence => "常住地",
        AreaBasis::Facility => "所在地",
    }
}

/// 月, 次, 年 …
pub(crate) const fn unit_zh(unit: Unit) -> &'static str {
    match unit {
        Unit::Month => "月",
        Unit::Quarter => "季",
        Unit::Year => "年",
        Unit::Once => "一次性",
        Unit::Meal => "餐",
        Unit::Visit => "次",
    }
}

/// 资金, 服务, 优先, 转介.
pub(crate) const fn kind_zh(kind: BenefitKind) -> &'static str {
    match kind {
        BenefitKind::Money => "资金",
        BenefitKind::InKind => "服务",
        BenefitKind::Priority => "优先",
        BenefitKind::Referral => "转介",
    }
}

/// 「100.00 元/月」.
pub(crate) fn amount(fen: i64, unit: Unit) -> String {
    match unit {
        Unit::Once => format!("{} 元", Fen(fen)),
        other => format!("{} 元/{}", Fen(fen), unit_zh(other)),
    }
}

/// The unit of a programme's cycle.
pub(crate) fn cycle_zh(cycle: rules::folder::Cycle) -> &'static str {
    match cycle {
        rules::folder::Cycle::Month => "月",
        rules::folder::Cycle::Quarter => "季",
        rules::folder::Cycle::HalfYear => "半年",
        rules::folder::Cycle::Year => "年",
        rules::folder::Cycle::Once => "次",
    }
}

/// Name and unit of a programme: 高龄津贴, 月.
pub(crate) fn programme<'a>(published: &'a Published, id: &str) -> (&'a str, &'static str) {
    published
        .list
        .programmes()
        .iter()
        .find(|row| row.programme.id == id)
        .map_or(("", ""), |row| {
            (row.programme.name.as_str(), cycle_zh(row.programme.cycle))
        })
}

//! Counters that lead to lists, each with one word for what to do.

use super::asked::Asked;
use super::side::Counts;
use authz::{Action, Role};
use figures::Severity;
use host::{Ctx, Failure};
use plan::api::{PlanBook, lay_acknowledgements};
use ui::Tile;

/// The counters of a role.
pub(super) async fn of(
    ctx: &Ctx,
    asked: &Asked,
    counts: &Counts,
    visits: i64,
    approvals: usize,
) -> Result<Vec<Tile>, Failure> {
    let both = counts.owed.and(counts.undue);
    let visitor = asked.role == Role::Visitor;
    let mut tiles = Vec::new();
    if Action::PublishPlan.allowed_to(asked.role) && approvals > 0 {
        tiles.push(
            tile("待我审批", approvals as i64, "份", "/?kind=approve#work")
                .note("审批")
                .tone("warn"),
        );
    }
    tiles.push(
        toned(
            tile("已逾期", both.late, "件", "/?state=overdue#work"),
            both.late,
            "danger",
        )
        .note(if both.late > 0 { "先办" } else { "没有" }),
    );
    if !visitor {
        tiles.push(
            toned(
                tile("今日到期", both.today, "件", "/?state=today#work"),
                both.today,
                "warn",
            )
            .note(if both.today > 0 {
                "今天办完"
            } else {
                "没有"
            }),
        );
    }
    tiles.push(
        toned(
            tile("不应享仍享", counts.undue.all, "人次", "/owed?kind=undue"),
            counts.undue.all,
            "danger",
        )
        .note("核对停发"),
    );
    tiles.push(
        toned(
            tile("应享未享", counts.owed.all, "人次", "/owed"),
            counts.owed.all,
            "warn",
        )
        .note("代为申请"),
    );
    let mut unknown = tile("待核实", counts.unknown, "人", "/unsettled").note(format!(
        "{} 人要上门，其余部门比对",
        ui::grouped(visits.unsigned_abs())
    ));
    if visits > 0 {
        unknown = unknown.tone("warn");
    }
    tiles.push(unknown);
    if !visitor {
        tiles.push(tile("本月新增", both.new, "件", "/?state=new#work").note("看来由"));
    }
    if Action::EditPlan.allowed_to(asked.role) {
        let open = open_differences(ctx).await?;
        if open > 0 {
            tiles.push(
                tile(
                    "口径差异",
                    open,
                    "处",
                    "/plan/findings?severity=serious&state=open",
                )
                .note("逐条确认")
                .tone("warn"),
            );
        }
    }
    for counter in &ctx.app.counters {
        if counter.roles.contains(&asked.role) {
            let counted = (counter.count)(ctx).await?;
            if counted.number > 0 {
                tiles.push(
                    tile(counter.title, counted.number, counter.unit, &counted.href)
                        .note(counted.note)
                        .tone(counter.tone),
                );
            }
        }
    }
    Ok(tiles)
}

fn tile(label: &str, n: i64, unit: &str, href: &str) -> Tile {
    ui::tile(label, ui::grouped(n.unsigned_abs()))
        .unit(unit)
        .href(href)
}

fn toned(tile: Tile, n: i64, tone: &str) -> Tile {
    if n > 0 { tile.tone(tone) } else { tile }
}

/// Serious conflicts of the own plan that nobody has acknowledged.
async fn open_differences(ctx: &Ctx) -> Result<i64, Failure> {
    let places = ctx.app.part::<PlanBook>()?.places();
    let Some(own) = places.first() else {
        return Ok(0);
    };
    let mut findings = own.findings.clone();
    lay_acknowledgements(&ctx.app.store, &own.version.slug, &mut findings).await?;
    let open =
        |one: &&figures::Finding| one.severity == Severity::Serious && one.acknowledged.is_none();
    Ok(findings.iter().filter(open).count() as i64)
}

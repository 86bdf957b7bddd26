//! 重点人群: how many people of each class live in the asker's areas, leading to the list (row B04).

use crate::api::{self, Filter, Group, NameIndex};
use askama::Template;
use host::{Ctx, Page};
use store::Audit;
use ui::{Shell, Tile};

#[derive(Template)]
#[template(path = "pages/groups.html")]
struct GroupsPage {
    shell: Shell,
    tiles: Vec<Tile>,
    today: String,
}

/// `GET /groups`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let (scope, today) = (ctx.scope(), ctx.today());
    let may_list = authz::Action::ReadLists.allowed_to(ctx.actor().role);
    let index = ctx.app.part::<NameIndex>()?;
    let mut tiles = Vec::new();
    for group in Group::ALL {
        let child = *group == Group::PriorityChild;
        let mut filter = Filter {
            group: Some(*group),
            ..Filter::default()
        };
        if child {
            filter.born_after = Some(today.plus_years(-3));
        } else {
            filter.born_until = Some(today.plus_years(-60));
        }
        let count = api::number(&index, &scope, &filter);
        let words = ui::grouped(count as u64);
        let note = if child {
            "3周岁以下"
        } else {
            "60周岁及以上"
        };
        let mut tile = ui::tile(group.zh(), words).unit("人").note(note);
        if may_list {
            let path = if child { "/children" } else { "/people" };
            tile = tile.href(format!("{path}?group={}", group.key()));
        }
        tiles.push(tile);
    }
    ctx.log_reads(&[Audit::new("person.groups")]).await?;
    Ok(ui::page(GroupsPage {
        shell: ctx.shell("重点人群"),
        tiles,
        today: today.zh(),
    }))
}

//! `GET /coming`: the first page of a role whose work arrives with a later version.

use askama::Template;
use host::{Ctx, Page, menu_for};
use ui::{Details, MenuGroup, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/coming.html")]
struct ComingPage {
    shell: Shell,
    about: Details,
    ready: Vec<MenuGroup>,
    coming: Vec<MenuGroup>,
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let session = ctx.session().ok_or_else(PageError::signed_out)?;
    let actor = &session.actor;
    let about = Details::default()
        .row("姓名", &actor.name)
        .row("角色", actor.role.zh())
        .row("管辖范围", &actor.scope_name)
        .single();
    let menu = menu_for(actor.role, &ctx.app.nav);
    let part = |coming: bool| {
        let groups = menu.iter().map(|group| MenuGroup {
            title: group.title.clone(),
            items: group
                .items
                .iter()
                .filter(|item| item.coming == coming)
                .cloned()
                .collect(),
        });
        groups
            .filter(|group| !group.items.is_empty())
            .collect::<Vec<_>>()
    };
    let page = ComingPage {
        shell: ctx.shell("我的工作"),
        about,
        ready: part(false),
        coming: part(true),
    };
    Ok(ui::page(page))
}

//! What every page of the loop begins with: who looks, the areas, today; tabs and frame.

use crate::book;
use crate::model::{Assignment, Item, Progress};
use crate::seen::Seen;
use crate::status::{Facts, Status, status};
use area::api::AreaBook;
use host::{Ctx, Failure};
use kernel::Day;
use std::collections::BTreeMap;
use std::sync::Arc;
use ui::{PageError, Shell};

/// One tab.
pub(crate) struct Tab {
    pub(crate) href: &'static str,
    pub(crate) title: &'static str,
    /// 0: no number shown.
    pub(crate) count: usize,
    pub(crate) here: bool,
}

/// Who looks, where and when.
pub(crate) struct Look {
    pub(crate) seen: Seen,
    pub(crate) areas: Arc<AreaBook>,
    /// The whole place's key.
    pub(crate) root: String,
    /// Its name.
    pub(crate) place: String,
    pub(crate) today: Day,
}

impl Look {
    /// Of a request.
    pub(crate) fn of(ctx: &Ctx) -> Result<Self, Failure> {
        let areas = ctx.app.part::<AreaBook>()?;
        let (root, place) = areas.root().map_or_else(
            || (String::new(), String::new()),
            |root| (root.code.to_string(), root.name.clone()),
        );
        Ok(Self {
            seen: Seen::of(&ctx.actor(), &areas),
            root,
            place,
            today: ctx.today(),
            areas,
        })
    }

    /// The item, if it is there for the reader.
    pub(crate) async fn item(&self, ctx: &Ctx, id: &str) -> Result<Item, Failure> {
        book::item(&ctx.app.store, &self.seen, id)
            .await?
            .ok_or_else(|| {
                PageError::not_found()
                    .text("没有这个事项，或者没有分给您的单位。")
                    .link("看督办事项", "/tasks")
                    .into()
            })
    }

    /// The part and its item, if they are there for the reader.
    pub(crate) async fn part(&self, ctx: &Ctx, id: &str) -> Result<(Assignment, Item), Failure> {
        let part = book::part(&ctx.app.store, &self.seen, id)
            .await?
            .ok_or_else(|| {
                Failure::from(
                    PageError::not_found()
                        .text("没有这项分工，或者它是别的单位的。")
                        .link("看督办事项", "/tasks"),
                )
            })?;
        let item = self.item(ctx, &part.item).await?;
        Ok((part, item))
    }

    /// Everything that is seen.
    pub(crate) async fn everything(&self, ctx: &Ctx) -> Result<Everything, Failure> {
        let store = &ctx.app.store;
        let items = book::items(store, &self.seen).await?;
        let facts = Facts::of(store, &items, &self.root, self.today).await?;
        let mut parts: BTreeMap<String, Vec<Assignment>> = BTreeMap::new();
        for part in book::parts(store, &self.seen, None).await? {
            parts.entry(part.item.clone()).or_default().push(part);
        }
        Ok(Everything {
            reports: book::reports(store, &self.seen, None).await?,
            items,
            parts,
            facts,
        })
    }

    /// The frame of a page, with the menu at 督办通报.
    #[expect(
        clippy::unused_self,
        reason = "pages read the same with and without a scope"
    )]
    pub(crate) fn shell(&self, ctx: &Ctx, title: &str) -> Shell {
        ctx.shell(title)
            .path("/tasks")
            .mark_active()
            .path(ctx.path().to_owned())
            .crumb("督办通报", "/tasks")
    }

    /// The tabs; `here` is the address of the page.
    pub(crate) fn tabs(&self, here: &str) -> Vec<Tab> {
        let role = self.seen.role();
        let reports = authz::Action::ReportTask.allowed_to(role);
        [
            ("/tasks", "督办事项", true),
            ("/tasks/mine", "我的进展", reports),
            ("/tasks/review", "待核进展", self.seen.leads_any()),
            ("/tasks/letters", "督办单", true),
            ("/tasks/bulletins", "通报", true),
        ]
        .into_iter()
        .filter(|(_, _, shown)| *shown)
        .map(|(href, title, _)| Tab {
            href,
            title,
            count: 0,
            here: href == here,
        })
        .collect()
    }

    /// Refuses what only a lead office does.
    pub(crate) fn must_lead(&self, item: &Item) -> Result<(), Failure> {
        if self.seen.leads(item.lead_role) {
            return Ok(());
        }
        let office = crate::seen::office_of(item.lead_role, &self.place);
        Err(PageError::refused(&office)
            .text(format!("这个事项由{office}牵头办理。"))
            .into())
    }
}

/// Everything somebody sees, with how it stands.
pub(crate) struct Everything {
    pub(crate) items: Vec<Item>,
    /// By item.
    pub(crate) parts: BTreeMap<String, Vec<Assignment>>,
    /// By part, oldest month first.
    pub(crate) reports: BTreeMap<String, Vec<Progress>>,
    pub(crate) facts: Facts,
}

impl Everything {
    /// Parts of an item.
    pub(crate) fn parts_of(&self, item: &Item) -> &[Assignment] {
        self.parts.get(&item.id).map_or(&[], Vec::as_slice)
    }

    /// Reports of a part.
    pub(crate) fn reports_of(&self, part: &Assignment) -> &[Progress] {
        self.reports.get(&part.id).map_or(&[], Vec::as_slice)
    }

    /// How a part stands.
    pub(crate) fn status(&self, item: &Item, part: &Assignment, today: Day) -> Status {
        status(item, part, self.reports_of(part), &self.facts, today)
    }
}

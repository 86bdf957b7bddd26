//! `GET /list/public`: the list in force for everybody, verbatim, to read and to print (row C01).

use crate::book::{PlanBook, Published};
use askama::Template;
use host::{Ctx, Page};
use rules::folder::{Document, Service, Source};
use std::sync::Arc;
use ui::Shell;

#[derive(Template)]
#[template(path = "pages/public.html")]
struct PublicPage {
    shell: Shell,
    list: Option<Arc<Published>>,
}

impl PublicPage {
    /// The document the list stands in; the folder's first where the list names none.
    fn document(version: &Published) -> Option<&Document> {
        let documents = &version.folder.plan.documents;
        let named = match &version.folder.list.source {
            Source::Document { document, .. } => {
                documents.iter().find(|known| known.number == *document)
            }
            Source::Basis { .. } => None,
        };
        named.or_else(|| documents.first())
    }

    /// The class that starts with this item, with its numbers.
    fn class_at(version: &Published, service: &Service) -> Option<String> {
        let class = version
            .folder
            .list
            .classes
            .iter()
            .find(|class| class.from == service.no)?;
        Some(format!(
            "{}（第{}—{}项）",
            class.name, class.from, class.until
        ))
    }
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let list = ctx.app.part::<PlanBook>()?.in_force(ctx.today());
    let title = list.as_ref().map_or_else(
        || "服务清单".to_owned(),
        |list| list.folder.list.name.clone(),
    );
    Ok(ui::page(PublicPage {
        shell: ctx.shell(title),
        list,
    }))
}

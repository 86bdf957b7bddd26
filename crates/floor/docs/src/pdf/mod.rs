//! A paper as PDF: set by typst with the template beside this file; smaller type until it fits a page.

mod world;

use crate::{DocError, Fonts, Paper};
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};
use world::World;

/// Size of type and room between lines tried, in percent: the first that fits is taken.
const SIZES: [(u32, u32); 10] = [
    (106, 210),
    (106, 180),
    (106, 155),
    (104, 130),
    (102, 110),
    (98, 100),
    (92, 92),
    (86, 84),
    (78, 74),
    (70, 60),
];

pub(crate) fn to_pdf(paper: &Paper, fonts: &Fonts) -> Result<Vec<u8>, DocError> {
    let mut world = World::new(paper, fonts)?;
    let mut set = None;
    for (size, air) in SIZES {
        world.size(size, air);
        let document: PagedDocument = typst::compile(&world)
            .output
            .map_err(|errors| fault(&errors))?;
        let fits = document.pages().len() == 1;
        set = Some(document);
        if fits {
            break;
        }
    }
    let document = set.ok_or_else(|| DocError::Setting("no size of type".to_owned()))?;
    let options = PdfOptions {
        ident: Smart::Custom(paper.digest()),
        creator: Smart::Custom(Some("Laoyou".to_owned())),
        timestamp: made(paper).map(Timestamp::new_utc),
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|errors| fault(&errors))?;
    // What typst remembers of one paper is of no use for the next.
    typst::comemo::evict(0);
    Ok(bytes)
}

fn made(paper: &Paper) -> Option<Datetime> {
    let day = paper.made;
    let part = |number: i32| u8::try_from(number).ok();
    Datetime::from_ymd_hms(day.year(), part(day.month())?, part(day.day())?, 0, 0, 0)
}

fn fault(errors: &[SourceDiagnostic]) -> DocError {
    let words: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    DocError::Setting(words.join("; "))
}

//! The demo city: a synthetic 随州 of any size, made from a seed and the 2020 census, with a past.
//!
//! Pure: no input or output, no clock, no randomness of its own. The same [`Options`] and villages
//! give the same [`City`], byte for byte (invariant 12). How it is made, every assumption and the
//! people to look for stand in `docs/demo-city.md`.

mod calendar;
mod census;
mod children;
mod city;
mod draft;
mod elders;
mod households;
mod merit;
mod named;
mod names;
mod numbers;
mod persons;
mod places;
mod pool;
mod rates;
mod receipts;
mod records;
mod rng;
mod rolls;
mod settle;
mod tags;
mod writer;

pub use city::{City, Contact, Named, Options, Person, Receipt, Record, Roll, Set, Value, Village};

use calendar::Calendar;
use households::Builder;
use places::Places;
use pool::Pool;
use rng::Rng;
use settle::Settler;
use tags::{Quotas, Tagger};
use writer::Writer;

/// Makes the city. `areas` are the villages (towns may be among them: their names go into addresses).
pub fn generate(options: &Options, areas: &[Village]) -> City {
    let calendar = Calendar::new(options.today);
    let places = Places::new(areas);
    let mut quotas = Quotas::new();
    let mut writer = Writer::new(&calendar, &places, options.seed, options.people);
    let cells = pool::cells(options.people, &census::COUNTIES);
    for (at, (county, cells)) in census::COUNTIES.iter().zip(cells).enumerate() {
        let mut rng = Rng::new(options.seed, at as u64 + 1);
        let people = cells.iter().flatten().sum();
        let mut pool = Pool::new(&cells, &mut rng);
        let made = named::households(at, &mut pool);
        let mut builder = Builder {
            rng: &mut rng,
            pool,
            made,
            away: 0,
        };
        households::build(county, people, &mut builder);
        let Builder {
            made: mut households,
            away,
            ..
        } = builder;
        Settler::new(&mut rng, &calendar, &places, (at, county), people)
            .settle(&mut households, away);
        for household in &households {
            let mut tagger = Tagger {
                rng: &mut rng,
                calendar: &calendar,
                places: &places,
                quotas: &mut quotas,
            };
            let tags = tagger.household(household);
            writer.household(at, household, &tags);
        }
    }
    writer.finish()
}

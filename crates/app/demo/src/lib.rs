//! The demo city: a synthetic 随州 of any size, made from a seed and the 2020 census, with a past.
//!
//! Pure: no input or output, no clock, no randomness of its own. The same [`Options`] and villages
//! give the same city, byte for byte (invariant 12). How it is made, every assumption and the people to
//! look for stand in `docs/demo-city.md`.
//!
//! A whole city does not fit into memory as people: [`survey`] goes through it once and tells what has to
//! be known first, [`stream`] goes through it again and hands the people out in chunks. [`generate`]
//! collects both, for tests and small cities.

mod calendar;
mod census;
mod children;
mod city;
mod draft;
mod elders;
mod households;
mod maker;
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
mod stream;
mod survey;
mod tags;
mod writer;

pub use city::{City, Contact, Named, Options, Person, Receipt, Record, Roll, Set, Value, Village};
pub use stream::{Chunk, Stream, stream};
pub use survey::{Survey, survey};

/// People of a chunk where nobody chose.
const CHUNK: usize = 2_000;

/// Makes the whole city in memory: [`survey`] and [`stream`] put together.
pub fn generate(options: &Options, areas: &[Village]) -> City {
    let Survey {
        people,
        rolls,
        named,
    } = survey(options, areas);
    let mut city = City {
        people: Vec::with_capacity(people),
        rolls,
        receipts: Vec::new(),
        named,
    };
    for chunk in stream(options, areas, CHUNK) {
        city.people.extend(chunk.people);
        city.receipts.extend(chunk.receipts);
    }
    city
}

/// Programmes whose rolls of what is in payment the demo loads.
pub const PROGRAMMES: [&str; 9] = [
    "care_service_subsidy",
    "dibao",
    "employee_pension",
    "hard_disability_living",
    "nursing_subsidy",
    "resident_pension",
    "senior_allowance",
    "severe_disability_nursing",
    "tekun_support",
];

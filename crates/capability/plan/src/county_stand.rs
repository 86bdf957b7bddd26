//! Which counties have a list of their own in force, and how it stands against the city's now.

use crate::book::PlanBook;
use crate::county::CountyVersion;
use crate::version::VersionId;
use kernel::Day;
use rules::county::{CountyReport, compare};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Reports by the digests of city and county.
type Reports = BTreeMap<(String, String), Arc<CountyReport>>;

/// Published versions never change, so neither do these.
static REPORTS: LazyLock<Mutex<Reports>> = LazyLock::new(Mutex::default);

/// A body with county powers, and its list.
#[derive(Debug, Clone)]
pub struct CountyStand {
    /// Its key: a code, or a management area's.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its list in force, if it has published one.
    pub list: Option<CountyListStand>,
}

/// A county list in force, against the city's in force.
#[derive(Debug, Clone)]
pub struct CountyListStand {
    /// The version.
    pub id: VersionId,
    /// In force from this day.
    pub from: Day,
    /// City items that are not on it.
    pub missing: usize,
    /// City items that it does less for.
    pub below: usize,
    /// Items of its own, and places where it does more.
    pub more: usize,
}

/// How a published county list stands against the city's list in force on a day.
pub fn stands(book: &PlanBook, county: &CountyVersion, day: Day) -> Option<Arc<CountyReport>> {
    let city = book.city_in_force(day)?;
    let key = (city.digest.clone(), county.version.digest.clone());
    let known = || REPORTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(report) = known().get(&key) {
        return Some(Arc::clone(report));
    }
    let report = Arc::new(compare(&city.folder, &county.folder).ok()?);
    known().insert(key, Arc::clone(&report));
    Some(report)
}

/// Every county and management area of the city's trees with its list on a day.
pub fn county_stands(book: &PlanBook, day: Day) -> Vec<CountyStand> {
    let Some(city) = book.city_in_force(day) else {
        return Vec::new();
    };
    let areas = &city.folder.areas;
    let counties = areas.counties.iter();
    let counties = counties.map(|county| (county.code.prefix().to_owned(), county.name.clone()));
    let management = areas.management.iter();
    let management = management.map(|body| (body.code.clone(), body.name.clone()));
    let lists = book.counties_in_force(day);
    let mut out: Vec<CountyStand> = Vec::new();
    for (key, name) in counties.chain(management) {
        let list = lists.iter().find(|list| list.key() == key);
        let list = list.map(|list| list_stand(book, list, day));
        out.push(CountyStand { key, name, list });
    }
    for list in lists {
        if !out.iter().any(|known| known.key == list.key()) {
            out.push(CountyStand {
                key: list.key().to_owned(),
                name: list.folder.plan.place.clone(),
                list: Some(list_stand(book, &list, day)),
            });
        }
    }
    out
}

fn list_stand(book: &PlanBook, list: &CountyVersion, day: Day) -> CountyListStand {
    let report = stands(book, list, day);
    let count = |of: &dyn Fn(&CountyReport) -> usize| report.as_deref().map_or(0, of);
    CountyListStand {
        id: list.version.id.clone(),
        from: list.publication.in_force_from,
        missing: count(&CountyReport::missing),
        below: count(&CountyReport::below),
        more: count(&|report| {
            let more = report.differences.iter().filter(|one| !one.kind.is_fault());
            more.count()
        }),
    }
}

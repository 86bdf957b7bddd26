//! Figures computed from the register: nobody types them.
//!
//! Rows A20, A22–A52 (what rates are taken of), invariants 5 and 8: by 常住地, for the whole place, the
//! counties of the 行政区划 and the bodies of the 管理区划, as of the day, with formula, numerator and
//! denominator.

use crate::places::{self, Place};
use crate::value::{self, Kind, New};
use area::api::AreaBook;
use figures::Num;
use people::api::Residents;
use store::{Audit, Store, StoreResult};

/// A figure of the register.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Computed {
    /// Its measure id.
    pub(crate) id: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// 养老 or 托育.
    pub(crate) domain: &'static str,
    /// Its unit.
    pub(crate) unit: &'static str,
    /// The formula in words.
    pub(crate) formula: &'static str,
    count: fn(&Counts) -> i64,
    of: Option<fn(&Counts) -> i64>,
}

/// Sums over towns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    people: i64,
    dated: i64,
    elders: i64,
    eldest: i64,
    infants: i64,
}

/// Where they come from.
pub(crate) const SOURCE: &str = "人员档案（按常住地）";

/// All of them.
pub(crate) const ALL: [Computed; 6] = [
    Computed {
        id: "elders_60",
        name: "60岁以上常住老人",
        domain: "养老",
        unit: "人",
        formula: "在册、健在、常住地在辖区、当日满60周岁的人数",
        count: |c| c.elders,
        of: None,
    },
    Computed {
        id: "elders_60_share",
        name: "60岁以上老人占常住人口比例",
        domain: "养老",
        unit: "%",
        formula: "60周岁及以上常住老人 ÷ 出生日期已知的在册常住人口 × 100",
        count: |c| c.elders,
        of: Some(|c| c.dated),
    },
    Computed {
        id: "elders_80",
        name: "80岁以上高龄老人",
        domain: "养老",
        unit: "人",
        formula: "在册、健在、常住地在辖区、当日满80周岁的人数",
        count: |c| c.eldest,
        of: None,
    },
    Computed {
        id: "elders_80_share",
        name: "高龄老人占老年人比例",
        domain: "养老",
        unit: "%",
        formula: "80周岁及以上 ÷ 60周岁及以上 × 100",
        count: |c| c.eldest,
        of: Some(|c| c.elders),
    },
    Computed {
        id: "children_under_3",
        name: "3岁以下婴幼儿",
        domain: "托育",
        unit: "人",
        formula: "在册、健在、常住地在辖区、当日未满36个月的人数",
        count: |c| c.infants,
        of: None,
    },
    Computed {
        id: "residents",
        name: "在册常住人口",
        domain: "托育",
        unit: "人",
        formula: "在册、健在、常住地在辖区的人数",
        count: |c| c.people,
        of: None,
    },
];

/// The figure of this id.
pub(crate) fn of(id: &str) -> Option<&'static Computed> {
    ALL.iter().find(|computed| computed.id == id)
}

/// Computes all of them for the store's today; returns how many values are new. A value that is still
/// the same within its month is not written again.
pub(crate) async fn refresh(
    store: &Store,
    book: &AreaBook,
    actor: &authz::Actor,
) -> StoreResult<usize> {
    let today = store.clock().today();
    let towns = people::api::residents(store, today).await?;
    let mut places: Vec<Place> = places::whole(book).into_iter().collect();
    places.extend(places::counties(book));
    places.extend(places::bodies(book));
    let mut tx = store.begin(actor, None).await?;
    let known = value::known_latest(&tx, today, tx.at()).await?;
    let mut written = 0;
    for place in &places {
        let counts = sum(&towns, place);
        for computed in &ALL {
            let Some(new) = computed.value(&counts, place, today) else {
                continue;
            };
            let key = (new.measure.clone(), new.area.clone());
            let same = known.get(&key).is_some_and(|last| {
                last.day.first_of_month() == today.first_of_month()
                    && (last.value, last.numerator, last.denominator)
                        == (new.value, new.numerator, new.denominator)
            });
            if !same {
                value::record(&mut tx, &new).await?;
                written += 1;
            }
        }
    }
    if written == 0 {
        tx.rollback().await?;
        return Ok(0);
    }
    tx.audit(Audit::new("figure.compute").with("values", written as i64));
    tx.commit().await?;
    Ok(written)
}

fn sum(towns: &[Residents], place: &Place) -> Counts {
    let mut out = Counts::default();
    for town in towns {
        if place.areas.iter().any(|area| area.contains(&town.town)) {
            out.people += town.people;
            out.dated += town.dated;
            out.elders += town.elders;
            out.eldest += town.eldest;
            out.infants += town.infants;
        }
    }
    out
}

impl Computed {
    fn value(&self, counts: &Counts, place: &Place, today: kernel::Day) -> Option<New> {
        let numerator = Num::whole((self.count)(counts));
        let denominator = self.of.map(|of| Num::whole(of(counts)));
        let value = match denominator {
            None => numerator,
            // A share of nobody is no figure.
            Some(denominator) => (numerator * Num::whole(100)).over(denominator)?.round(2),
        };
        Some(New {
            measure: self.id.to_owned(),
            area: place.key.clone(),
            day: today,
            value,
            numerator: Some(numerator),
            denominator,
            kind: Kind::Computed,
            source: SOURCE.to_owned(),
            note: None,
        })
    }
}

//! Figures computed from the register: nobody types them.
//!
//! Rows A20, A22–A52 (what rates are taken of), C01; invariants 5, 8 and 9: for the whole place, the
//! counties of the 行政区划 and the bodies of the 管理区划, as of the day, with formula, numerator and
//! denominator. People by 常住地; money by 户籍地, and no figure where no roll was ever loaded.

use crate::places::{self, Place};
use crate::rollup::{self, Amount, Leaves};
use crate::value::{self, Kind, New};
use area::api::AreaBook;
use figures::Num;
use rules::folder::Cycle;
use store::{Audit, Store, StoreResult};

/// A figure of the register.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Computed {
    /// Its measure id.
    pub(crate) id: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// 养老, 托育 or 资金.
    pub(crate) domain: &'static str,
    /// Its unit.
    pub(crate) unit: &'static str,
    /// The formula in words.
    pub(crate) formula: &'static str,
    /// More is better, less is better, or neither.
    pub(crate) down: Option<bool>,
    /// The figure of the drill-down that adds up to it (or to its numerator).
    pub(crate) drill: Option<&'static str>,
    count: fn(&Counts) -> Option<i64>,
    of: Option<fn(&Counts) -> i64>,
    fen: bool,
}

/// Sums over places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    people: i64,
    dated: i64,
    elders: i64,
    eldest: i64,
    infants: i64,
    // None where no roll of any programme was ever loaded (invariant 9).
    money: Option<Money>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Money {
    receiving: Amount,
    owed: Amount,
    undue: Amount,
}

/// Where figures of people come from.
const RESIDENTS: &str = "人员档案（按常住地）";
/// Where figures of money come from.
const MONEY: &str = "在享花名册与服务清单资格计算（按户籍地）";

const fn people(
    id: &'static str,
    name: &'static str,
    domain: &'static str,
    formula: &'static str,
    count: fn(&Counts) -> Option<i64>,
) -> Computed {
    Computed {
        id,
        name,
        domain,
        unit: "人",
        formula,
        down: None,
        drill: Some(id),
        count,
        of: None,
        fen: false,
    }
}

const fn money(
    id: &'static str,
    name: &'static str,
    unit: &'static str,
    formula: &'static str,
    drill: Option<&'static str>,
    count: fn(&Counts) -> Option<i64>,
) -> Computed {
    Computed {
        id,
        name,
        domain: "资金",
        unit,
        formula,
        down: None,
        drill,
        count,
        of: None,
        fen: false,
    }
}

/// All of them.
pub(crate) const ALL: [Computed; 12] = [
    people(
        "elders_60",
        "60岁以上常住老人",
        "养老",
        "在册、健在、常住地在辖区、当日满60周岁的人数",
        |c| Some(c.elders),
    ),
    Computed {
        unit: "%",
        drill: Some("elders_60"),
        of: Some(|c| c.dated),
        ..people(
            "elders_60_share",
            "60岁以上老人占常住人口比例",
            "养老",
            "60周岁及以上常住老人 ÷ 出生日期已知的在册常住人口 × 100",
            |c| Some(c.elders),
        )
    },
    people(
        "elders_80",
        "80岁以上高龄老人",
        "养老",
        "在册、健在、常住地在辖区、当日满80周岁的人数",
        |c| Some(c.eldest),
    ),
    Computed {
        unit: "%",
        drill: Some("elders_80"),
        of: Some(|c| c.elders),
        ..people(
            "elders_80_share",
            "高龄老人占老年人比例",
            "养老",
            "80周岁及以上 ÷ 60周岁及以上 × 100",
            |c| Some(c.eldest),
        )
    },
    people(
        "children_under_3",
        "3岁以下婴幼儿",
        "托育",
        "在册、健在、常住地在辖区、当日未满36个月的人数",
        |c| Some(c.infants),
    ),
    people(
        "residents",
        "在册常住人口",
        "托育",
        "在册、健在、常住地在辖区的人数",
        |c| Some(c.people),
    ),
    money(
        "receiving_people",
        "本月在享",
        "人次",
        "已接入的按月发放项目，当日在享的人次；一人享几项计几次",
        None,
        |c| Some(c.money?.receiving.people),
    ),
    Computed {
        fen: true,
        ..money(
            "receiving_money",
            "本月应发金额",
            "万元",
            "已接入的按月发放项目，当日在享各人月标准之和",
            None,
            |c| Some(c.money?.receiving.fen),
        )
    },
    Computed {
        down: Some(true),
        ..money(
            "owed_people",
            "应享未享",
            "人次",
            "已接入项目中，符合条件而花名册上没有的人次；一人几项计几次",
            Some("owed"),
            |c| Some(c.money?.owed.people),
        )
    },
    Computed {
        fen: true,
        down: Some(true),
        ..money(
            "owed_money",
            "应享未享每期金额",
            "万元",
            "应享未享各项的标准之和；标准待确认的不计",
            Some("owed"),
            |c| Some(c.money?.owed.fen),
        )
    },
    Computed {
        down: Some(true),
        ..money(
            "undue_people",
            "不应享仍享",
            "人次",
            "已接入项目中，花名册上有而条件已不符合（去世、情况变化）的人次",
            Some("undue"),
            |c| Some(c.money?.undue.people),
        )
    },
    Computed {
        fen: true,
        down: Some(true),
        ..money(
            "undue_money",
            "不应享仍享每期金额",
            "万元",
            "不应享仍享各项花名册上的金额之和",
            Some("undue"),
            |c| Some(c.money?.undue.fen),
        )
    },
];

/// The figure of this id.
pub(crate) fn of(id: &str) -> Option<&'static Computed> {
    ALL.iter().find(|computed| computed.id == id)
}

/// What may be paid monthly: the programmes whose receipts add up to a month's money.
fn monthly(list: Option<&plan::api::Published>) -> Vec<String> {
    list.map_or_else(Vec::new, |published| {
        let programmes = published.list.programmes().iter();
        programmes
            .filter(|row| row.programme.cycle == Cycle::Month)
            .map(|row| row.programme.id.clone())
            .collect()
    })
}

/// Computes all of them for the store's today; returns how many values are new. A value that is still
/// the same within its month is not written again.
pub(crate) async fn refresh(
    store: &Store,
    book: &AreaBook,
    list: Option<&plan::api::Published>,
    actor: &authz::Actor,
) -> StoreResult<usize> {
    let today = store.clock().today();
    let residents = people::api::residents_by_area(store, today).await?;
    let sums = entitle::api::sums(store, today).await?;
    let connected = entitle::api::connected(store).await?;
    let leaves = rollup::leaves(&residents, &sums);
    let monthly = monthly(list);
    let mut places: Vec<Place> = places::whole(book).into_iter().collect();
    places.extend(places::counties(book));
    places.extend(places::bodies(book));
    let mut tx = store.begin(actor, None).await?;
    let known = value::known_latest(&tx, today, tx.at()).await?;
    let mut written = 0;
    for place in &places {
        let counts = sum(&leaves, &monthly, connected.any_within(&place.areas), place);
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
    let moved = rollup::replace(&mut tx, today, &leaves).await?;
    if written == 0 && !moved {
        tx.rollback().await?;
        return Ok(0);
    }
    tx.audit(
        Audit::new("figure.compute")
            .with("values", written as i64)
            .with("places", leaves.len() as i64),
    );
    tx.commit().await?;
    Ok(written)
}

fn sum(leaves: &Leaves, monthly: &[String], connected: bool, place: &Place) -> Counts {
    let mut out = Counts::default();
    let mut money = Money::default();
    for ((figure, area), amount) in leaves {
        let inside = |code| place.areas.iter().any(|area| area.contains(code));
        if !area.as_ref().is_some_and(inside) {
            continue;
        }
        match figure.as_str() {
            "residents" => out.people += amount.people,
            "dated" => out.dated += amount.people,
            "elders_60" => out.elders += amount.people,
            "elders_80" => out.eldest += amount.people,
            "children_under_3" => out.infants += amount.people,
            "owed" => money.owed.add(*amount),
            "undue" => money.undue.add(*amount),
            other => {
                let receiving = other.strip_prefix("receiving:");
                if receiving.is_some_and(|id| monthly.iter().any(|known| known == id)) {
                    money.receiving.add(*amount);
                }
            }
        }
    }
    out.money = connected.then_some(money);
    out
}

impl Computed {
    /// Where it comes from, in words.
    pub(crate) fn source(&self) -> &'static str {
        if self.domain == "资金" {
            MONEY
        } else {
            RESIDENTS
        }
    }

    /// It counts people, so small counts are kept (product.md 42).
    pub(crate) const fn counts_people(&self) -> bool {
        self.of.is_none() && !self.fen
    }

    /// By which area people are counted.
    pub(crate) fn basis(&self) -> &'static str {
        if self.domain == "资金" {
            "按户籍地统计（钱随户籍走）；没有接入花名册的项目不计。"
        } else {
            "按常住地统计，去世的不计。"
        }
    }

    fn value(&self, counts: &Counts, place: &Place, today: kernel::Day) -> Option<New> {
        let hundred = Num::whole(100);
        let count = Num::whole((self.count)(counts)?);
        let numerator = if self.fen {
            count.over(hundred)?
        } else {
            count
        };
        let denominator = self.of.map(|of| Num::whole(of(counts)));
        let value = match denominator {
            None => numerator,
            // A share of nobody is no figure.
            Some(denominator) => (numerator * hundred).over(denominator)?.round(2),
        };
        Some(New {
            measure: self.id.to_owned(),
            area: place.key.clone(),
            day: today,
            value,
            numerator: Some(numerator),
            denominator,
            kind: Kind::Computed,
            source: self.source().to_owned(),
            note: None,
        })
    }
}

//! What can be opened: residents, findings, people to be settled, and every item's states.

use kernel::AreaCode;
use plan::api::Published;
use rules::folder::AreaBasis;

/// Where the numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// [`crate::rollup`], as of its day.
    Rollup(&'static str),
    /// The tallies of entitlement, as of now: item (0 for people) and state.
    Tally(u16, &'static str),
}

/// A count with an address of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    /// As it stands in addresses.
    pub(crate) key: String,
    /// Its name.
    pub(crate) name: String,
    /// 人 or 人次.
    pub(crate) unit: &'static str,
    /// By which area it counts, in words.
    pub(crate) basis: &'static str,
    /// Counted by 户籍: who decides and pays comes first (管理区划).
    pub(crate) money: bool,
    /// Where its numbers come from.
    pub(crate) source: Source,
}

/// States of an item that can be opened, with their words.
pub(crate) const STATES: [(&str, &str); 6] = [
    ("yes", "符合"),
    ("receiving", "在享"),
    ("owed", "应享未享"),
    ("undue", "不应享仍享"),
    ("unknown", "待核实"),
    ("ask", "可申请"),
];

/// Figures that are not an item's: key, name, unit, by 户籍, source.
const PLAIN: [(&str, &str, &str, Source); 7] = [
    (
        "elders_60",
        "60岁以上常住老人",
        "人",
        Source::Rollup("elders_60"),
    ),
    (
        "elders_80",
        "80岁以上高龄老人",
        "人",
        Source::Rollup("elders_80"),
    ),
    (
        "children_under_3",
        "3岁以下婴幼儿",
        "人",
        Source::Rollup("children_under_3"),
    ),
    (
        "residents",
        "在册常住人口",
        "人",
        Source::Rollup("residents"),
    ),
    ("owed", "应享未享", "人次", Source::Rollup("owed")),
    ("undue", "不应享仍享", "人次", Source::Rollup("undue")),
    ("unknown", "待核实", "人", Source::Tally(0, "unknown")),
];

/// All figures of a list: those without it, and the states of its items.
pub(crate) fn all(list: Option<&Published>) -> Vec<Figure> {
    let mut out: Vec<Figure> = PLAIN
        .iter()
        .map(|(key, name, unit, source)| {
            let money = matches!(source, Source::Rollup("owed" | "undue"));
            Figure {
                key: (*key).to_owned(),
                name: (*name).to_owned(),
                unit,
                basis: match source {
                    _ if money => "按户籍地",
                    Source::Tally(..) => "按常住地，没有登记常住地的按户籍地",
                    Source::Rollup(_) => "按常住地",
                },
                money,
                source: *source,
            }
        })
        .collect();
    for item in list.iter().flat_map(|published| published.list.items()) {
        let service = &item.service;
        let money = service.area_basis == AreaBasis::Hukou;
        out.extend(STATES.iter().map(|(state, words)| Figure {
            key: item_key(service.no, state),
            name: format!("{}：{words}", service.name),
            unit: "人",
            basis: if money {
                "按户籍地"
            } else {
                "按常住地"
            },
            money,
            source: Source::Tally(service.no, state),
        }));
    }
    out
}

/// The figure of an item's state.
pub(crate) fn item_key(no: u16, state: &str) -> String {
    format!("item-{no}-{state}")
}

/// The figure of this key.
pub(crate) fn of(key: &str, list: Option<&Published>) -> Option<Figure> {
    all(list).into_iter().find(|figure| figure.key == key)
}

/// The address of a figure opened at a place.
pub(crate) fn href(key: &str, area: &str, tree: &str) -> String {
    let mut out = format!("/dashboard/drill?figure={}", ui::query_encode(key));
    for (name, value) in [("area", area), ("tree", tree)] {
        if !value.is_empty() {
            out.push_str(&format!("&{name}={}", ui::query_encode(value)));
        }
    }
    out
}

impl Figure {
    /// The list of people behind it in an area.
    pub(crate) fn list(&self, area: &AreaCode) -> String {
        match self.source {
            Source::Rollup("elders_60") => format!("/people?area={area}&basis=residence"),
            Source::Rollup("elders_80") => {
                format!("/people?area={area}&basis=residence&age=80plus")
            }
            Source::Rollup("residents") => format!("/people?area={area}&basis=residence&age=all"),
            Source::Rollup("children_under_3") => format!("/children?area={area}&basis=residence"),
            Source::Rollup("undue") => format!("/owed?area={area}&kind=undue"),
            Source::Rollup(_) => format!("/owed?area={area}"),
            Source::Tally(0, _) => format!("/unsettled?area={area}"),
            Source::Tally(no, state) => format!("/list/{no}/people?area={area}&state={state}"),
        }
    }
}

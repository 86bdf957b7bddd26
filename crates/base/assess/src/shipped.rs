//! The scales that come with the program.

use crate::scheme::Scheme;
use std::sync::OnceLock;

/// Texts of the scales, in the order in which they are offered.
pub(crate) const TEXTS: [&str; 5] = [
    include_str!("../../../../schemes/gbt-42195-2022.toml"),
    include_str!("../../../../schemes/tekun-2021.toml"),
    include_str!("../../../../schemes/ltc-2021.toml"),
    include_str!("../../../../schemes/child-need-2025.toml"),
    include_str!("../../../../schemes/mzt-039-2013.toml"),
];

/// Every scale. A text that does not read is left out; the tests read them all.
pub fn all() -> &'static [Scheme] {
    static ALL: OnceLock<Vec<Scheme>> = OnceLock::new();
    ALL.get_or_init(|| {
        TEXTS
            .iter()
            .filter_map(|text| Scheme::parse(text).ok())
            .collect()
    })
}

/// A scale by its key.
pub fn by_id(id: &str) -> Option<&'static Scheme> {
    all().iter().find(|scheme| scheme.id == id)
}

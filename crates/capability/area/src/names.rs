//! Names of areas as people say them: 「龙头湾村委会」 is 龙头湾村, 「乌龙巷居委会（社区）」 is 乌龙巷社区.

/// Official endings of villages and what stands for them, longest first.
const ENDINGS: &[(&str, &str)] = &[
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("居委会（社区）", "社区"),
    ("居委会(社区)", "社区"),
    ("居民委员会", "居委会"),
    ("村民委员会", "村"),
    ("村委会", "村"),
];

/// The name without its official ending, as it stands in addresses and lists.
pub fn plain(name: &str) -> String {
    for (ending, short) in ENDINGS {
        if let Some(stem) = name.strip_suffix(ending)
            && !stem.is_empty()
        {
            return if stem.ends_with(short) {
                stem.to_owned()
            } else {
                format!("{stem}{short}")
            };
        }
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn official_endings_become_what_people_say() {
        for (official, said) in [
            ("龙头湾村委会", "龙头湾村"),
            ("中心村村委会", "中心村"),
            ("双河村民委员会", "双河村"),
            ("乌龙巷居委会（社区）", "乌龙巷社区"),
            ("白云湖社区居民委员会", "白云湖社区"),
            ("万店居委会", "万店居委会"),
            ("万店镇", "万店镇"),
            ("村委会", "村委会"),
        ] {
            assert_eq!(plain(official), said, "{official}");
        }
    }
}

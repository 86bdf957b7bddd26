//! The names an area goes by.

/// How near a name is to the official one; smaller is nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(u32);

impl Rank {
    /// The name itself.
    pub(super) const NAME: Self = Self(0);
    /// A name it had earlier.
    pub(super) const OLD: Self = Self(1);
    /// The name with another word for what it is: 村委会 for 村.
    const WORD: Self = Self(2);
    /// The name without that word.
    const SHORT: Self = Self(4);

    pub(super) const fn plus(self, more: Self) -> Self {
        Self(self.0 + more.0)
    }

    pub(super) const fn number(self) -> u32 {
        self.0
    }
}

/// Words that mean the same stand in one line; the first of each line is the common one. Longer words
/// stand before those they end with.
type Family = &'static [&'static str];

/// Words for villages.
const VILLAGE: &[Family] = &[
    &["村", "村村民委员会", "村村委会", "村民委员会", "村委会"],
    &[
        "社区",
        "社区居民委员会",
        "社区居委会",
        "居民委员会",
        "居委会",
    ],
];
/// Words for towns.
const TOWN: &[Family] = &[
    &["街道", "街道办事处", "街道办", "街办"],
    &["镇", "镇人民政府"],
    &["乡", "乡人民政府"],
];
/// Words for all above.
const ABOVE: &[Family] = &[
    &["自治区"],
    &["自治州"],
    &["自治县"],
    &["省"],
    &["市"],
    &["区"],
    &["县"],
    &["州"],
    &["旗"],
];

/// A text without spaces and the signs between names.
pub(super) fn simple(text: &str) -> String {
    text.chars()
        .filter(|c| {
            !c.is_whitespace()
                && !matches!(
                    c,
                    '/' | '\\'
                        | '-'
                        | '—'
                        | '>'
                        | '→'
                        | ','
                        | '，'
                        | '、'
                        | '|'
                        | '·'
                        | '.'
                        | ';'
                        | ':'
                )
        })
        .collect()
}

/// A name in all its forms.
pub(super) fn variants(name: &str) -> Vec<(String, Rank)> {
    let name = simple(&crate::value::narrow(name));
    let mut out = vec![(name.clone(), Rank::NAME)];
    for (families, swap) in [(VILLAGE, true), (TOWN, true), (ABOVE, false)] {
        let ending = |word: &&&str| name.ends_with(**word);
        let longest = |family: &Family| family.iter().filter(ending).map(|word| word.len()).max();
        let own = families
            .iter()
            .filter_map(|f| Some((longest(f)?, *f)))
            .max_by_key(|f| f.0);
        let Some((length, own)) = own else {
            continue;
        };
        let stem = name.get(..name.len() - length).unwrap_or("");
        if stem.is_empty() {
            continue;
        }
        if swap {
            for family in families {
                let rank = if *family == own {
                    Rank::NAME
                } else {
                    Rank::WORD
                };
                out.extend(family.iter().map(|word| (format!("{stem}{word}"), rank)));
            }
        }
        if stem.chars().count() >= 2 {
            out.push((stem.to_owned(), Rank::SHORT));
        }
        break;
    }
    out
}

/// Provinces as they are called for short.
const PROVINCES: &[&str] = &[
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
];

/// A path without a province or city at its beginning, in the ways that can be meant.
pub(super) fn without_above(path: &str) -> impl Iterator<Item = &str> {
    let worded = ["省", "自治区", "市"].into_iter().filter_map(move |word| {
        let at = path.find(word)?;
        let short = path.get(..at)?.chars().count() <= 8;
        path.get(at + word.len()..).filter(|_| short)
    });
    let bare = PROVINCES
        .iter()
        .filter_map(move |province| path.strip_prefix(province));
    worded.chain(bare).filter(|rest| !rest.is_empty())
}

/// Whether what follows a village is a group, a street or a house number.
pub(super) fn remainder_is_an_address(rest: &str) -> bool {
    let count = rest.chars().take_while(|c| is_number(*c)).count();
    let after: String = rest.chars().skip(count).collect();
    let numbered = count > 0
        && (after.is_empty()
            || [
                "组", "号", "栋", "幢", "单元", "室", "队", "社", "楼", "巷", "小区",
            ]
            .iter()
            .any(|word| after.starts_with(word)));
    numbered || rest.contains('号') || rest.ends_with('组') || rest.ends_with('湾')
}

fn is_number(sign: char) -> bool {
    sign.is_ascii_digit() || "一二三四五六七八九十百〇零".contains(sign)
}

//! Lists: page, size, sort and filters read from the address; an unknown key is an error that
//! names it (invariant 4), never a filter that silently matches everyone.

use crate::error::PageError;
use crate::text::query_encode;

/// Page sizes a reader may choose.
pub const PAGE_SIZES: [u32; 3] = [20, 50, 100];

/// Last page reachable by number; further on by key (engineering.md 17).
pub const LAST_PAGE: u32 = 200;

/// What a list may be asked for.
#[derive(Debug, Clone, Copy)]
pub struct ListSpec {
    /// Filter keys.
    pub filters: &'static [&'static str],
    /// Sort keys; each must be an indexed column.
    pub sorts: &'static [&'static str],
    /// Sort key when none is asked for; empty for the list's own order.
    pub default_sort: &'static str,
    /// Default order is descending.
    pub default_desc: bool,
}

impl ListSpec {
    /// A list without sorting: filters in the order they stand in an address.
    pub const fn filtered(filters: &'static [&'static str]) -> Self {
        Self {
            filters,
            sorts: &[],
            default_sort: "",
            default_desc: false,
        }
    }
}

/// A list as asked for in the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// Page number from 1 to [`LAST_PAGE`].
    pub page: u32,
    /// Rows per page, one of [`PAGE_SIZES`].
    pub size: u32,
    /// Sort key, always one of the spec's (or empty).
    pub sort: String,
    /// Descending.
    pub desc: bool,
    /// Start behind this key (opaque) instead of at a page number.
    pub after: Option<String>,
    /// End before this key (opaque).
    pub before: Option<String>,
    /// Filters that are set, in the spec's order; a key may repeat.
    pub filters: Vec<(String, String)>,
    default_sort: &'static str,
    default_desc: bool,
}

/// Why an address is no list query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryError {
    /// A key the list does not know.
    UnknownKey(String),
    /// A value the key cannot have.
    BadValue {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// A page number past [`LAST_PAGE`].
    TooFar,
}

impl std::fmt::Display for QueryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownKey(key) => write!(f, "没有「{key}」这个查询条件，名单没有显示。"),
            Self::BadValue { key, value } => {
                write!(f, "查询条件「{key}」不能是「{value}」，名单没有显示。")
            }
            Self::TooFar => {
                write!(
                    f,
                    "页码最多到第 {LAST_PAGE} 页，请增加条件缩小范围，或用“下一页”继续翻。"
                )
            }
        }
    }
}

impl std::error::Error for QueryError {}

impl From<QueryError> for PageError {
    fn from(error: QueryError) -> Self {
        Self::bad_request(error.to_string()).link("重新查询", "?")
    }
}

impl ListQuery {
    /// Refuses a value the filter cannot have, and names it (invariant 4).
    pub fn allowed(&self, key: &str, known: impl Fn(&str) -> bool) -> Result<(), PageError> {
        match self.filter(key).filter(|value| !known(value)) {
            None => Ok(()),
            Some(value) => Err(PageError::bad_request(format!(
                "查询条件「{key}」不能是「{value}」，没有显示。"
            ))),
        }
    }

    /// [`ListQuery::parse`] with an error that is a page.
    pub fn of(query: Option<&str>, spec: &ListSpec) -> Result<Self, PageError> {
        Ok(Self::parse(query, spec)?)
    }

    /// Reads the query string of a list page.
    pub fn parse(query: Option<&str>, spec: &ListSpec) -> Result<Self, QueryError> {
        let mut list = Self {
            page: 1,
            size: PAGE_SIZES[0],
            sort: spec.default_sort.into(),
            desc: spec.default_desc,
            after: None,
            before: None,
            filters: Vec::new(),
            default_sort: spec.default_sort,
            default_desc: spec.default_desc,
        };
        let mut typed_desc = None;
        for (key, value) in query_pairs(query.unwrap_or_default()) {
            let bad = || QueryError::BadValue {
                key: key.clone(),
                value: value.clone(),
            };
            match key.as_str() {
                "page" => {
                    list.page = value
                        .parse()
                        .ok()
                        .filter(|page| *page >= 1)
                        .ok_or_else(bad)?;
                    if list.page > LAST_PAGE {
                        return Err(QueryError::TooFar);
                    }
                }
                "size" => {
                    list.size = value
                        .parse()
                        .ok()
                        .filter(|size| PAGE_SIZES.contains(size))
                        .ok_or_else(bad)?;
                }
                "sort" => {
                    if !spec.sorts.contains(&value.as_str()) {
                        return Err(bad());
                    }
                    list.desc = false;
                    list.sort = value;
                }
                "desc" => {
                    typed_desc = Some(match value.as_str() {
                        "1" => true,
                        "0" => false,
                        _ => return Err(bad()),
                    });
                }
                "after" => list.after = Some(value).filter(|v| !v.is_empty()),
                "before" => list.before = Some(value).filter(|v| !v.is_empty()),
                other if spec.filters.contains(&other) => {
                    let value = value.trim().to_owned();
                    if !value.is_empty() {
                        list.filters.push((key, value));
                    }
                }
                _ => return Err(QueryError::UnknownKey(key)),
            }
        }
        if let Some(desc) = typed_desc {
            list.desc = desc;
        }
        list.filters
            .sort_by_key(|(key, _)| spec.filters.iter().position(|f| f == key));
        Ok(list)
    }

    /// The (first) value of a filter, if it is set.
    pub fn filter(&self, key: &str) -> Option<&str> {
        self.filters
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    /// All values of a filter that may repeat.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.filters
            .iter()
            .filter(move |(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    /// Rows before this page.
    pub fn offset(&self) -> u64 {
        u64::from(self.page.saturating_sub(1)) * u64::from(self.size)
    }

    /// The list is read by key, not by page number.
    pub fn by_key(&self) -> bool {
        self.after.is_some() || self.before.is_some()
    }

    /// Address of another page of the same list.
    pub fn page_href(&self, path: &str, page: u32) -> String {
        self.href(path, &[("page", &page.to_string())])
    }

    /// Address of the part behind a key.
    pub fn after_href(&self, path: &str, key: &str) -> String {
        self.href(path, &[("after", key)])
    }

    /// Address of the part before a key.
    pub fn before_href(&self, path: &str, key: &str) -> String {
        self.href(path, &[("before", key)])
    }

    /// Address of the same list with another page size, from the start.
    pub fn size_href(&self, path: &str, size: u32) -> String {
        Self {
            size,
            ..self.clone()
        }
        .href(path, &[])
    }

    /// Address of the same list sorted by a key; the key it is sorted by already turns round.
    pub fn sort_href(&self, path: &str, sort: &str) -> String {
        let desc = self.sort == sort && !self.desc;
        Self {
            sort: sort.into(),
            desc,
            ..self.clone()
        }
        .href(path, &[])
    }

    /// Address of the same list without one filter.
    pub fn without_href(&self, path: &str, key: &str) -> String {
        let mut list = self.clone();
        list.filters.retain(|(k, _)| k != key);
        list.href(path, &[])
    }

    /// Order and page size as hidden fields of a filter form: `(name, value)`.
    pub fn kept(&self) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        if self.size != PAGE_SIZES[0] {
            kept.push(("size".into(), self.size.to_string()));
        }
        if self.sort != self.default_sort || self.desc != self.default_desc {
            if !self.sort.is_empty() {
                kept.push(("sort".into(), self.sort.clone()));
            }
            kept.push(("desc".into(), if self.desc { "1" } else { "0" }.into()));
        }
        kept
    }

    fn href(&self, path: &str, more: &[(&str, &str)]) -> String {
        let kept = self.kept();
        let pairs = self
            .filters
            .iter()
            .chain(&kept)
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .chain(more.iter().copied().filter(|pair| *pair != ("page", "1")));
        let query: Vec<String> = pairs
            .map(|(k, v)| format!("{}={}", query_encode(k), query_encode(v)))
            .collect();
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", query.join("&"))
        }
    }
}

/// Name–value pairs of a query string, decoded; broken escapes stay as they are.
pub fn query_pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (query_decode(key), query_decode(value))
        })
        .collect()
}

fn query_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        let escaped = tail
            .get(..2)
            .filter(|_| byte == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(value) = escaped {
            bytes.push(value);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(if byte == b'+' { b' ' } else { byte });
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: ListSpec = ListSpec {
        filters: &["area", "tag"],
        sorts: &["age", "since"],
        default_sort: "since",
        default_desc: true,
    };

    fn read(query: &str) -> Result<ListQuery, QueryError> {
        ListQuery::parse(Some(query), &SPEC)
    }

    #[test]
    fn unknown_and_impossible_keys_are_named() {
        let bad = |key: &str, value: &str| {
            Err(QueryError::BadValue {
                key: key.into(),
                value: value.into(),
            })
        };
        let cases = [
            ("aera=4213", Err(QueryError::UnknownKey("aera".into()))),
            ("page=0", bad("page", "0")),
            ("page=abc", bad("page", "abc")),
            ("page=201", Err(QueryError::TooFar)),
            ("size=1000", bad("size", "1000")),
            ("sort=phone", bad("sort", "phone")),
            ("desc=yes", bad("desc", "yes")),
        ];
        for (query, expect) in cases {
            assert_eq!(read(query).map(|_| ()), expect, "{query}");
        }
    }

    #[test]
    fn what_is_asked_for_is_read() {
        let list = read("tag=%E7%8B%AC%E5%B1%85&area=&page=3&size=50&sort=age").unwrap();
        assert_eq!(
            (list.page, list.size, list.sort.as_str(), list.desc),
            (3, 50, "age", false)
        );
        assert_eq!(list.filter("tag"), Some("独居"));
        assert_eq!(list.filter("area"), None);
        assert_eq!(list.offset(), 100);
        let list = read("").unwrap();
        assert_eq!(
            (list.page, list.size, list.sort.as_str(), list.desc),
            (1, 20, "since", true)
        );
    }

    #[test]
    fn addresses_keep_the_rest_of_the_query() {
        let list = read("area=421303&size=50&sort=age&page=4").unwrap();
        let cases = [
            (
                list.page_href("/p", 5),
                "/p?area=421303&size=50&sort=age&desc=0&page=5",
            ),
            (
                list.page_href("/p", 1),
                "/p?area=421303&size=50&sort=age&desc=0",
            ),
            (
                list.sort_href("/p", "age"),
                "/p?area=421303&size=50&sort=age&desc=1",
            ),
            (
                list.sort_href("/p", "since"),
                "/p?area=421303&size=50&sort=since&desc=0",
            ),
            (list.size_href("/p", 20), "/p?area=421303&sort=age&desc=0"),
            (
                list.without_href("/p", "area"),
                "/p?size=50&sort=age&desc=0",
            ),
            (
                list.after_href("/p", "k 1"),
                "/p?area=421303&size=50&sort=age&desc=0&after=k%201",
            ),
        ];
        for (href, expect) in cases {
            assert_eq!(href, expect);
        }
        assert_eq!(read("").unwrap().page_href("/p", 1), "/p");
    }

    #[test]
    fn an_address_read_back_is_the_same_list() {
        let list = read("tag=a%26b&tag=c&area=42&size=100&sort=age&desc=1").unwrap();
        let href = list.page_href("", 7);
        let again = read(href.trim_start_matches('?')).unwrap();
        assert_eq!(again, ListQuery { page: 7, ..list });
    }
}

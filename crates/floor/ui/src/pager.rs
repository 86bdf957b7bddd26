//! Table heads that sort and the pager below a list.

use crate::list::{LAST_PAGE, ListQuery, PAGE_SIZES};
use crate::text::grouped;
use askama::Template;
use askama::filters::HtmlSafe;

/// How many rows a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// Counted to the end.
    Exact(u64),
    /// Counting stopped here: 超过 10,000.
    Over(u64),
}

impl Total {
    /// From a count that stopped at `cap` rows (count up to `cap + 1`).
    pub fn capped(counted: u64, cap: u64) -> Self {
        if counted > cap {
            Self::Over(cap)
        } else {
            Self::Exact(counted)
        }
    }

    /// In words: `共 1,234 条` or `超过 10,000 条`.
    pub fn words(self) -> String {
        match self {
            Self::Exact(n) => format!("共 {} 条", grouped(n)),
            Self::Over(n) => format!("超过 {} 条", grouped(n)),
        }
    }
}

/// One mark of the pager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// A page number and its address.
    Page(u32, String),
    /// The page shown.
    Here(u32),
    /// Pages left out.
    Gap,
}

/// The pager below a list. Put it into a template as `{{ pager }}`.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/pager.html")]
pub struct Pager {
    /// Total in words.
    pub total: String,
    /// Page numbers.
    pub marks: Vec<Mark>,
    /// Address of the previous page.
    pub previous: Option<String>,
    /// Address of the next page.
    pub next: Option<String>,
    /// Page sizes: size, address, chosen.
    pub sizes: Vec<(u32, String, bool)>,
    /// Rows shown, `第 21–40 条`; empty when read by key.
    pub shown: String,
}

impl HtmlSafe for Pager {}

impl Pager {
    /// The pager of a list at `path`. `next_key` is the key of the last row when rows follow it,
    /// `previous_key` the key of the first row when rows come before it; both are needed only past
    /// page 200.
    pub fn new(
        path: &str,
        query: &ListQuery,
        total: Total,
        next_key: Option<&str>,
        previous_key: Option<&str>,
    ) -> Self {
        let (count, open) = match total {
            Total::Exact(n) => (n, false),
            Total::Over(n) => (n, true),
        };
        let pages = u32::try_from(count.div_ceil(u64::from(query.size))).unwrap_or(u32::MAX);
        let last = pages.clamp(1, LAST_PAGE);
        let here = query.page;
        let by_key = query.by_key();
        let mut marks = Vec::new();
        if !by_key {
            let last = last.max(if open { here.min(LAST_PAGE) } else { 1 });
            let mut before = 0;
            for page in 1..=last {
                let near = page.abs_diff(here) <= 2;
                let end = page == 1 || (page == last && !open);
                if !near && !end {
                    continue;
                }
                if page > before + 1 {
                    marks.push(Mark::Gap);
                }
                before = page;
                marks.push(if page == here {
                    Mark::Here(page)
                } else {
                    Mark::Page(page, query.page_href(path, page))
                });
            }
            if open {
                marks.push(Mark::Gap);
            }
        }
        let by_number = |page: u32| query.page_href(path, page);
        let previous = if by_key {
            previous_key.map(|key| query.before_href(path, key))
        } else {
            (here > 1).then(|| by_number(here - 1))
        };
        let next = if by_key || here >= LAST_PAGE {
            next_key.map(|key| query.after_href(path, key))
        } else if here < last || (open && next_key.is_some()) {
            Some(by_number(here + 1))
        } else {
            None
        };
        let from = query.offset() + 1;
        let until = if open {
            from - 1 + u64::from(query.size)
        } else {
            count.min(from - 1 + u64::from(query.size))
        };
        let shown = if by_key || count == 0 || from > until {
            String::new()
        } else {
            format!("第 {}–{} 条", grouped(from), grouped(until))
        };
        let sizes = PAGE_SIZES
            .iter()
            .map(|&size| (size, query.size_href(path, size), size == query.size))
            .collect();
        Self {
            total: total.words(),
            marks,
            previous,
            next,
            sizes,
            shown,
        }
    }

    fn needed(&self) -> bool {
        self.marks.len() > 1 || self.previous.is_some() || self.next.is_some()
    }
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Words of the head.
    pub label: String,
    /// Sort key, if the list sorts by it.
    pub sort: Option<String>,
    /// Numbers: set to the right.
    pub number: bool,
    /// Buttons at the end of the row: head set to the right.
    pub end: bool,
}

impl Column {
    /// A plain column.
    pub fn new(label: &str) -> Self {
        Self {
            label: label.into(),
            sort: None,
            number: false,
            end: false,
        }
    }

    /// A column of numbers.
    pub fn number(label: &str) -> Self {
        Self {
            number: true,
            ..Self::new(label)
        }
    }

    /// The column of a row's buttons.
    pub fn end(label: &str) -> Self {
        Self {
            end: true,
            ..Self::new(label)
        }
    }

    /// The list sorts by it under this key.
    pub fn sort(mut self, key: &str) -> Self {
        self.sort = Some(key.into());
        self
    }
}

/// The head of a list's table: `<table class="table table-list">{{ table }} <tbody>…`. Cells carry
/// `data-label` with the column's words, so that rows become cards on a phone.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/table_head.html")]
pub struct Table {
    caption: String,
    heads: Vec<Head>,
}

impl HtmlSafe for Table {}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Head {
    label: String,
    number: bool,
    end: bool,
    href: Option<String>,
    state: &'static str,
}

impl Table {
    /// A table head; `caption` is read to those who cannot see the table's place on the page.
    pub fn new(caption: &str, columns: &[Column], path: &str, query: &ListQuery) -> Self {
        let heads = columns
            .iter()
            .map(|column| {
                let state = match &column.sort {
                    Some(key) if *key == query.sort => {
                        if query.desc {
                            "descending"
                        } else {
                            "ascending"
                        }
                    }
                    _ => "",
                };
                Head {
                    label: column.label.clone(),
                    number: column.number,
                    end: column.end,
                    href: column.sort.as_ref().map(|key| query.sort_href(path, key)),
                    state,
                }
            })
            .collect();
        Self {
            caption: caption.into(),
            heads,
        }
    }

    fn sortable(&self) -> bool {
        self.heads.iter().any(|head| head.href.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::ListSpec;

    const SPEC: ListSpec = ListSpec {
        filters: &[],
        sorts: &["age"],
        default_sort: "",
        default_desc: false,
    };

    fn marks(query: &str, total: Total) -> String {
        let query = ListQuery::parse(Some(query), &SPEC).unwrap();
        let pager = Pager::new("/p", &query, total, Some("k"), Some("j"));
        let marks: Vec<String> = pager
            .marks
            .iter()
            .map(|mark| match mark {
                Mark::Page(n, _) => n.to_string(),
                Mark::Here(n) => format!("[{n}]"),
                Mark::Gap => "…".into(),
            })
            .collect();
        let previous = pager.previous.unwrap_or_else(|| "-".into());
        let next = pager.next.unwrap_or_else(|| "-".into());
        format!("{previous} | {} | {next}", marks.join(" "))
    }

    #[test]
    fn numbers_up_to_page_200_then_by_key() {
        let cases = [
            ("", Total::Exact(0), "- | [1] | -"),
            ("", Total::Exact(41), "- | [1] 2 3 | /p?page=2"),
            ("page=3", Total::Exact(41), "/p?page=2 | 1 2 [3] | -"),
            (
                "page=9",
                Total::Exact(400),
                "/p?page=8 | 1 … 7 8 [9] 10 11 … 20 | /p?page=10",
            ),
            ("", Total::Over(10000), "- | [1] 2 3 … | /p?page=2"),
            (
                "page=200",
                Total::Over(10000),
                "/p?page=199 | 1 … 198 199 [200] … | /p?after=k",
            ),
            ("after=k", Total::Over(10000), "/p?before=j |  | /p?after=k"),
        ];
        for (query, total, expect) in cases {
            assert_eq!(marks(query, total), expect, "{query}");
        }
    }

    #[test]
    fn totals_stop_at_the_cap() {
        assert_eq!(Total::capped(10_001, 10_000).words(), "超过 10,000 条");
        assert_eq!(Total::capped(9_999, 10_000).words(), "共 9,999 条");
    }

    #[test]
    fn a_sorted_head_says_so() {
        let query = ListQuery::parse(Some("sort=age&desc=1"), &SPEC).unwrap();
        let columns = [Column::new("姓名"), Column::number("年龄").sort("age")];
        let html = Table::new("老年人名单", &columns, "/p", &query).to_string();
        assert!(html.contains(r#"aria-sort="descending""#), "{html}");
    }
}

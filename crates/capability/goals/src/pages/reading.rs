//! Which plan a page reads: a place's published version, or its working draft.

use figures::{Book, Finding};
use host::{Ctx, Failure};
use plan::api::{PlanBook, Shelved, Version, export, lay_acknowledgements, working};
use std::sync::Arc;
use ui::{Choice, PageError, Shell};

/// Filters that every page of a plan has: the place, and `draft=1` for the working draft.
pub(crate) const PLACE: &str = "place";
/// See [`PLACE`].
pub(crate) const DRAFT: &str = "draft";

/// A plan that a page reads.
pub(crate) struct Reading {
    /// Its figures.
    pub(crate) book: Arc<Book>,
    /// What they say about each other, with who acknowledged it.
    pub(crate) findings: Vec<Finding>,
    /// The version.
    pub(crate) version: Version,
    /// It is the working draft.
    pub(crate) draft: bool,
    /// Somebody has a working draft of this place that is not published.
    pub(crate) open_draft: bool,
    /// All places: slug and name, the installation's own first.
    pub(crate) places: Vec<(String, String)>,
}

impl Reading {
    /// The plan that the filters name: the place's published version (the own place first), or its draft.
    pub(crate) async fn of(ctx: &Ctx, place: Option<&str>, draft: bool) -> Result<Self, Failure> {
        let shelf = ctx.app.part::<PlanBook>()?.places();
        let chosen: Arc<Shelved> = match place {
            None => shelf.first().cloned(),
            Some(slug) => shelf
                .iter()
                .find(|shelved| shelved.version.slug == slug)
                .cloned(),
        }
        .ok_or_else(|| {
            PageError::not_found()
                .text("还没有发布这个地方的规划。由管理人员载入规划文件夹并由另一人批准发布。")
        })?;
        let places = shelf
            .iter()
            .map(|shelved| {
                (
                    shelved.version.slug.clone(),
                    shelved.book.head.place.clone(),
                )
            })
            .collect();
        let slug = chosen.version.slug.clone();
        let work = working(&ctx.app.store, &slug).await?;
        let work = work.filter(|version| version.publication.is_none());
        let mut reading = match work.clone().filter(|_| draft) {
            Some(version) => {
                let files = export(&ctx.app.store, &version.id)
                    .await?
                    .unwrap_or_default();
                let book = figures::load(&files).map_err(|_problems| {
                    PageError::bad_request("这个草稿还有问题没有改正，请看校验结果。")
                        .title("草稿有问题")
                        .link("看校验结果", &format!("/list/versions/{}", version.id))
                })?;
                let findings = figures::check(&book, None);
                Self {
                    book: Arc::new(book),
                    findings,
                    version,
                    draft: true,
                    open_draft: true,
                    places,
                }
            }
            None => Self {
                book: Arc::clone(&chosen.book),
                findings: chosen.findings.clone(),
                version: chosen.version.clone(),
                draft: false,
                open_draft: work.is_some(),
                places,
            },
        };
        lay_acknowledgements(&ctx.app.store, &slug, &mut reading.findings).await?;
        Ok(reading)
    }

    /// The folder's short name.
    pub(crate) fn slug(&self) -> &str {
        &self.version.slug
    }

    /// The name of the place.
    pub(crate) fn place(&self) -> &str {
        &self.book.head.place
    }

    /// Whether it is the installation's own place.
    pub(crate) fn own(&self) -> bool {
        self.places
            .first()
            .is_some_and(|(slug, _)| slug == self.slug())
    }

    /// An address that stays with this place and draft: `/plan/rows/x?place=…`.
    pub(crate) fn href(&self, path: &str) -> String {
        let mut out = path.to_owned();
        let mut join = if path.contains('?') { '&' } else { '?' };
        if !self.own() {
            out.push_str(&format!("{join}place={}", ui::query_encode(self.slug())));
            join = '&';
        }
        if self.draft {
            out.push_str(&format!("{join}draft=1"));
        }
        out
    }

    /// The address of a row.
    pub(crate) fn row_href(&self, id: &str) -> String {
        self.href(&format!("/plan/rows/{id}"))
    }

    /// The address of a finding.
    pub(crate) fn finding_href(&self, id: &str) -> String {
        self.href(&format!("/plan/findings/{}", ui::query_encode(id)))
    }

    /// Findings that have this row among their places.
    pub(crate) fn findings_of(&self, row: &str) -> Vec<&Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.places.iter().any(|place| place.row == row))
            .collect()
    }

    /// Places to choose from.
    pub(crate) fn place_choices(&self) -> Vec<Choice> {
        self.places
            .iter()
            .map(|(slug, name)| Choice::new(slug, name))
            .collect()
    }

    /// The frame of a page.
    pub(crate) fn shell(&self, ctx: &Ctx, title: &str) -> Shell {
        ctx.shell(title)
            .crumb("规划任务", self.href("/plan/indicators"))
    }

    /// One line under the heading: place, documents, and that it is a draft.
    pub(crate) fn lead(&self) -> String {
        let documents: Vec<&str> = self
            .book
            .head
            .documents
            .iter()
            .map(|d| d.number.as_str())
            .collect();
        let draft = if self.draft {
            "（草稿，未发布）"
        } else {
            ""
        };
        format!("{}{draft} · 依据 {}", self.place(), documents.join("、"))
    }

    /// The tabs of the plan; `here` is the address of the page.
    pub(crate) fn tabs(&self, here: &str) -> Vec<Tab> {
        let open = self
            .findings
            .iter()
            .filter(|finding| finding.acknowledged.is_none())
            .count();
        let of = |key: &str| self.book.of_kind(key).count();
        [
            ("/plan/indicators", "指标", of("indicator")),
            ("/plan/tasks", "重点任务", of("task")),
            ("/plan/capacity", "供给计划", of("table") + of("project")),
            ("/plan/standards", "标准与政策", of("standard")),
            ("/list", "服务清单", 0),
            ("/plan/findings", "口径差异", open),
            ("/plan/compare", "地区比较", 0),
            ("/plan/documents", "文件与部门", 0),
        ]
        .into_iter()
        .filter(|(path, _, _)| *path != "/list" || self.own())
        .map(|(path, title, count)| Tab {
            href: if path == "/list" {
                path.to_owned()
            } else {
                self.href(path)
            },
            title,
            count,
            here: path == here,
        })
        .collect()
    }
}

/// One tab.
pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) title: &'static str,
    /// 0: no number shown.
    pub(crate) count: usize,
    pub(crate) here: bool,
}

//! One finding: all places side by side, what could settle it, and who looked at it (invariant 2).

use super::reading::Reading;
use super::rows_filter::{read, spec};
use super::rows_view::severity_pill;
use askama::Template;
use authz::{Action, Role};
use axum::extract::{Path, RawQuery};
use figures::{Acknowledged, Finding};
use host::{Ctx, Failure, Page};
use plan::api::{acknowledge_finding, withdraw_acknowledgement};
use ui::{Field, Form, FormData, ListSpec, PageError, Pill, Shell};

const SPEC: ListSpec = spec(&["place", "draft"]);
const LONGEST: usize = 500;

/// One place that the finding is about.
struct Side {
    name: String,
    value: String,
    document: String,
    section: String,
    quote: String,
    /// The row, where there is one.
    href: Option<String>,
}

/// Why what was sent was not done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refused {
    No,
    /// The values moved after the page was opened.
    Moved,
    /// Somebody else acknowledged it meanwhile.
    Seen,
}

#[derive(Template)]
#[template(path = "pages/finding.html")]
struct FindingPage {
    shell: Shell,
    reading: Reading,
    finding: Finding,
    sides: Vec<Side>,
    form: Form,
    refused: Refused,
    /// The asker may acknowledge.
    may: bool,
    /// Who may, in words.
    who: String,
    /// It was acknowledged in the folder's own file.
    of_folder: bool,
}

impl FindingPage {
    fn pill(&self) -> Pill {
        ui::pill(
            severity_pill(self.finding.severity),
            self.finding.severity.zh(),
        )
    }

    fn reason(&self) -> Field {
        self.form.field(
            Field::lines("reason", "确认理由")
                .required()
                .hint("写明为什么可以先这样，例如：已请发文单位明确，暂按后发文件执行。两处数值都照原样保留。")
                .maxlength(LONGEST as u32),
        )
    }

    fn act(&self, what: &str) -> String {
        let id = ui::query_encode(&self.finding.id);
        self.reading.href(&format!("/plan/findings/{id}/{what}"))
    }
}

/// `GET /plan/findings/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let (reading, finding) = find(&ctx, &id, raw.as_deref()).await?;
    Ok(ui::page(page(
        &ctx,
        reading,
        finding,
        Form::default(),
        Refused::No,
    )))
}

/// `POST /plan/findings/{id}/acknowledgement`
pub(crate) async fn acknowledge(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    data: FormData,
) -> Page {
    let (reading, finding) = find(&ctx, &id, raw.as_deref()).await?;
    let mut form = Form::from(data);
    let refused = refused(&finding, &form, finding.acknowledged.is_some());
    if refused != Refused::No {
        return Ok(ui::page_409(page(&ctx, reading, finding, form, refused)));
    }
    let reason = form.required("reason", "请填写确认理由");
    if reason
        .as_ref()
        .is_some_and(|reason| reason.chars().count() > LONGEST)
    {
        form.errors.add("reason", format!("最多 {LONGEST} 个字"));
    }
    let (Some(reason), false) = (reason, form.has_errors()) else {
        return Ok(ui::page_422(page(
            &ctx,
            reading,
            finding,
            form,
            Refused::No,
        )));
    };
    let mut tx = ctx.begin().await?;
    acknowledge_finding(&mut tx, reading.slug(), &finding, &reason).await?;
    tx.commit().await?;
    Ok(ctx.saved(
        &reading.finding_href(&id),
        "已确认。两处数值照原样并列；数值再变时要重新确认。",
    ))
}

/// `POST /plan/findings/{id}/withdrawal`
pub(crate) async fn withdraw(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    data: FormData,
) -> Page {
    let (reading, finding) = find(&ctx, &id, raw.as_deref()).await?;
    let form = Form::from(data);
    let refused = refused(&finding, &form, false);
    if refused != Refused::No {
        return Ok(ui::page_409(page(&ctx, reading, finding, form, refused)));
    }
    let known = finding.acknowledged.as_ref();
    if known.is_some_and(|known| of_folder(&reading, known)) {
        let text = "这处确认写在规划文件夹的 acknowledged.toml 里，改文件后重新载入。";
        return Err(PageError::bad_request(text)
            .link("返回", &reading.finding_href(&id))
            .into());
    }
    let mut tx = ctx.begin().await?;
    withdraw_acknowledgement(&mut tx, reading.slug(), &finding).await?;
    tx.commit().await?;
    Ok(ctx.saved(&reading.finding_href(&id), "已撤回确认。"))
}

fn refused(finding: &Finding, form: &Form, seen: bool) -> Refused {
    if form.data.get("print") != finding.print {
        Refused::Moved
    } else if seen {
        Refused::Seen
    } else {
        Refused::No
    }
}

async fn find(ctx: &Ctx, id: &str, raw: Option<&str>) -> Result<(Reading, Finding), Failure> {
    let (_, reading) = read(ctx, raw, &SPEC).await?;
    let finding = reading
        .findings
        .iter()
        .find(|finding| finding.id == id)
        .cloned();
    let finding = finding.ok_or_else(|| {
        PageError::not_found()
            .text("没有这处口径差异。数字改过之后，两处可能已经一致。")
            .link("看全部口径差异", &reading.href("/plan/findings"))
    })?;
    Ok((reading, finding))
}

fn of_folder(reading: &Reading, known: &Acknowledged) -> bool {
    reading.book.acknowledged.contains(known)
}

fn page(
    ctx: &Ctx,
    reading: Reading,
    finding: Finding,
    form: Form,
    refused: Refused,
) -> FindingPage {
    let sides = finding
        .places
        .iter()
        .map(|place| Side {
            name: place.name.clone(),
            value: place.value.clone(),
            document: place.document.clone(),
            section: place.section.clone(),
            quote: place.quote.clone(),
            href: reading
                .book
                .row(&place.row)
                .map(|row| reading.row_href(&row.id)),
        })
        .collect();
    let who = Role::ALL
        .iter()
        .filter(|role| Action::EditPlan.allowed_to(**role));
    FindingPage {
        shell: reading
            .shell(ctx, finding.kind.zh())
            .crumb("口径差异", reading.href("/plan/findings")),
        may: Action::EditPlan.allowed_to(ctx.actor().role),
        who: who
            .map(|role| format!("「{}」", role.zh()))
            .collect::<Vec<_>>()
            .join("、"),
        of_folder: finding
            .acknowledged
            .as_ref()
            .is_some_and(|known| of_folder(&reading, known)),
        sides,
        reading,
        finding,
        form,
        refused,
    }
}

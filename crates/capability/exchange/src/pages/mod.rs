//! One use case, one file with its template beside it.

pub(crate) mod file;
pub(crate) mod lists;
pub(crate) mod mapping;
pub(crate) mod new_file;
pub(crate) mod new_list;
pub(crate) mod one;
pub(crate) mod proposal;
pub(crate) mod proposals;
pub(crate) mod system;
pub(crate) mod systems;
pub(crate) mod template;
pub(crate) mod upload;

use crate::batch::{self, Batch, Purpose};
use crate::systems::{System, of};
use authz::{Action, Role};
use export::api::REASONS;
use host::{Ctx, Failure};
use kernel::AreaCode;
use ui::{Choice, Field, Form, PageError};

/// A batch that the asker sees.
pub(crate) async fn open(ctx: &Ctx, id: &str) -> Result<Batch, Failure> {
    batch::find(&ctx.app.store, id)
        .await?
        .filter(|batch| batch.seen_by(&ctx.actor()))
        .filter(|batch| ctx.path().starts_with(batch.purpose.path()))
        .ok_or_else(|| PageError::not_found().link("部门比对", "/matching").into())
}

/// A system that the asker reports to.
pub(crate) fn system(ctx: &Ctx, key: &str) -> Result<&'static System, Failure> {
    let system = of(key).ok_or_else(|| PageError::not_found().link("上报", "/reporting"))?;
    if !system.seen_by(ctx.actor().role) {
        let text = format!("「{}」不由您的单位上报。", system.title);
        return Err(PageError::refused("系统管理员").text(text).into());
    }
    Ok(system)
}

/// A name as this role sees it.
pub(crate) fn name(role: Role, name: &str) -> String {
    if Action::ReadPerson.allowed_to(role) {
        name.to_owned()
    } else {
        ui::mask::name(name)
    }
}

/// The reason for a list or a file.
pub(crate) fn reason_field(form: &Form) -> Field {
    let reasons = REASONS
        .iter()
        .map(|(code, words)| Choice::new(*code, *words));
    form.field(
        Field::select("reason", "事由", reasons.collect())
            .blank("请选择")
            .required(),
    )
}

/// More about the reason.
pub(crate) fn note_field(form: &Form) -> Field {
    form.field(
        Field::lines("note", "说明")
            .hint("事由选“其他”时必填。不要写姓名、证件号码")
            .maxlength(200),
    )
}

/// The reason and the note; what is wrong with them stands in the form.
pub(crate) fn reason_from(form: &mut Form) -> (Option<String>, Option<String>) {
    let codes: Vec<&str> = REASONS.iter().map(|(code, _)| *code).collect();
    let reason = form.one_of("reason", &codes, "请选择事由");
    let note = form.text("note");
    if reason.as_deref() == Some("other") && note.is_none() {
        form.errors.add("note", "请说明事由");
    }
    (reason, note)
}

/// The file's format.
pub(crate) fn format_field(form: &Form) -> Field {
    form.field(
        Field::radio(
            "format",
            "文件格式",
            vec![
                Choice::new("xlsx", "Excel（.xlsx）"),
                Choice::new("csv", "CSV（UTF-8）"),
            ],
        )
        .required(),
    )
}

/// The chosen area, if it lies in the asker's scope; what is wrong with it stands in the form.
pub(crate) fn area_from(ctx: &Ctx, form: &mut Form) -> Option<AreaCode> {
    let typed = form.text("area")?;
    match typed.parse::<AreaCode>() {
        Ok(area) if ctx.scope().admits_area(&area) => Some(area),
        Ok(_) => {
            form.errors.add("area", "这个地区不在您的管辖范围");
            None
        }
        Err(error) => {
            form.errors.add("area", error.to_string());
            None
        }
    }
}

/// The crumbs of a purpose.
pub(crate) fn under(ctx: &Ctx, purpose: Purpose, title: &str) -> ui::Shell {
    let shell = ctx.shell(title);
    match purpose {
        Purpose::List => shell
            .crumb("人员档案", "/people")
            .crumb("部门比对", "/matching"),
        Purpose::Report => shell.crumb("上报", "/reporting"),
    }
}

/// The tone of a count that should be none.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates hand references"
)]
pub(crate) const fn tone(n: &i64, tone: &'static str) -> &'static str {
    if *n > 0 { tone } else { "" }
}

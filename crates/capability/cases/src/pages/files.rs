//! Files of a case: brought with the draft or later, looked at by whoever handles it.

use super::{Opened, open};
use crate::acts;
use crate::book;
use crate::evidence::{self, Brought};
use crate::machine::State;
use axum::extract::{Path, Request};
use files::Files;
use host::{Ctx, Failure, Page};
use store::Audit;
use ui::{Choice, Field, Form, PageError};

/// A file as pages show it.
pub(crate) struct FileLine {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) note: String,
    /// Where it is taken away again, while it is a draft.
    pub(crate) away: Option<String>,
}

/// Files of a case, and what one may be.
pub(crate) async fn lines(
    ctx: &Ctx,
    opened: &Opened,
) -> Result<(Vec<FileLine>, Vec<Choice>), Failure> {
    let code = &opened.case.code;
    let loaded = book::of(&ctx.app.store, opened.case.procedures).await?;
    let name = |id: &str| {
        let known = loaded
            .procedures
            .evidence
            .iter()
            .find(|one| one.id == id)
            .map(|one| one.name.clone());
        known.unwrap_or_else(|| "其他材料".to_owned())
    };
    let draft = opened.case.standing.state == State::Draft;
    let mine = ctx.actor().id;
    let lines = evidence::of(&ctx.app.store, code)
        .await?
        .into_iter()
        .map(|one| FileLine {
            href: format!("/cases/{code}/files/{}", one.no),
            title: name(&one.evidence),
            note: format!(
                "{} · {} · {}",
                ui::text::file_size(one.size),
                one.by,
                one.at.minute()
            ),
            away: (draft && one.by_account == mine)
                .then(|| format!("/cases/{code}/files/{}/remove", one.no)),
        })
        .collect();
    let choices = opened
        .procedure
        .evidence
        .iter()
        .map(|id| Choice::new(id.clone(), name(id)))
        .chain([Choice::new("other", "其他材料")])
        .collect();
    Ok((lines, choices))
}

/// Which paper a file is.
pub(crate) fn paper_field(form: &Form, papers: &[Choice]) -> Field {
    form.field(
        Field::select("evidence", "这是哪一份材料", papers.to_vec())
            .required()
            .blank("请选择"),
    )
}

/// Whether the asker may bring something to it.
pub(crate) fn may_add(ctx: &Ctx, opened: &Opened) -> bool {
    opened.case.standing.state.open()
        && acts::speaks(&ctx.actor(), &opened.case)
        && authz::Action::Apply.allowed_to(ctx.actor().role)
}

/// `POST /cases/{code}/files`
pub(crate) async fn post(ctx: Ctx, Path(code): Path<String>, request: Request) -> Page {
    let opened = open(&ctx, &code).await?;
    let draft = opened.case.standing.state == State::Draft;
    let back = if draft {
        format!("/applications/{code}/2")
    } else {
        format!("/cases/{code}")
    };
    if !may_add(&ctx, &opened) {
        let text = "这件已经办结，不能再加材料；情况有变的，请重新申请或者申诉。";
        return Err(PageError::bad_request(text).link("看办件", &back).into());
    }
    let (data, file) = host::upload_form(&ctx, request).await?;
    let mut form = Form::from(data);
    let keys: Vec<&str> = opened
        .procedure
        .evidence
        .iter()
        .map(String::as_str)
        .chain(["other"])
        .collect();
    let evidence = form.one_of("evidence", &keys, "请选择是哪一份材料");
    let refused = |text: &str| PageError::bad_request(text).link("返回再传", &back);
    let upload = match file {
        Err(why) => return Err(refused(&why).into()),
        Ok(None) => return Err(refused("没有选文件。请选照片或扫描件再上传。").into()),
        Ok(Some(upload)) => upload,
    };
    let Some(evidence) = evidence else {
        return Err(refused("请选择这是哪一份材料。").into());
    };
    let files = ctx.app.part::<Files>()?;
    let mut tx = ctx.begin().await?;
    if evidence::of(&tx, &code).await?.len() >= evidence::MOST {
        tx.rollback().await?;
        let text = format!(
            "一件最多 {} 份文件。请先删去不用的，或者把几页合成一份 PDF。",
            evidence::MOST
        );
        return Err(refused(&text).into());
    }
    let evidence = if evidence == "other" { "" } else { &evidence };
    evidence::add(
        &mut tx,
        &files,
        &opened.case,
        &opened.person,
        evidence,
        upload,
    )
    .await?;
    tx.commit().await?;
    Ok(ctx.saved(&back, "材料已上传。"))
}

async fn one(ctx: &Ctx, code: &str, no: i64) -> Result<(Opened, Brought), Failure> {
    let opened = open(ctx, code).await?;
    let found = evidence::of(&ctx.app.store, code)
        .await?
        .into_iter()
        .find(|one| one.no == no)
        .ok_or_else(|| PageError::not_found().text("没有这份材料，可能已经删去。"))?;
    Ok((opened, found))
}

/// `GET /cases/{code}/files/{no}`
pub(crate) async fn get(ctx: Ctx, Path((code, no)): Path<(String, i64)>) -> Page {
    let (opened, brought) = one(&ctx, &code, no).await?;
    let files = ctx.app.part::<Files>()?;
    let kept = files
        .find(&ctx.app.store, &brought.file)
        .await?
        .ok_or_else(PageError::not_found)?;
    let keys = ctx.app.store.keys().clone();
    files.check(&keys, &kept)?;
    let reader = files.open(&keys, &kept)?;
    ctx.log_reads(&[Audit::new("case.file_read")
        .person(&opened.person.key.shard, &opened.person.key.id)
        .with("case", code.as_str())
        .with("digest", kept.digest.as_str())])
        .await?;
    let ending = kept.name.rsplit('.').next().unwrap_or("bin");
    Ok(host::download(&kept, reader, &format!("evidence.{ending}")))
}

/// `POST /cases/{code}/files/{no}/remove`
pub(crate) async fn remove(ctx: Ctx, Path((code, no)): Path<(String, i64)>) -> Page {
    let (opened, brought) = one(&ctx, &code, no).await?;
    let back = format!("/applications/{code}/2");
    if opened.case.standing.state != State::Draft || brought.by_account != ctx.actor().id {
        let text = "已经提交的材料不能删去；传错的，请再传一份对的并在说明里写明。";
        return Err(PageError::bad_request(text)
            .link("看办件", &format!("/cases/{code}"))
            .into());
    }
    let files = ctx.app.part::<Files>()?;
    let mut tx = ctx.begin().await?;
    evidence::take_away(&mut tx, &files, &opened.case, &brought).await?;
    tx.commit().await?;
    Ok(ctx.saved(&back, "已删去。"))
}

//! Guardians and proxies: written down by a paper, ended, and what a family account sees by them.

use super::home::{is_child, page, word};
use crate::store::ties::{self, Tie};
use authz::{Action, Role, Scope};
use axum::extract::{Path, Request};
use files::{Files, NewFile};
use host::{Ctx, Page, Upload};
use kernel::Day;
use people::api::Person;
use store::{Audit, StoreResult, Tx};
use ui::{Form, FormData, PageError};

/// Days a paper's file is kept at most; a rule of retention ends it sooner.
const PAPER_DAYS: i32 = 36_525;

/// Papers by which somebody acts for another.
pub(crate) const PAPERS: &[(&str, &str)] = &[
    ("birth", "出生医学证明"),
    ("household", "户口簿"),
    ("court", "法院指定监护文书"),
    ("village", "村（居）委会指定监护证明"),
    ("agreement", "意定监护协议"),
    ("mandate", "授权委托书"),
];

/// One of them on the page.
pub(crate) struct TieRow {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) who: String,
    pub(crate) paper: String,
    pub(crate) term: String,
    /// Pill and words of how it stands.
    pub(crate) state: (&'static str, &'static str),
    pub(crate) account: bool,
    pub(crate) open: bool,
    pub(crate) made: String,
    /// Where the paper is read, where there is one.
    pub(crate) file: Option<String>,
    /// Nothing shows the paper although it is in force.
    pub(crate) lacks: bool,
}

/// `POST /people/{id}/ties`: a guardian or proxy, by a paper.
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, request: Request) -> Page {
    let (data, file) = host::upload_form(&ctx, request).await?;
    let mut form = Form::from(data);
    let file = match file {
        Ok(file) => file,
        Err(why) => {
            form.errors.add("file", why);
            None
        }
    };
    let holder_name = form.required("holder_name", "请填写姓名");
    let relation = form.required("tie_relation", "请填写和本人的关系");
    let papers: Vec<&str> = PAPERS.iter().map(|(key, _)| *key).collect();
    let paper = form.one_of("paper", &papers, "请选择凭什么材料");
    let from = match form.required("from", "请填写生效日期") {
        Some(_) => form.day("from"),
        None => None,
    };
    let until = form.text("until").and_then(|_| form.day("until"));
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        form.errors.add("until", "要晚于生效日期");
    }
    let mut tx = ctx.begin().await?;
    let person = people::api::open_in(&ctx, &tx, &id, Action::RegisterPerson).await?;
    let login = form.text("account");
    let account = match &login {
        Some(login) => org::api::family_account(&tx, login).await?,
        None => None,
    };
    if login.is_some() && account.is_none() {
        form.errors
            .add("account", "没有这个家属账号，请让系统管理员先开通");
    }
    let (Some(holder_name), Some(relation), Some(paper), Some(from), false) =
        (holder_name, relation, paper, from, form.has_errors())
    else {
        tx.rollback().await?;
        return Ok(ui::page_422(page(&ctx, &person, form, false).await?));
    };
    let kind = if is_child(&person, ctx.today()) {
        "guardian"
    } else {
        "proxy"
    };
    let grant = match &account {
        Some(account) => {
            Some(org::api::grant_person(&mut tx, account, &person.key.id, from, until).await?)
        }
        None => None,
    };
    let number = form.text("paper_number");
    let id_of_tie = tx.store().new_id();
    let file = match file {
        Some(upload) => Some(keep(&ctx, &mut tx, &person, upload).await?),
        None => None,
    };
    let tie = Tie {
        id: id_of_tie,
        key: person.key.clone(),
        kind: kind.to_owned(),
        holder_name,
        relation,
        paper,
        paper_number: number
            .map(|plain| ctx.app.store.keys().seal("paper_number", &plain))
            .transpose()?,
        from,
        until,
        account,
        grant,
        file,
        made_name: ctx.actor().name,
        ended: None,
        end_reason: None,
    };
    ties::insert(&mut tx, &tie).await?;
    tx.audit(
        Audit::new("proxy.add")
            .person(&person.key.shard, &person.key.id)
            .with("tie", tie.id.as_str())
            .with("kind", kind)
            .with("paper", tie.paper.as_str()),
    );
    tx.commit().await?;
    forget_grants(&ctx);
    Ok(ctx.redirect_with(&format!("/people/{id}/home"), "ok", "已登记。"))
}

/// Keeps the paper of a tie; the file's id.
async fn keep(ctx: &Ctx, tx: &mut Tx, person: &Person, upload: Upload) -> StoreResult<String> {
    let files = ctx.app.part::<Files>()?;
    let new = NewFile {
        name: format!("证明材料.{}", upload.ending),
        owner: tx.actor().id.clone(),
        scope: Scope::People(vec![person.key.id.clone()]),
        days: PAPER_DAYS,
    };
    Ok(files.keep(tx, upload.sealed, new).await?.id)
}

/// `POST /ties/{id}/paper`: the paper of a tie that was written down without, or a better copy.
pub(crate) async fn add_paper(ctx: Ctx, Path(id): Path<String>, request: Request) -> Page {
    let (_, file) = host::upload_form(&ctx, request).await?;
    let mut tx = ctx.begin().await?;
    let tie = ties::find(&tx, &id)
        .await?
        .ok_or_else(PageError::not_found)?;
    let person = people::api::open_in(&ctx, &tx, &tie.key.id, Action::RegisterPerson).await?;
    let to = format!("/people/{}/home", person.key.id);
    let upload = match file {
        Ok(Some(upload)) => upload,
        Ok(None) => {
            tx.rollback().await?;
            return Ok(ctx.redirect_with(&to, "warn", "请先选择材料文件。"));
        }
        Err(why) => {
            tx.rollback().await?;
            return Ok(ctx.redirect_with(&to, "warn", &why));
        }
    };
    let file = keep(&ctx, &mut tx, &person, upload).await?;
    let before = ties::put_file(&mut tx, &id, &file).await?;
    if let Some(before) = before {
        ctx.app.part::<Files>()?.remove(&mut tx, &[before]).await?;
    }
    tx.audit(
        Audit::new("proxy.paper")
            .person(&person.key.shard, &person.key.id)
            .with("tie", id),
    );
    tx.commit().await?;
    Ok(ctx.redirect_with(&to, "ok", "材料已存。"))
}

/// `GET /ties/{id}/paper`: for the office that writes ties down, and for whoever acts by it.
pub(crate) async fn paper(ctx: Ctx, Path(id): Path<String>) -> Page {
    let lacking = || PageError::not_found().text("没有这份材料，或者已经按规定删除。");
    let store = &ctx.app.store;
    let tie = ties::find(store, &id).await?.ok_or_else(lacking)?;
    let actor = ctx.actor();
    let person = if actor.role == Role::Family {
        let person = people::api::open(&ctx, &tie.key.id, Action::ReadPerson).await?;
        if tie.account.as_deref() != Some(actor.id.as_str()) || !tie.holds_on(ctx.today()) {
            let text = "这份材料是别的监护人、代办人的，只有登记机关和持有人可以看。";
            return Err(PageError::refused("登记机关").text(text).into());
        }
        person
    } else {
        people::api::open(&ctx, &tie.key.id, Action::RegisterPerson).await?
    };
    let files = ctx.app.part::<Files>()?;
    let file = tie.file.ok_or_else(lacking)?;
    let kept = files.find(store, &file).await?.ok_or_else(lacking)?;
    let keys = store.keys().clone();
    files.check(&keys, &kept)?;
    let reader = files.open(&keys, &kept)?;
    ctx.log_reads(&[Audit::new("proxy.read")
        .person(&person.key.shard, &person.key.id)
        .with("tie", id)
        .with("digest", kept.digest.as_str())])
        .await?;
    let ending = kept.name.rsplit('.').next().unwrap_or("bin").to_owned();
    Ok(host::download(&kept, reader, &format!("paper.{ending}")))
}

/// `POST /ties/{id}/end`
pub(crate) async fn end(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let form = Form::from(data);
    let mut tx = ctx.begin().await?;
    let tie = ties::find(&tx, &id)
        .await?
        .ok_or_else(PageError::not_found)?;
    let person = people::api::open_in(&ctx, &tx, &tie.key.id, Action::RegisterPerson).await?;
    let today = ctx.today();
    let reason = form.text("reason").unwrap_or_else(|| "终止".to_owned());
    let to = format!("/people/{}/home", person.key.id);
    if !ties::end(&mut tx, &id, today, &reason).await? {
        tx.rollback().await?;
        return Ok(ctx.redirect_with(&to, "warn", "这一项已经终止。"));
    }
    if let Some(grant) = &tie.grant {
        org::api::end_grant(&mut tx, grant, today).await?;
    }
    tx.audit(
        Audit::new("proxy.end")
            .person(&person.key.shard, &person.key.id)
            .with("tie", id),
    );
    tx.commit().await?;
    forget_grants(&ctx);
    Ok(ctx.redirect_with(&to, "ok", "已终止，家属账号从今天起不能再看这份档案。"))
}

fn forget_grants(ctx: &Ctx) {
    if let Ok(org) = ctx.app.part::<org::api::Org>() {
        org::api::grants_changed(&org);
    }
}

/// How one reads on a day.
pub(crate) fn row(tie: &Tie, today: Day) -> TieRow {
    let state = if tie.ended.is_some_and(|ended| ended <= today) {
        ("stopped", "已终止")
    } else if tie.until.is_some_and(|until| until <= today) {
        ("stopped", "已到期")
    } else if tie.from > today {
        ("info", "未生效")
    } else {
        ("ok", "有效")
    };
    TieRow {
        id: tie.id.clone(),
        kind: if tie.kind == "guardian" {
            "监护人"
        } else {
            "代办人"
        },
        who: format!("{}（{}）", tie.holder_name, tie.relation),
        paper: format!(
            "{}{}",
            word(PAPERS, &tie.paper),
            if tie.paper_number.is_some() {
                " · 编号已登记"
            } else {
                ""
            }
        ),
        term: match tie.until {
            Some(until) => format!("{} 至 {}", tie.from, until),
            None => format!("{} 起，长期", tie.from),
        },
        state,
        account: tie.account.is_some(),
        open: tie.ended.is_none(),
        file: tie
            .file
            .is_some()
            .then(|| format!("/ties/{}/paper", tie.id)),
        lacks: tie.file.is_none() && tie.holds_on(today),
        made: match &tie.end_reason {
            Some(reason) => format!("{}登记，{reason}", tie.made_name),
            None => format!("{}登记", tie.made_name),
        },
    }
}

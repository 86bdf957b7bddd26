//! Applying in three short steps: who, what is brought, hand it in. Each step is kept as soon as it is sent.

use super::files::FileLine;
use super::{Opened, open};
use crate::acts::{self, Books, Refusal, With};
use crate::machine::{Act, State};
use crate::{apply, book};
use area::api::AreaBook;
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use plan::api::PlanBook;
use store::Audit;
use ui::{Choice, Field, Form, FormData, PageError, Shell};

/// Steps of the form.
const STEPS: usize = 3;

#[derive(Template)]
#[template(path = "pages/draft.html")]
struct DraftPage {
    shell: Shell,
    form: Form,
    step: usize,
    title: String,
    action: String,
    back: String,
    version: i64,
    ways: Vec<(&'static str, &'static str)>,
    known: Vec<String>,
    bring: Vec<(String, String, String)>,
    who: String,
    way: &'static str,
    have: Vec<String>,
    lack: Vec<String>,
    proxy: String,
    phone: String,
    days: i32,
    files: Vec<FileLine>,
    papers: Vec<Choice>,
    upload: String,
}

impl DraftPage {
    fn applicant(&self) -> Field {
        let choices = self
            .ways
            .iter()
            .map(|(key, name)| Choice::new(*key, *name))
            .collect();
        self.form
            .field(Field::radio("applicant", "谁来申请", choices).required())
    }

    fn proxy_field(&self) -> Field {
        self.form.field(
            Field::text("proxy", "代办人姓名和与本人的关系")
                .hint("本人自己办的不用填；例如：王小兰，女儿")
                .maxlength(40),
        )
    }

    fn phone_field(&self) -> Field {
        self.form.field(
            Field::phone("phone", "联系电话")
                .hint("要补材料或者办好了，打这个电话")
                .maxlength(20),
        )
    }

    fn have_field(&self) -> Field {
        let choices = self
            .bring
            .iter()
            .map(|(id, name, note)| Choice::new(id.clone(), name.clone()).hint(note.clone()))
            .collect();
        self.form.field(
            Field::checks("have", "手上有的打勾", choices).hint("没有的也可以先提交，受理后再补"),
        )
    }

    fn paper_field(&self) -> Field {
        super::files::paper_field(&self.form, &self.papers)
    }

    fn note_field(&self) -> Field {
        self.form.field(
            Field::lines("note", "还想说明的")
                .rows(2)
                .hint("可不填")
                .maxlength(300),
        )
    }
}

async fn draft(ctx: &Ctx, code: &str, step: usize) -> Result<Opened, Failure> {
    let opened = open(ctx, code).await?;
    if opened.case.standing.state != State::Draft {
        let text = "这件已经提交，不能再改；要补材料的，在办件里补正。";
        let page = PageError::bad_request(text).link("看办件", &format!("/cases/{code}"));
        return Err(page.into());
    }
    if !(1..=STEPS).contains(&step) {
        return Err(PageError::not_found().into());
    }
    Ok(opened)
}

/// `GET /applications/{code}/{step}`
pub(crate) async fn get(ctx: Ctx, Path((code, step)): Path<(String, usize)>) -> Page {
    let opened = draft(&ctx, &code, step).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&opened.person.key.shard, &opened.person.key.id)
        .with("case", code)])
        .await?;
    let answers = &opened.case.answers;
    let mut pairs = vec![
        ("applicant".to_owned(), opened.case.applicant.clone()),
        ("proxy".to_owned(), answers.proxy.clone()),
        ("phone".to_owned(), answers.phone.clone()),
        ("note".to_owned(), answers.note.clone()),
    ];
    pairs.extend(
        answers
            .have
            .iter()
            .map(|id| ("have".to_owned(), id.clone())),
    );
    let form = Form::filled(pairs);
    Ok(ui::page_no_store(page(&ctx, &opened, step, form).await?))
}

/// `POST /applications/{code}/{step}`
pub(crate) async fn post(
    ctx: Ctx,
    Path((code, step)): Path<(String, usize)>,
    data: FormData,
) -> Page {
    let opened = draft(&ctx, &code, step).await?;
    let have: Vec<String> = data.all("have").map(str::to_owned).collect();
    let mut form = Form::from(data);
    let mut case = opened.case.clone();
    match step {
        1 => {
            let ways = apply::ways(ctx.actor().role, &opened.procedure);
            let keys: Vec<&str> = ways.iter().map(|(key, _)| *key).collect();
            if let Some(way) = form.one_of("applicant", &keys, "请选择谁来申请") {
                case.applicant = way;
            }
            case.answers.proxy = form.text("proxy").unwrap_or_default();
            case.answers.phone = form.text("phone").unwrap_or_default();
            let acts_for = matches!(case.applicant.as_str(), "family" | "village");
            if acts_for && case.answers.proxy.is_empty() {
                form.errors.add("proxy", "请填代办人姓名和与本人的关系");
            }
        }
        2 => case.answers.have = have,
        _ => case.answers.note = form.text("note").unwrap_or_default(),
    }
    if form.has_errors() {
        return Ok(ui::page_422(page(&ctx, &opened, step, form).await?));
    }
    let seen: i64 = form.parse("version").unwrap_or(case.version);
    case.answers.step = (step + 1).min(STEPS);
    let mut tx = ctx.begin().await?;
    if seen != case.version || !apply::keep(&mut tx, &case).await? {
        tx.rollback().await?;
        return stale(&ctx, &code, step, form).await;
    }
    if step < STEPS {
        tx.commit().await?;
        return Ok(ui::redirect(&format!("/applications/{code}/{}", step + 1)));
    }
    case.version += 1;
    let (plans, areas) = (ctx.app.part::<PlanBook>()?, ctx.app.part::<AreaBook>()?);
    let books = Books {
        plans: &plans,
        areas: &areas,
        procedure: &opened.procedure,
    };
    let with = With::default();
    let done = acts::perform(&mut tx, books, &case, &opened.person, Act::Submit, &with).await?;
    match done {
        Ok(_) => {
            tx.commit().await?;
            let told = "已提交。办到哪一步、还要做什么，都在这一页。";
            Ok(ctx.redirect_with(&format!("/cases/{code}"), "ok", told))
        }
        Err(Refusal::Stale) => {
            tx.rollback().await?;
            stale(&ctx, &code, step, form).await
        }
        Err(Refusal::Not(text) | Refusal::Other(text)) => {
            tx.rollback().await?;
            form.errors.add_form(text);
            Ok(ui::page_422(page(&ctx, &opened, step, form).await?))
        }
    }
}

async fn stale(ctx: &Ctx, code: &str, step: usize, mut form: Form) -> Page {
    let opened = draft(ctx, code, step).await?;
    form.errors
        .add_form("刚刚在另一处改过这份申请，您填的还在，请看过再提交。");
    Ok(ui::page_409(page(ctx, &opened, step, form).await?))
}

async fn page(ctx: &Ctx, opened: &Opened, step: usize, form: Form) -> Result<DraftPage, Failure> {
    let Opened {
        case,
        person,
        procedure,
    } = opened;
    let loaded = book::of(&ctx.app.store, case.procedures).await?;
    let (known, bring) = apply::evidence(&loaded.procedures, procedure, &case.applicant, person);
    let (have, lack): (Vec<_>, Vec<_>) = bring
        .iter()
        .partition(|one| case.answers.have.contains(&one.id));
    let names = |list: Vec<&&crate::procedures::Evidence>| -> Vec<String> {
        list.into_iter().map(|one| one.name.clone()).collect()
    };
    let back = if step == 1 {
        format!("/apply/{}", case.key.id)
    } else {
        format!("/applications/{}/{}", case.code, step - 1)
    };
    let title = match step {
        1 => "谁来申请",
        2 => "带什么材料",
        _ => "看一遍，提交",
    };
    let (files, papers) = if step == 2 {
        super::files::lines(ctx, opened).await?
    } else {
        (Vec::new(), Vec::new())
    };
    Ok(DraftPage {
        files,
        papers,
        upload: format!("/cases/{}/files", case.code),
        shell: ctx
            .shell(format!("{}：{title}", procedure.title))
            .crumb("办件", "/apply")
            .crumb(person.name.clone(), format!("/apply/{}", case.key.id)),
        step,
        title: procedure.title.clone(),
        action: format!("/applications/{}/{step}", case.code),
        back,
        version: case.version,
        ways: apply::ways(ctx.actor().role, procedure),
        known: known.iter().map(|one| one.name.clone()).collect(),
        have: names(have),
        lack: names(lack),
        bring: bring
            .iter()
            .map(|one| (one.id.clone(), one.name.clone(), one.note.clone()))
            .collect(),
        who: person.name.clone(),
        way: crate::procedures::applicant_zh(&case.applicant),
        proxy: case.answers.proxy.clone(),
        phone: case.answers.phone.clone(),
        days: procedure.all_days(),
        form,
    })
}

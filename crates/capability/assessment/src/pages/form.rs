//! The phone form: a group a screen, a jump bar with what is unanswered, the wording of every score. Kept on the phone
//! while there is no line; sent twice it is one.

use crate::acts::{self, Sending};
use crate::background;
use crate::book;
use crate::look::{self, not_now, too_late};
use crate::model::{Request, State};
use crate::sheet::{RELATIONS, Sheet, count_field};
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::{Person, words};
use ui::{Choice, Field, Form, FormData, PageError, Shell};

/// One question of a screen.
struct Question {
    field: Field,
    open: bool,
}

/// One screen.
struct Screen {
    id: String,
    anchor: String,
    name: String,
    open: usize,
    questions: Vec<Question>,
    /// Nothing of it has to be answered.
    free: bool,
}

#[derive(Template)]
#[template(path = "pages/form.html")]
struct FormPage {
    shell: Shell,
    form: Form,
    request: Request,
    person: Person,
    who: String,
    screens: Vec<Screen>,
    open: usize,
    key: String,
}

/// `GET /assessments/{request}/form`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (request, person) = open(&ctx, &id).await?;
    if request.state != State::Sent {
        return Err(not_now(&request, "填写"));
    }
    look::log(&ctx, &request).await?;
    let draft = book::draft(&ctx.app.store, &id).await?;
    let mut sheet = draft.map_or_else(Sheet::default, |text| Sheet::of_json(request.scheme, &text));
    sheet.day = sheet.day.or(Some(ctx.today()));
    let form = Form::filled(sheet.pairs(request.scheme));
    Ok(ui::page_no_store(page(&ctx, request, person, &sheet, form)))
}

/// `POST /assessments/{request}/answers`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let (request, person) = open(&ctx, &id).await?;
    let key = data.get("key").to_owned();
    let store = &ctx.app.store;
    if !key.is_empty() && book::sent_with(store, &key).await?.as_deref() == Some(id.as_str()) {
        return Ok(ctx.redirect_with(&request.href(), "ok", "已提交过，不用再交。"));
    }
    if request.state != State::Sent {
        return Err(not_now(&request, "填写"));
    }
    let (sheet, wrong) = Sheet::of_form(request.scheme, &data);
    let only_save = data.get("act") == "save";
    let mut form = Form::from(data);
    for (field, says) in wrong {
        form.errors.add(field, says);
    }
    if sheet.day.is_some_and(|day| day > ctx.today()) {
        form.errors.add("day", "评估日期不能晚于今天");
    }
    if !only_save {
        for (field, says) in sheet.open(request.scheme) {
            form.errors.add(field, says);
        }
        if key.is_empty() || key.len() > 80 {
            form.errors.add_form("页面不完整，请刷新后再提交");
        }
    }
    if form.has_errors() {
        return Ok(ui::page_422(page(&ctx, request, person, &sheet, form)));
    }
    let content = sheet.to_json(request.scheme).to_string();
    if only_save {
        let mut tx = ctx.begin().await?;
        acts::save(&mut tx, &request, &content).await?;
        tx.commit().await?;
        let to = format!("{}/form", request.href());
        return Ok(ctx.redirect_with(&to, "ok", "已保存，可以下次接着填。"));
    }
    let outcome = request
        .scheme
        .score(&sheet.answers)
        .map_err(|refused| PageError::bad_request(refused.to_string()))?;
    let mut tx = ctx.begin().await?;
    let sending = Sending {
        content: &content,
        key: &key,
        day: sheet.day.unwrap_or(ctx.today()),
        outcome: &outcome,
    };
    match acts::send(&mut tx, &request, &sending).await {
        Ok(true) => tx.commit().await?,
        Ok(false) => {
            tx.rollback().await?;
            // The same sending may have come by another line a moment ago.
            if book::sent_with(store, &key).await?.as_deref() == Some(id.as_str()) {
                return Ok(ctx.redirect_with(&request.href(), "ok", "已提交过，不用再交。"));
            }
            return Err(too_late(&id));
        }
        Err(error) => {
            tx.rollback().await?;
            return Err(error.into());
        }
    }
    Ok(ctx.redirect_with(
        &request.href(),
        "ok",
        "已提交，请另一名评估员会签。原始评分已保存，不再改动。",
    ))
}

/// The request, for one of its two assessors.
async fn open(ctx: &Ctx, id: &str) -> Result<(Request, Person), Failure> {
    let (request, person) = look::open(ctx, id).await?;
    if request.is_assessed_by(&ctx.actor().id) {
        Ok((request, person))
    } else {
        let text = "评估表由派到的两名评估员填写。";
        Err(PageError::refused("派到的评估员").text(text).into())
    }
}

fn page(ctx: &Ctx, request: Request, person: Person, sheet: &Sheet, form: Form) -> FormPage {
    let open: Vec<String> = sheet
        .open(request.scheme)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    let screens = screens(&request, &form, &open);
    let today = ctx.today();
    let who = format!(
        "{}，{}",
        words::sex(&person.facts),
        words::age(&person.facts, today)
    );
    let key = match form.data.get("key") {
        "" => ctx.app.store.new_id(),
        key => key.to_owned(),
    };
    FormPage {
        shell: ctx
            .shell(format!("评估：{}", person.name))
            .crumb("能力评估", "/assessments"),
        who,
        open: open.len(),
        form,
        request,
        person,
        screens,
        key,
    }
}

fn screens(request: &Request, form: &Form, open: &[String]) -> Vec<Screen> {
    let scheme = request.scheme;
    let question = |field: Field| Question {
        open: open.contains(&field.name),
        field: form.field(field),
    };
    let relations = RELATIONS.iter().map(|(key, zh)| Choice::new(*key, *zh));
    let mut screens = vec![screen(
        "head",
        "评估信息",
        vec![
            question(Field::date("day", "评估基准日期").required()),
            question(
                Field::text("informant", "信息提供者姓名")
                    .hint("可不填")
                    .maxlength(30)
                    .autocomplete("off"),
            ),
            question(
                Field::radio("relation", "信息提供者与老人的关系", relations.collect()).required(),
            ),
        ],
    )];
    for group in &scheme.groups {
        let items = group
            .items
            .iter()
            .map(|item| {
                let choices = item
                    .choices()
                    .map(|(points, says)| {
                        Choice::new(points.to_string(), format!("{points} 分：{says}"))
                    })
                    .collect();
                let label = format!("{} {}", item.id, item.name);
                question(Field::radio(&item.id, &label, choices).hint(item.about.clone()))
            })
            .collect();
        screens.push(screen(&group.id, &group.name, items));
    }
    let mut more: Vec<Question> = scheme
        .flags
        .iter()
        .map(|flag| {
            let choices = vec![Choice::new("no", "否"), Choice::new("yes", "是")];
            question(Field::radio(&flag.id, &flag.name, choices))
        })
        .collect();
    for count in &scheme.counts {
        for kind in &count.kinds {
            let times = [("0", "无"), ("1", "1次"), ("2", "2次"), ("3", "3次及以上")];
            let choices = times.iter().map(|(n, zh)| Choice::new(*n, *zh)).collect();
            let label = format!("近30天：{}", kind.name);
            more.push(question(Field::radio(
                &count_field(&count.id, &kind.id),
                &label,
                choices,
            )));
        }
    }
    if !more.is_empty() {
        screens.push(screen("more", "特殊情况", more));
    }
    for part in background::parts(scheme) {
        let asks = part.asks.iter().map(|ask| question(ask.field())).collect();
        screens.push(Screen {
            free: true,
            ..screen(part.id, part.name, asks)
        });
    }
    screens
}

fn screen(id: &str, name: &str, questions: Vec<Question>) -> Screen {
    Screen {
        id: id.to_owned(),
        anchor: format!("g-{}", id.replace('.', "-")),
        name: name.to_owned(),
        open: questions.iter().filter(|one| one.open).count(),
        questions,
        free: false,
    }
}

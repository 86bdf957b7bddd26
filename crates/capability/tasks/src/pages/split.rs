//! `GET` and `POST /tasks/items/{id}/split`: who does what part, with share, 责任人 and deadline.

use super::look::{Look, Tab};
use crate::book;
use crate::model::{Assignment, Item, Spread};
use crate::number::{self, typed, with_unit};
use crate::plan_goals::{Candidate, candidates};
use crate::split::{Part, save, sum_words};
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::Day;
use ui::{Field, Form, FormData, PageError, Shell};

struct Line {
    at: usize,
    name: String,
    on: bool,
    /// Fields of its shares, in the order of goals.
    shares: Vec<Field>,
    person: Field,
    post: Field,
    due: Field,
}

#[derive(Template)]
#[template(path = "pages/split.html")]
struct SplitPage {
    shell: Shell,
    tabs: Vec<Tab>,
    item: Item,
    seen: i64,
    form: Form,
    lines: Vec<Line>,
    sums: Vec<(String, String)>,
    stale: bool,
}

/// `GET /tasks/items/{id}/split`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let look = Look::of(&ctx)?;
    let item = look.item(&ctx, &id).await?;
    look.must_lead(&item)?;
    let parts = book::all_parts(&ctx.app.store, &id).await?;
    let form = filled(&look, &item, &parts);
    Ok(ui::page_no_store(page(&ctx, &look, item, form, false)))
}

/// `POST /tasks/items/{id}/split`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let look = Look::of(&ctx)?;
    let item = look.item(&ctx, &id).await?;
    look.must_lead(&item)?;
    if item.withdrawn {
        return Err(PageError::bad_request("现行规划里没有这一项，不再分解。").into());
    }
    let mut form = Form::from(data);
    let parts = read(&ctx, &look, &item, &mut form).await?;
    if form.has_errors() {
        return Ok(ui::page_422(page(&ctx, &look, item, form, false)));
    }
    let seen = form.data.get("seen").parse().unwrap_or(0);
    let first = item.start.max(look.today.first_of_month());
    let first = first.min(item.due.first_of_month()).first_of_month();
    let mut tx = ctx.begin().await?;
    if !save(&mut tx, &item, seen, &parts, first).await? {
        tx.rollback().await?;
        let fresh = look.item(&ctx, &id).await?;
        return Ok(ui::page_409(page(&ctx, &look, fresh, form, true)));
    }
    tx.commit().await?;
    Ok(ctx.saved(&format!("/tasks/items/{id}"), "分工已保存。"))
}

fn names(at: usize) -> [String; 4] {
    [
        format!("on-{at}"),
        format!("person-{at}"),
        format!("post-{at}"),
        format!("due-{at}"),
    ]
}

fn share_name(at: usize, goal: usize) -> String {
    format!("share-{at}-{goal}")
}

fn all(look: &Look, item: &Item) -> Vec<Candidate> {
    candidates(&look.areas, &item.departments, &item.goals)
}

fn filled(look: &Look, item: &Item, parts: &[Assignment]) -> Form {
    let fresh = parts.iter().all(|part| part.withdrawn);
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (at, candidate) in all(look, item).iter().enumerate() {
        let known = parts.iter().find(|part| part.executor == candidate.key);
        let on = match known {
            Some(part) => !part.withdrawn,
            None => fresh && candidate.named,
        };
        let [on_name, person, post, due] = names(at);
        pairs.push((on_name, if on { "1" } else { "" }.to_owned()));
        if let Some(part) = known {
            pairs.push((person, part.person.clone()));
            pairs.push((post, part.post.clone()));
        }
        let until = known.map_or(item.due, |part| part.due);
        pairs.push((due, until.to_string()));
        for (goal_at, goal) in item.goals.iter().enumerate() {
            let share = match known {
                Some(part) => part.shares.get(goal_at).copied().flatten(),
                None => candidate.shares.get(goal_at).copied().flatten(),
            };
            let text = share.map_or_else(String::new, |share| typed(share, &goal.unit()));
            pairs.push((share_name(at, goal_at), text));
        }
    }
    Form::filled(pairs)
}

/// The chosen parts; what is wrong stands at its field.
async fn read(ctx: &Ctx, look: &Look, item: &Item, form: &mut Form) -> Result<Vec<Part>, Failure> {
    let accounts = org::api::accounts(&ctx.app.store).await?;
    let mut out = Vec::new();
    for (at, candidate) in all(look, item).into_iter().enumerate() {
        let [on, person_name, post_name, due_name] = names(at);
        if !form.ticked(&on) {
            continue;
        }
        let name = &candidate.name;
        let person = form
            .required(&person_name, &format!("请填写{name}的责任人"))
            .unwrap_or_default();
        let post = form
            .required(&post_name, &format!("请填写{name}责任人的职务"))
            .unwrap_or_default();
        let due = form.day(&due_name).unwrap_or(item.due);
        if due > item.due {
            let text = format!("{name}的时限不能晚于事项的时限 {}", item.due.zh());
            form.errors.add(&due_name, text);
        }
        let mut shares = Vec::new();
        for (goal_at, goal) in item.goals.iter().enumerate() {
            let field = share_name(at, goal_at);
            let text = form.data.get(&field).to_owned();
            let share = number::read(&text, &goal.unit());
            if !text.is_empty() && share.is_none() {
                let text = format!("{name}的“{}”不是数字：「{text}」", goal.name);
                form.errors.add(&field, text);
            }
            shares.push(share);
        }
        if !item.goals.is_empty() && shares.iter().all(Option::is_none) {
            let text = format!("请填写{name}承担的目标值");
            form.errors.add(share_name(at, 0), text);
        }
        // An account of that name that reports for this executor.
        let mut fitting = accounts.iter().filter(|account| {
            account.name == person
                && !account.disabled
                && reports(account, look, &candidate.key, item, look.today)
        });
        let account = fitting.next().map(|account| account.id.clone());
        let account = account.filter(|_| fitting.next().is_none());
        out.push(Part {
            executor: candidate.key,
            executor_name: candidate.name,
            account,
            person,
            post,
            due,
            shares,
        });
    }
    if out.is_empty() {
        form.errors.add_form("至少选一个执行单位");
    }
    Ok(out)
}

fn reports(account: &org::api::Account, look: &Look, key: &str, item: &Item, today: Day) -> bool {
    crate::seen::Seen::of(&account.actor(&look.areas, today), &look.areas)
        .acts_for(key, item.lead_role)
}

fn page(ctx: &Ctx, look: &Look, item: Item, form: Form, stale: bool) -> SplitPage {
    let all = all(look, &item);
    let lines = all
        .iter()
        .enumerate()
        .map(|(at, candidate)| {
            let [on, person, post, due] = names(at);
            Line {
                at,
                name: candidate.name.clone(),
                on: form.ticked(&on),
                shares: item
                    .goals
                    .iter()
                    .enumerate()
                    .map(|(goal_at, goal)| {
                        form.field(
                            Field::text(&share_name(at, goal_at), &goal.name)
                                .inputmode("decimal")
                                .unit(goal.unit.clone())
                                .width("short"),
                        )
                    })
                    .collect(),
                person: form.field(Field::text(&person, "责任人").width("short").maxlength(20)),
                post: form.field(Field::text(&post, "职务").width("medium").maxlength(40)),
                due: form.field(Field::date(&due, "时限")),
            }
        })
        .collect();
    let sums = item
        .goals
        .iter()
        .enumerate()
        .map(|(goal_at, goal)| {
            let shares = all.iter().enumerate().map(|(at, _)| {
                let [on, ..] = names(at);
                form.ticked(&on)
                    .then(|| number::read(form.data.get(&share_name(at, goal_at)), &goal.unit()))
                    .flatten()
            });
            let need = match goal.spread {
                Spread::Each => format!(
                    "{}（{}，合计 {}）",
                    goal.name,
                    goal.says,
                    with_unit(goal.need, &goal.unit())
                ),
                _ => format!("{}（{}）", goal.name, goal.says),
            };
            (need, sum_words(goal, shares))
        })
        .collect();
    SplitPage {
        shell: look
            .shell(ctx, "分解到执行单位")
            .crumb(&item.title, format!("/tasks/items/{}", item.id)),
        tabs: look.tabs("/tasks"),
        seen: item.version,
        item,
        form,
        lines,
        sums,
        stale,
    }
}

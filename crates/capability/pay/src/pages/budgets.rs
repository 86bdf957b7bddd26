//! 年度预算: entered by finance with its document, what is left beside what was granted.

use super::{office_zh, offices, paid_here, programme_zh, programmes, signed, yuan};
use crate::budgets::{self, KINDS, New};
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::RawQuery;
use host::{Ctx, Failure, Page};
use kernel::Fen;
use ledger::Level;
use ui::{Choice, Field, Form, FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["year"]);

struct Line {
    programme: String,
    office: String,
    levels: String,
    none: bool,
    budget: String,
    spent: String,
    left: String,
    pill: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "pages/budgets.html")]
struct BudgetsPage {
    shell: Shell,
    form: Form,
    year: String,
    rows: Vec<Line>,
    entered: Vec<(String, String, &'static str, String, String, String)>,
    may_enter: bool,
    offices: Vec<Choice>,
    programmes: Vec<Choice>,
}

impl BudgetsPage {
    fn office(&self) -> Field {
        let only = self.offices.len() == 1;
        let first = self.offices.first().map_or("", |one| one.value.as_str());
        let field = Field::select("office", "单位", self.offices.clone()).required();
        self.form.field(if only {
            field.chosen(&[first])
        } else {
            field.blank("请选择")
        })
    }

    fn programme(&self) -> Field {
        let choices = self.programmes.clone();
        let field = Field::select("programme", "待遇", choices).required();
        self.form.field(field.blank("请选择"))
    }

    fn level(&self) -> Field {
        let choices = Level::ALL
            .into_iter()
            .map(|level| Choice::new(level.key(), level.zh()))
            .collect();
        let field = Field::select("level", "资金级次", choices).blank("不分级次");
        self.form
            .field(field.hint("文件写明由哪一级负担的，按级次登记，审核时逐级比对"))
    }

    fn kind(&self) -> Field {
        let choices = KINDS
            .iter()
            .map(|(key, name)| Choice::new(*key, *name))
            .collect();
        self.form
            .field(Field::radio("kind", "种类", choices).required())
    }

    fn money(&self) -> Field {
        self.form.field(
            Field::text("yuan", "金额")
                .required()
                .unit("元")
                .inputmode("decimal")
                .autocomplete("off"),
        )
    }

    fn document(&self) -> Field {
        self.form.field(
            Field::text("document", "文号或文件名")
                .required()
                .maxlength(100),
        )
    }
}

/// The asked year, this one where none is.
fn year_of(ctx: &Ctx, text: Option<&str>) -> Result<i32, PageError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(ctx.today().year());
    };
    text.parse()
        .ok()
        .filter(|year| (2000..=2100).contains(year))
        .ok_or_else(|| PageError::bad_request(format!("「{text}」不是年度，请写成 2025 的样子")))
}

/// `GET /payments/budgets`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let year = year_of(&ctx, query.filter("year"))?;
    let form = Form::filled([("kind", "first")]);
    Ok(ui::page(page(&ctx, year, form).await?))
}

/// `POST /payments/budgets`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let year = year_of(&ctx, form.text("year").as_deref())?;
    if ctx.actor().role != Role::Finance {
        return Err(PageError::refused("财政局").text("预算由财政登记。").into());
    }
    let mine = offices(&ctx)?;
    let allowed: Vec<&str> = mine.iter().map(String::as_str).collect();
    let office = form.one_of("office", &allowed, "请选择单位");
    let known = paid_here(&ctx).await?;
    let allowed: Vec<&str> = known.iter().map(|choice| choice.value.as_str()).collect();
    let programme = form.one_of("programme", &allowed, "请选择待遇");
    let kinds: Vec<&str> = KINDS.iter().map(|(key, _)| *key).collect();
    let kind = form.one_of("kind", &kinds, "请选择种类");
    let level = match form.text("level") {
        None => None,
        Some(key) => {
            let level = Level::from_key(&key);
            if level.is_none() {
                form.errors.add("level", "请从列表里选择级次");
            }
            level
        }
    };
    let typed = form.required("yuan", "请填写金额");
    let fen = typed.and_then(|text| {
        let fen = Fen::from_yuan(&text)
            .map(|fen| fen.0)
            .filter(|fen| *fen > 0);
        if fen.is_none() {
            form.errors
                .add("yuan", "金额写成 1200000 或 1200000.00 的样子，大于 0");
        }
        fen
    });
    let document = form.required("document", "请填写文号或文件名");
    let (Some(office), Some(programme), Some(kind), Some(fen), Some(document), false) =
        (office, programme, kind, fen, document, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, year, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let new = New {
        office: &office,
        programme: &programme,
        year,
        level,
        kind: &kind,
        fen,
        document: &document,
    };
    if !budgets::enter(&mut tx, &new).await? {
        tx.rollback().await?;
        form.errors
            .add("yuan", "压减超过了已登记的预算，请核对金额和级次");
        return Ok(ui::page_422(page(&ctx, year, form).await?));
    }
    tx.commit().await?;
    Ok(ctx.saved(&format!("/payments/budgets?year={year}"), "预算已登记。"))
}

async fn page(ctx: &Ctx, year: i32, form: Form) -> Result<BudgetsPage, Failure> {
    let (store, mine) = (&ctx.app.store, offices(ctx)?);
    let (book, known) = (ctx.app.part::<AreaBook>()?, programmes(ctx)?);
    let mut rows = Vec::new();
    for ((office, programme), one) in budgets::standing(store, &mine, year, "").await? {
        let levels: Vec<String> = Level::ALL
            .into_iter()
            .zip(one.levels)
            .filter_map(|(level, (budget, spent))| {
                let budget = budget?;
                Some(format!("{}余 {}", level.zh(), yuan(budget - spent)))
            })
            .collect();
        let none = one.budget == 0;
        let part = if one.budget > 0 {
            one.spent * 100 / one.budget
        } else {
            0
        };
        let (pill, words) = match (none, one.left()) {
            (true, _) => ("warn", "没有预算".to_owned()),
            (_, left) if left < 0 => ("owed", format!("超 {part}%")),
            _ if part >= 90 => ("warn", format!("{part}%")),
            _ => ("yes", format!("{part}%")),
        };
        rows.push(Line {
            programme: programme_zh(&known, &programme),
            office: office_zh(&book, &office),
            levels: levels.join("，"),
            none,
            budget: yuan(one.budget),
            spent: yuan(one.spent),
            left: yuan(one.left()),
            pill,
            words,
        });
    }
    let entered = budgets::entered(store, &mine, year)
        .await?
        .into_iter()
        .map(|one| {
            let kind = KINDS.iter().find(|(key, _)| *key == one.kind);
            (
                programme_zh(&known, &one.programme)
                    + &one
                        .level
                        .map_or_else(String::new, |level| format!(" · {}", level.zh())),
                office_zh(&book, &one.office),
                kind.map_or("", |(_, name)| *name),
                signed(one.fen),
                one.document,
                one.at.minute(),
            )
        })
        .collect();
    Ok(BudgetsPage {
        shell: ctx.shell("资金预算").crumb("发放批次", "/payments"),
        form,
        year: year.to_string(),
        rows,
        entered,
        may_enter: ctx.actor().role == Role::Finance,
        offices: mine
            .iter()
            .map(|key| Choice::new(key.clone(), office_zh(&book, key)))
            .collect(),
        programmes: paid_here(ctx).await?,
    })
}

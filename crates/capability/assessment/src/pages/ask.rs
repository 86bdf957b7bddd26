//! 申请评估: for whom, by which scale, why; a valid result is used again and not repeated.

use crate::acts::{self, New};
use crate::book;
use crate::model::{KINDS, ORIGINS, State, zh};
use crate::terms::terms;
use crate::whose;
use askama::Template;
use assess::Scheme;
use authz::{Action, Role};
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::Person;
use store::{Audit, StoreError};
use ui::{Choice, Field, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "pages/ask.html")]
struct AskPage {
    shell: Shell,
    form: Form,
    person: Person,
    valid: Vec<(String, String, String)>,
    role: Role,
    /// The scale for somebody of this age, where another office asks for it.
    elsewhere: Option<&'static Scheme>,
    family: bool,
    officer: bool,
}

/// Kinds that somebody may ask for.
const ASKED: [&str; 3] = ["first", "regular", "change"];

impl AskPage {
    fn back(&self) -> String {
        whose::back(self.role, &self.person.key.id)
    }

    fn scheme(&self) -> Field {
        let choices = whose::schemes(self.role)
            .filter(|scheme| scheme.is_scored())
            .map(|scheme| {
                Choice::new(
                    &scheme.id,
                    format!("{}（{}）", scheme.name, scheme.audience),
                )
            })
            .collect();
        self.form
            .field(Field::radio("scheme", "评什么", choices).required())
    }

    fn kind(&self) -> Field {
        let choices = ASKED
            .iter()
            .map(|key| Choice::new(*key, zh(KINDS, key)))
            .collect();
        self.form.field(
            Field::radio("kind", "评估原因", choices)
                .required()
                .hint("结论还在有效期内的，只有状况变化才重新评估"),
        )
    }

    fn origin(&self) -> Field {
        let from: &[&str] = if self.family {
            &["self", "family"]
        } else {
            &["self", "family", "visit", "department", "due"]
        };
        origin(&self.form, from)
    }

    fn says(&self) -> Field {
        self.form.field(
            Field::lines("says", "情况说明")
                .hint("可不填。如最近摔倒、住院、走失，方便上门的时间")
                .maxlength(300),
        )
    }
}

/// `GET /people/{id}/assessments/new`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = open(&ctx, &id).await?;
    let scheme = whose::usual(&person, ctx.today()).map_or("", |usual| usual.id.as_str());
    let origin = match ctx.actor().role {
        Role::Family => "family",
        Role::Visitor => "visit",
        _ => "",
    };
    let form = Form::filled([("scheme", scheme), ("kind", "first"), ("origin", origin)]);
    ctx.log_reads(&[Audit::new("person.read").person(&person.key.shard, &person.key.id)])
        .await?;
    Ok(ui::page_no_store(page(&ctx, person, form).await?))
}

/// `POST /people/{id}/assessments`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let person = open(&ctx, &id).await?;
    let mut form = Form::from(data);
    let schemes: Vec<&str> = whose::schemes(ctx.actor().role)
        .filter(|scheme| scheme.is_scored())
        .map(|scheme| scheme.id.as_str())
        .collect();
    let scheme = form.one_of("scheme", &schemes, "请选择评什么");
    let kind = form.one_of("kind", &ASKED, "请选择评估原因");
    let origins: Vec<&str> = ORIGINS.iter().map(|(key, _)| *key).collect();
    let origin = form.one_of(
        "origin",
        origins.get(..5).unwrap_or(&[]),
        "请选择怎么提出的",
    );
    let says = form.text("says");
    let scheme = scheme.and_then(|id| assess::by_id(&id));
    let mut due = ctx.today().plus_days(terms().due_days);
    if let (Some(scheme), Some(kind)) = (scheme, &kind) {
        let today = ctx.today();
        if let Some(valid) = book::valid(&ctx.app.store, &person.key, &scheme.id, today).await? {
            let until = valid.valid_until.unwrap_or(today);
            let soon = today.plus_days(terms().remind_days);
            if kind == "regular" && until <= soon {
                due = until;
            } else if kind != "change" {
                form.errors.add(
                    "kind",
                    format!(
                        "已有有效结论（至 {}），各部门通用，不用重复评估；状况有变化请选「即时评估」",
                        until.plus_days(-1).zh()
                    ),
                );
            }
        }
    }
    let (Some(scheme), Some(kind), Some(origin), false) = (scheme, kind, origin, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, person, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let new = New {
        person: &person,
        scheme,
        kind: &kind,
        origin: &origin,
        of_request: None,
        state: State::Asked,
        due,
        says: says.as_deref(),
    };
    let asked = acts::ask(&mut tx, &ctx.actor(), new).await;
    if matches!(asked, Err(StoreError::Duplicate { .. })) {
        tx.rollback().await?;
        form.errors.add(
            "scheme",
            "这个量表已经有一件评估在办，不用重复申请".to_owned(),
        );
        return Ok(ui::page_409(page(&ctx, person, form).await?));
    }
    asked?;
    tx.commit().await?;
    let county = whose::county(scheme);
    let text = format!("已申请，{county}派单，{}前完成。", due.zh());
    let back = whose::back(ctx.actor().role, &person.key.id);
    Ok(ctx.saved(&back, &text))
}

async fn open(ctx: &Ctx, id: &str) -> Result<Person, Failure> {
    let person = people::api::open(ctx, id, Action::AskAssessment).await?;
    whose::admits(ctx, person)
}

async fn page(ctx: &Ctx, person: Person, form: Form) -> Result<AskPage, Failure> {
    let all = book::of_person(&ctx.app.store, &person.key).await?;
    let today = ctx.today();
    let valid = all
        .iter()
        .filter(|one| one.request.state == State::Done)
        .filter_map(|one| {
            let until = one.valid_until.filter(|until| *until > today)?;
            let level = one.request.scheme.level_name(one.level?);
            Some((
                one.request.scheme.name.clone(),
                level.to_owned(),
                until.plus_days(-1).zh(),
            ))
        })
        .collect();
    let role = ctx.actor().role;
    let back = whose::back(role, &person.key.id);
    let usual = whose::usual(&person, today);
    Ok(AskPage {
        shell: ctx
            .shell("申请评估")
            .crumb("人员档案", "/people")
            .crumb(person.name.clone(), back),
        form,
        person,
        valid,
        elsewhere: usual.filter(|usual| !whose::theirs(role, usual)),
        role,
        family: role == Role::Family,
        officer: Action::DispatchAssessment.allowed_to(role),
    })
}

/// 怎么提出的, with these choices.
pub(crate) fn origin(form: &Form, from: &[&str]) -> Field {
    let choices = from
        .iter()
        .map(|key| Choice::new(*key, zh(ORIGINS, key)))
        .collect();
    form.field(
        Field::select("origin", "怎么提出的", choices)
            .required()
            .blank("请选择"),
    )
}

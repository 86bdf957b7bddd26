//! 登记同意: who consented to what, on which paper, from when until when. A child's guardian consents for it.

use super::state::{self, Stood};
use super::{BY, CHANNELS};
use crate::data;
use crate::store::consents::{self, Consent};
use crate::store::purposes::{self, Purpose};
use askama::Template;
use authz::{Action, Role, Scope};
use axum::extract::{Path, Request};
use files::{Files, NewFile};
use host::{Ctx, Failure, Page, Upload};
use people::api::Person;
use serde_json::json;
use store::{Audit, StoreResult, Tx};
use ui::{Choice, Field, Form, PageError, Shell};

/// Days a consent's paper is kept at most; a rule of retention ends it sooner.
const PAPER_DAYS: i32 = 36_525;
/// Until this birthday a guardian consents (个人信息保护法第三十一条).
pub(crate) const OWN_CONSENT: i32 = 14;

#[derive(Template)]
#[template(path = "pages/consents.html")]
pub(crate) struct ConsentsPage {
    shell: Shell,
    form: Form,
    id: String,
    back: String,
    child: bool,
    family: bool,
    purposes: Vec<Choice>,
    asked: Vec<Stood>,
    acting: Vec<String>,
}

impl ConsentsPage {
    fn purpose(&self) -> Field {
        self.form
            .field(Field::radio("purpose", "同意用于", self.purposes.clone()).required())
    }
    fn by_kind(&self) -> Field {
        let choices = BY
            .iter()
            .filter(|(key, _)| !self.child || *key == "guardian")
            .map(|(key, words)| Choice::new(*key, *words))
            .collect();
        let hint = if self.child {
            "不满 14 周岁，由父母或其他监护人同意"
        } else {
            "监护人、代办人要先在「家庭、监护与代办」登记材料"
        };
        self.form.field(
            Field::radio("by_kind", "谁同意", choices)
                .required()
                .hint(hint),
        )
    }
    fn by_name(&self) -> Field {
        let hint = if self.acting.is_empty() {
            "本人同意的不用填".to_owned()
        } else {
            format!("已登记：{}。本人同意的不用填", self.acting.join("、"))
        };
        self.form.field(
            Field::text("by_name", "同意人姓名")
                .hint(hint)
                .maxlength(40)
                .autocomplete("off"),
        )
    }
    fn channel(&self) -> Field {
        let choices = CHANNELS
            .iter()
            .filter(|(key, _)| *key != "online")
            .map(|(key, words)| Choice::new(*key, *words))
            .collect();
        self.form
            .field(Field::radio("channel", "怎样表示的", choices).required())
    }
    fn from(&self) -> Field {
        self.form.field(Field::date("from", "从哪天起").required())
    }
    fn until(&self) -> Field {
        self.form
            .field(Field::date("until", "到哪天为止").hint("长期有效的可不填；随时可以撤回"))
    }
    fn note(&self) -> Field {
        self.form
            .field(Field::lines("note", "说明").hint("可不填").maxlength(200))
    }
    fn file_hint(&self) -> String {
        let must = if self.family {
            "可以不存"
        } else {
            "书面同意要存同意书"
        };
        format!("{}；{must}", host::UPLOAD_HINT)
    }
    fn file_error(&self) -> &str {
        self.form.errors.of("file").unwrap_or_default()
    }
}

/// Where somebody's consents are recorded from: an office, or the family itself.
pub(crate) fn may(ctx: &Ctx) -> bool {
    let role = ctx.actor().role;
    role == Role::Family || Action::RegisterPerson.allowed_to(role)
}

/// The person, for somebody who records consents about them.
pub(crate) async fn open(ctx: &Ctx, id: &str) -> Result<Person, Failure> {
    let action = if ctx.actor().role == Role::Family {
        Action::ReadPerson
    } else {
        Action::RegisterPerson
    };
    people::api::open(ctx, id, action).await
}

/// `GET /people/{id}/consents`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = open(&ctx, &id).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("tab", "privacy")])
        .await?;
    let form = Form::filled([("from", ctx.today().to_string())]);
    Ok(ui::page_no_store(page(&ctx, &person, form).await?))
}

/// `POST /people/{id}/consents`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, request: Request) -> Page {
    let person = open(&ctx, &id).await?;
    let (data, file) = host::upload_form(&ctx, request).await?;
    let mut form = Form::from(data);
    let store = &ctx.app.store;
    let asked: Vec<Purpose> = purposes::all(store)
        .await?
        .into_iter()
        .filter(|purpose| purpose.basis.by_consent() && fits(&ctx, &person, &purpose.key))
        .collect();
    let keys: Vec<&str> = asked.iter().map(|purpose| purpose.key.as_str()).collect();
    let purpose = form.one_of("purpose", &keys, "请选择同意用于什么");
    let purpose = purpose.and_then(|key| asked.iter().find(|purpose| purpose.key == key));
    let upload = file.unwrap_or_else(|why| {
        form.errors.add("file", why);
        None
    });
    let who = if ctx.actor().role == Role::Family {
        by_family(&ctx, &person, &mut form).await?
    } else {
        by_office(&ctx, &person, &mut form, upload.is_some()).await?
    };
    let from = match form.required("from", "请填写从哪天起") {
        Some(_) => form.day("from"),
        None => None,
    };
    let until = form.text("until").and_then(|_| form.day("until"));
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        form.errors.add("until", "要晚于开始的那天");
    }
    let (Some(purpose), Some(who), Some(from), false) = (purpose, who, from, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, &person, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let file = match upload {
        Some(upload) => Some(keep(&ctx, &mut tx, &person, upload).await?),
        None => None,
    };
    let new = Consent {
        id: tx.store().new_id(),
        key: person.key.clone(),
        purpose: purpose.key.clone(),
        given: true,
        by_kind: who.kind,
        by_name: who.name,
        channel: who.channel,
        file,
        from,
        until,
        note: form.text("note"),
        digest: purpose.digest.clone(),
        recorded: tx.at(),
        recorded_name: ctx.actor().name,
    };
    write(&mut tx, &new).await?;
    tx.commit().await?;
    let text = format!("已登记对「{}」的同意。", purpose.title);
    Ok(ctx.saved(&back(&ctx, &person), &text))
}

/// Writes an act down with its log row and its event.
pub(crate) async fn write(tx: &mut Tx, act: &Consent) -> StoreResult<()> {
    consents::insert(tx, act).await?;
    let (topic, action) = if act.given {
        ("consent.given", "consent.give")
    } else {
        ("consent.withdrawn", "consent.withdraw")
    };
    tx.emit(
        topic,
        &json!({ "person": act.key.id, "purpose": act.purpose, "from": act.from.number() }),
    )
    .await?;
    tx.audit(
        Audit::new(action)
            .person(&act.key.shard, &act.key.id)
            .with("purpose", act.purpose.as_str())
            .with("by", act.by_kind.as_str())
            .with("channel", act.channel.as_str()),
    );
    Ok(())
}

/// Where the asker came from.
pub(crate) fn back(ctx: &Ctx, person: &Person) -> String {
    if ctx.actor().role == Role::Family {
        return "/family/consents".to_owned();
    }
    format!("/people/{}?tab=privacy", person.key.id)
}

struct Who {
    kind: String,
    name: Option<String>,
    channel: String,
}

/// Whether somebody is too young to consent on a day.
pub(crate) fn too_young(ctx: &Ctx, person: &Person) -> bool {
    person
        .age_on(ctx.today())
        .is_some_and(|age| age < OWN_CONSENT)
}

/// Whether a purpose is one to ask this person about.
fn fits(ctx: &Ctx, person: &Person, purpose: &str) -> bool {
    purpose != data::CHILD || too_young(ctx, person)
}

/// An office says who consented: whoever acts for somebody is registered with their paper.
async fn by_office(
    ctx: &Ctx,
    person: &Person,
    form: &mut Form,
    paper: bool,
) -> Result<Option<Who>, Failure> {
    let kinds: Vec<&str> = BY.iter().map(|(key, _)| *key).collect();
    let kind = form.one_of("by_kind", &kinds, "请选择谁同意");
    let channels = ["paper", "counter", "phone"];
    let channel = form.one_of("channel", &channels, "请选择怎样表示的");
    let name = form.text("by_name");
    if channel.as_deref() == Some("paper") && !paper && form.errors.of("file").is_none() {
        form.errors.add("file", "书面同意要存同意书的照片或扫描件");
    }
    let (Some(kind), Some(channel)) = (kind, channel) else {
        return Ok(None);
    };
    if too_young(ctx, person) && kind != "guardian" {
        form.errors
            .add("by_kind", "不满 14 周岁，要由父母或其他监护人同意");
        return Ok(None);
    }
    if kind == "self" {
        return Ok(Some(Who {
            kind,
            name: None,
            channel,
        }));
    }
    let Some(name) = name else {
        form.errors.add("by_name", "请填写同意人姓名");
        return Ok(None);
    };
    let acting = identity::api::acting_for(&ctx.app.store, &person.key.id, ctx.today()).await?;
    let known = acting
        .iter()
        .any(|one| one.name == name && one.guardian == (kind == "guardian"));
    if !known {
        let text = format!(
            "没有登记过有效的{}「{name}」，请先在「家庭、监护与代办」登记材料",
            super::word(BY, &kind)
        );
        form.errors.add("by_name", text);
        return Ok(None);
    }
    Ok(Some(Who {
        kind,
        name: Some(name),
        channel,
    }))
}

/// A family account consents as what it acts for the person: by a paper.
async fn by_family(ctx: &Ctx, person: &Person, form: &mut Form) -> Result<Option<Who>, Failure> {
    let (account, today) = (ctx.actor().id, ctx.today());
    let acting = identity::api::acts_for(&ctx.app.store, &account, &person.key.id, today).await?;
    let Some(acting) = acting else {
        let text = "您的账号还没有登记监护或代办材料，不能代为同意。请带材料到乡镇（街道）办理，或由本人签书面同意书";
        form.errors.add("purpose", text);
        return Ok(None);
    };
    if too_young(ctx, person) && !acting.guardian {
        form.errors
            .add("purpose", "不满 14 周岁，要由父母或其他监护人同意");
        return Ok(None);
    }
    let kind = if acting.guardian { "guardian" } else { "proxy" };
    Ok(Some(Who {
        kind: kind.to_owned(),
        name: Some(acting.name),
        channel: "online".to_owned(),
    }))
}

async fn keep(ctx: &Ctx, tx: &mut Tx, person: &Person, upload: Upload) -> StoreResult<String> {
    let files = ctx.app.part::<Files>()?;
    let new = NewFile {
        name: format!("同意书.{}", upload.ending),
        owner: tx.actor().id.clone(),
        scope: Scope::People(vec![person.key.id.clone()]),
        days: PAPER_DAYS,
    };
    Ok(files.keep(tx, upload.sealed, new).await?.id)
}

async fn page(ctx: &Ctx, person: &Person, form: Form) -> Result<ConsentsPage, Failure> {
    if !may(ctx) {
        return Err(PageError::refused("乡镇（街道）民政办").into());
    }
    let store = &ctx.app.store;
    let asked: Vec<Stood> = state::all(store, &person.key, ctx.today())
        .await?
        .into_iter()
        .filter(|one| one.asks && fits(ctx, person, &one.key))
        .collect();
    let acting = identity::api::acting_for(store, &person.key.id, ctx.today()).await?;
    let family = ctx.actor().role == Role::Family;
    let back = back(ctx, person);
    let home = if family {
        ("个人信息授权", "/family/consents".to_owned())
    } else {
        ("人员档案", "/people".to_owned())
    };
    let mut shell = ctx.shell("登记同意").crumb(home.0, home.1);
    if !family {
        shell = shell.crumb(person.name.clone(), back.clone());
    }
    Ok(ConsentsPage {
        shell,
        id: person.key.id.clone(),
        back,
        child: too_young(ctx, person),
        family,
        purposes: asked
            .iter()
            .map(|one| {
                Choice::new(one.key.as_str(), one.title.as_str()).hint(format!(
                    "{}　用到：{}　给：{}",
                    one.says, one.what, one.receivers
                ))
            })
            .collect(),
        acting: acting
            .into_iter()
            .map(|one| format!("{}（{}）", one.name, one.relation))
            .collect(),
        asked,
        form,
    })
}

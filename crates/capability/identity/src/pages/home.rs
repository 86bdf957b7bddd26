//! 家庭、监护与代办: who lives with somebody, who came and went, who acts for them and by which paper.

use super::tie::{PAPERS, TieRow, row};
use crate::store::ties::{self, HouseAct};
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Failure, Page, PersonKey};
use kernel::{Day, IdNumber};
use people::api::{OwnField, OwnValue, Person, words};
use rules::Value;
use rules::facts::FactId;
use store::{Audit, Reads};
use ui::{Choice, Field, Form, FormData, Shell};

/// What somebody is in a household.
const RELATIONS: &[&str] = &["户主", "配偶", "子", "女", "父", "母", "孙", "孙女", "其他"];
/// Why somebody joins or leaves.
const REASONS: &[(&str, &str)] = &[
    ("marriage", "婚姻"),
    ("birth", "出生"),
    ("care", "随子女或亲属赡养"),
    ("apart", "分户"),
    ("divorce", "离婚"),
    ("correct", "登记有误"),
];
pub(crate) fn word(all: &[(&'static str, &'static str)], key: &str) -> &'static str {
    all.iter()
        .find(|(known, _)| *known == key)
        .map_or("", |(_, words)| *words)
}

struct Member {
    name: String,
    relation: String,
    age: String,
    href: String,
    dead: bool,
}

#[derive(Template)]
#[template(path = "pages/home.html")]
pub(crate) struct HomePage {
    shell: Shell,
    form: Form,
    id: String,
    version: i64,
    in_household: bool,
    members: Vec<Member>,
    hidden: i64,
    acts: Vec<String>,
    ties: Vec<TieRow>,
    child: bool,
    stale: bool,
}

impl HomePage {
    fn of(&self) -> Field {
        self.form.field(
            Field::text("of", "和谁一户")
                .required()
                .hint("填对方的身份证号或临时编号")
                .maxlength(30)
                .autocomplete("off"),
        )
    }
    fn relation(&self) -> Field {
        let choices = RELATIONS.iter().map(|word| Choice::new(*word, *word));
        self.form.field(
            Field::select("relation", "与户主关系", choices.collect())
                .required()
                .blank("请选择"),
        )
    }
    fn day(&self) -> Field {
        self.form.field(Field::date("day", "从哪天起").required())
    }
    fn reason(&self) -> Field {
        let choices = REASONS.iter().map(|(key, words)| Choice::new(*key, *words));
        self.form.field(
            Field::select("reason", "原因", choices.collect())
                .required()
                .blank("请选择"),
        )
    }
    fn holder(&self) -> Field {
        self.form.field(
            Field::text("holder_name", "姓名")
                .required()
                .hint(if self.child {
                    "监护人姓名"
                } else {
                    "代办人姓名"
                })
                .maxlength(40),
        )
    }
    fn tie_relation(&self) -> Field {
        self.form.field(
            Field::text("tie_relation", "和本人的关系")
                .required()
                .maxlength(20),
        )
    }
    fn paper(&self) -> Field {
        let choices = PAPERS.iter().map(|(key, words)| Choice::new(*key, *words));
        self.form.field(
            Field::select("paper", "凭什么材料", choices.collect())
                .required()
                .blank("请选择"),
        )
    }
    fn paper_number(&self) -> Field {
        self.form.field(
            Field::text("paper_number", "材料编号")
                .hint("加密保存，没有编号的可不填")
                .maxlength(60)
                .autocomplete("off"),
        )
    }
    fn file_hint(&self) -> String {
        let who = if self.child { "监护人" } else { "代办人" };
        format!(
            "{}；加密保存，登记机关和{who}可看。可以以后补存",
            host::UPLOAD_HINT
        )
    }
    fn file_error(&self) -> &str {
        self.form.errors.of("file").unwrap_or_default()
    }
    fn from(&self) -> Field {
        self.form.field(Field::date("from", "生效日期").required())
    }
    fn until(&self) -> Field {
        self.form.field(
            Field::date("until", "到哪天为止")
                .hint("到期后家属账号不能再看这份档案；长期有效的可不填"),
        )
    }
    fn account(&self) -> Field {
        self.form.field(
            Field::text("account", "家属账号")
                .hint("填了的，有效期内可以用这个账号查看这份档案")
                .maxlength(32)
                .autocomplete("off"),
        )
    }
}

/// Under 18 on a day, where the birth is known.
pub(crate) fn is_child(person: &Person, day: Day) -> bool {
    matches!(person.facts.get(FactId::BIRTH_DATE), Some(Value::Day(birth)) if birth.age_on(day) < 18)
}

/// `GET /people/{id}/home`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = people::api::open(&ctx, &id, Action::RegisterPerson).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("tab", "home")])
        .await?;
    Ok(ui::page_no_store(
        page(&ctx, &person, Form::default(), false).await?,
    ))
}

fn version_of(form: &Form) -> i64 {
    form.text("version")
        .and_then(|text| text.parse().ok())
        .unwrap_or(-1)
}

/// A day that was typed and lies not in the future.
fn past(form: &mut Form, name: &str, today: Day, missing: &str) -> Option<Day> {
    form.required(name, missing)?;
    let day = form.day(name)?;
    if day > today {
        form.errors.add(name, "不能晚于今天");
        return None;
    }
    Some(day)
}

fn reason_of(form: &mut Form) -> Option<String> {
    let reasons: Vec<&str> = REASONS.iter().map(|(key, _)| *key).collect();
    form.one_of("reason", &reasons, "请选择原因")
}

/// `POST /people/{id}/household`: joins the household of somebody.
pub(crate) async fn join(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let mut form = Form::from(data);
    let relation = form.one_of("relation", RELATIONS, "请选择与户主关系");
    let day = past(&mut form, "day", ctx.today(), "请填写从哪天起");
    let reason = reason_of(&mut form);
    let of = form.required("of", "请填写对方的身份证号或临时编号");
    let mut tx = ctx.begin().await?;
    let person = people::api::open_in(&ctx, &tx, &id, Action::RegisterPerson).await?;
    let other = match &of {
        Some(typed) => named(&ctx, &tx, typed).await?,
        None => None,
    };
    if of.is_some() && other.as_ref().is_none_or(|other| other.key == person.key) {
        let text = "您的管辖范围内没有这个身份证号或临时编号的其他人，请核对";
        form.errors.add("of", text);
    }
    let (Some(other), Some(relation), Some(day), Some(reason), false) =
        (other, relation, day, reason, form.has_errors())
    else {
        tx.rollback().await?;
        return Ok(ui::page_422(page(&ctx, &person, form, false).await?));
    };
    if !people::api::claim(&mut tx, &person.key, version_of(&form)).await? {
        tx.rollback().await?;
        return Ok(ui::page_409(page(&ctx, &person, form, true).await?));
    }
    let household = if let Some(household) = &other.household {
        household.clone()
    } else {
        let household = tx.store().new_id();
        live_in(
            &mut tx,
            &other.key,
            Some((&household, "户主")),
            day,
            &reason,
        )
        .await?;
        household
    };
    if let Some(before) = &person.household {
        let act = HouseAct {
            person: person.key.clone(),
            household: before.clone(),
            act: "leave",
            relation: person.relation.clone(),
            day,
            reason: reason.clone(),
        };
        ties::house(&mut tx, &act).await?;
    }
    live_in(
        &mut tx,
        &person.key,
        Some((&household, &relation)),
        day,
        &reason,
    )
    .await?;
    let keys = [person.key.clone(), other.key.clone()];
    ctx.app.facts_changed(&mut tx, &keys).await?;
    tx.audit(
        Audit::new("household.join")
            .person(&person.key.shard, &person.key.id)
            .with("household", household.as_str())
            .with("reason", reason),
    );
    tx.commit().await?;
    crate::merge::told(&ctx.app, &[&person.key.id, &other.key.id], None).await?;
    Ok(ctx.redirect_with(&format!("/people/{id}/home"), "ok", "已登记入户。"))
}

/// `POST /people/{id}/household/leave`
pub(crate) async fn leave(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let mut form = Form::from(data);
    let day = past(&mut form, "day", ctx.today(), "请填写从哪天起");
    let reason = reason_of(&mut form);
    let mut tx = ctx.begin().await?;
    let person = people::api::open_in(&ctx, &tx, &id, Action::RegisterPerson).await?;
    let (Some(household), Some(day), Some(reason)) = (person.household.clone(), day, reason) else {
        tx.rollback().await?;
        return Ok(ui::page_422(page(&ctx, &person, form, false).await?));
    };
    if !people::api::claim(&mut tx, &person.key, version_of(&form)).await? {
        tx.rollback().await?;
        return Ok(ui::page_409(page(&ctx, &person, form, true).await?));
    }
    let act = HouseAct {
        person: person.key.clone(),
        household: household.clone(),
        act: "leave",
        relation: person.relation.clone(),
        day,
        reason: reason.clone(),
    };
    ties::house(&mut tx, &act).await?;
    people::api::write_own(&mut tx, &person.key, OwnField::Household, &OwnValue::new()).await?;
    ctx.app
        .facts_changed(&mut tx, std::slice::from_ref(&person.key))
        .await?;
    tx.audit(
        Audit::new("household.leave")
            .person(&person.key.shard, &person.key.id)
            .with("household", household)
            .with("reason", reason),
    );
    tx.commit().await?;
    crate::merge::told(&ctx.app, &[&person.key.id], None).await?;
    Ok(ctx.redirect_with(&format!("/people/{id}/home"), "ok", "已登记离户。"))
}

async fn live_in(
    tx: &mut store::Tx,
    key: &PersonKey,
    house: Option<(&str, &str)>,
    day: Day,
    reason: &str,
) -> store::StoreResult<()> {
    let Some((household, relation)) = house else {
        return Ok(());
    };
    let value: OwnValue = [
        ("household".to_owned(), Some(household.to_owned())),
        ("relation".to_owned(), Some(relation.to_owned())),
    ]
    .into_iter()
    .collect();
    people::api::write_own(tx, key, OwnField::Household, &value).await?;
    let act = HouseAct {
        person: key.clone(),
        household: household.to_owned(),
        act: "join",
        relation: Some(relation.to_owned()),
        day,
        reason: reason.to_owned(),
    };
    ties::house(tx, &act).await
}

/// Somebody in the asker's scope by number or 临时编号.
async fn named(ctx: &Ctx, reads: &impl Reads, typed: &str) -> Result<Option<Person>, Failure> {
    let typed = typed.trim().to_uppercase();
    let found = match IdNumber::parse(&typed, ctx.today()) {
        Ok(number) => people::api::by_number(reads, ctx.app.store.keys(), number.reveal()).await?,
        Err(_not_a_number) => people::api::by_provisional_code(reads, &typed).await?,
    };
    Ok(found.filter(|person| ctx.scope().admits(&person.subject())))
}

pub(crate) async fn page(
    ctx: &Ctx,
    person: &Person,
    form: Form,
    stale: bool,
) -> Result<HomePage, Failure> {
    let (store, today) = (&ctx.app.store, ctx.today());
    let (members, hidden) = match &person.household {
        Some(household) => {
            let all = people::api::household(store, &ctx.scope(), household).await?;
            let size = people::api::household_size(store, household).await?;
            (all.clone(), size - all.len() as i64)
        }
        None => (Vec::new(), 0),
    };
    let seen: Vec<Audit> = members
        .iter()
        .filter(|member| member.key != person.key)
        .map(|member| Audit::new("person.relative").person(&member.key.shard, &member.key.id))
        .collect();
    ctx.log_reads(&seen).await?;
    let acts = ties::house_acts(store, &person.key.id).await?;
    let ties = ties::of(store, &person.key.id).await?;
    Ok(HomePage {
        shell: ctx
            .shell("家庭、监护与代办")
            .crumb("人员档案", "/people")
            .crumb(person.name.clone(), format!("/people/{}", person.key.id)),
        id: person.key.id.clone(),
        version: person.version,
        in_household: person.household.is_some(),
        members: members
            .iter()
            .map(|member| Member {
                name: member.name.clone(),
                relation: member.relation.clone().unwrap_or_default(),
                age: words::age(&member.facts, today),
                href: format!("/people/{}", member.key.id),
                dead: member.facts.get(FactId::ALIVE) == Some(&Value::Bool(false)),
            })
            .collect(),
        hidden,
        acts: acts
            .into_iter()
            .map(|(day, _, who, act, relation, reason)| {
                let what = if act == "join" { "入户" } else { "离户" };
                let relation = relation.map_or_else(String::new, |word| format!("（{word}）"));
                format!(
                    "{} {what}{relation} · {} · {who} 登记",
                    day.zh(),
                    word(REASONS, &reason)
                )
            })
            .collect(),
        ties: ties.iter().map(|tie| row(tie, today)).collect(),
        child: is_child(person, today),
        form,
        stale,
    })
}

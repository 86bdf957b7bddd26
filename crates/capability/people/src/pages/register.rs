//! 新增人员: with an identity number, or under a provisional one; nobody is registered twice.

use super::register_alike::Alike;
use super::{correct, one, words};
use crate::api::{self, NewPerson, Person, PersonKey, Record, Registered, first_sets, register};
use askama::Template;
use authz::Subject;
use host::{Ctx, Failure, Page};
use kernel::{AreaCode, Day, IdNumber};
use store::{Audit, Reads};
use ui::{Choice, Field, Form, FormData, Shell};

/// Somebody who is registered already: a link in scope, otherwise the office to ask.
struct Twin {
    says: String,
    href: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/register.html")]
struct RegisterPage {
    shell: Shell,
    form: Form,
    twin: Option<Twin>,
    alike: Option<Alike>,
    root: String,
}

impl RegisterPage {
    fn name(&self) -> Field {
        self.form.field(
            Field::text("name", "姓名")
                .required()
                .hint("与身份证一致，生僻字照写")
                .maxlength(40),
        )
    }
    fn number(&self) -> Field {
        self.form.field(
            Field::text("id_number", "身份证号")
                .hint("18 位。暂时没有的留空，系统给临时编号")
                .maxlength(18)
                .autocomplete("off"),
        )
    }
    fn birth(&self) -> Field {
        self.form
            .field(Field::date("birth_date", "出生日期").hint("填了身份证号的可不填"))
    }
    fn sex(&self) -> Field {
        self.form.field(
            Field::radio(
                "sex",
                "性别",
                vec![Choice::new("male", "男"), Choice::new("female", "女")],
            )
            .hint("填了身份证号的可不选"),
        )
    }
    fn hukou(&self) -> Field {
        self.form.field(
            Field::area("hukou_area", "户籍地", "/areas/children", &self.root)
                .hint("外地户籍填 6 位县级区划代码；不清楚可不填"),
        )
    }
    fn residence(&self) -> Field {
        self.form.field(
            Field::area("residence_area", "常住地", "/areas/children", &self.root).required(),
        )
    }
    fn address(&self) -> Field {
        self.form.field(
            Field::text("address", "详细地址")
                .hint("村组、门牌")
                .maxlength(100),
        )
    }
    fn phone(&self) -> Field {
        self.form.field(Field::phone("phone", "电话"))
    }
}

/// `GET /people/new`
pub(crate) async fn get(ctx: Ctx) -> Page {
    Ok(ui::page_no_store(page(&ctx, Form::default(), None, None)?))
}

struct Typed {
    name: String,
    number: Option<IdNumber>,
    birth: Day,
    male: bool,
    hukou: Option<AreaCode>,
    residence: AreaCode,
    address: Option<String>,
    phone: Option<String>,
}

/// `POST /people/new`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let Some(typed) = typed(&ctx, &mut form) else {
        return Ok(ui::page_422(page(&ctx, form, None, None)?));
    };
    if let Some(number) = &typed.number
        && let Some(known) = registered(&ctx, &ctx.app.store, number).await?
    {
        return duplicate(&ctx, form, &known);
    }
    let person = new_person(&ctx, typed);
    let (key, provisional) = (person.key.clone(), person.provisional.clone());
    let alike = Alike::of(&ctx, &person).await?;
    if let Some(alike) = &alike
        && form.text("other").as_ref() != Some(&alike.mark)
    {
        form.errors
            .add("other", "可能已经建过档案，请先核对下面的疑似重复");
        return Ok(ui::page_422(page(&ctx, form, None, Some(alike.clone()))?));
    }
    let tx = ctx.begin().await?;
    let (mut tx, registered) = match register(&ctx.app, tx, person, "page").await? {
        Registered::New(new) => *new,
        Registered::Known(known) => return duplicate(&ctx, form, &known),
    };
    tx.audit(Audit::new("person.register").person(&key.shard, &key.id));
    if let Some(alike) = &alike {
        alike.saved(&ctx, &mut tx, &key).await?;
    }
    tx.commit().await?;
    correct::index(&ctx, &registered).await?;
    let text = provisional.map_or_else(
        || "已建档。".to_owned(),
        |number| format!("已建档，临时编号 {number}；有身份证号后补录，历史不丢。"),
    );
    Ok(ctx.redirect_with(&format!("/people/{}", key.id), "ok", &text))
}

/// The person of the form, to be registered now.
fn new_person(ctx: &Ctx, typed: Typed) -> NewPerson {
    let now = ctx.app.clock().now();
    let shard = api::shard_of(typed.hukou.or(Some(typed.residence)));
    let key = PersonKey {
        shard,
        id: ctx.app.store.new_id(),
    };
    let record = Record {
        seq: 1,
        recorded: now,
        source: "现场登记".to_owned(),
        by: ctx.actor().name,
        sets: first_sets(
            typed.birth,
            typed.male,
            typed.hukou,
            typed.residence,
            now.day(),
        ),
        reason: None,
        withdrawn: None,
    };
    NewPerson {
        provisional: typed.number.is_none().then(|| provisional(&key)),
        key,
        name: typed.name,
        id_number: typed.number.map(|number| number.reveal().to_owned()),
        phone: typed.phone,
        address: typed.address,
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household: None,
        relation: None,
        registered: now,
        guardians: Vec::new(),
        records: vec![record],
    }
}

/// A provisional number: 临 + county + the end of the id.
fn provisional(key: &PersonKey) -> String {
    let tail: String = key
        .id
        .chars()
        .rev()
        .filter(|c| *c != '-')
        .take(8)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    format!("临{}-{}", key.shard, tail.to_uppercase())
}

fn typed(ctx: &Ctx, form: &mut Form) -> Option<Typed> {
    let today = ctx.today();
    let name = form.required("name", "请填写姓名");
    let number = form
        .text("id_number")
        .and_then(|text| match IdNumber::parse(&text, today) {
            Ok(number) => Some(number),
            Err(error) => {
                form.errors.add("id_number", error.to_string());
                None
            }
        });
    let birth_typed = form.text("birth_date").and_then(|_| form.day("birth_date"));
    let birth = number
        .as_ref()
        .and_then(IdNumber::birth_date)
        .or(birth_typed);
    if let (Some(number), Some(birth)) =
        (number.as_ref().and_then(IdNumber::birth_date), birth_typed)
        && number != birth
    {
        form.errors
            .add("birth_date", "和身份证号中的出生日期不一样，请核对");
    }
    if birth.is_none()
        && form.errors.of("id_number").is_none()
        && form.errors.of("birth_date").is_none()
    {
        form.errors
            .add("birth_date", "没有身份证号时请填写出生日期");
    }
    if birth.is_some_and(|birth| birth > today) {
        form.errors.add("birth_date", "出生日期不能晚于今天");
    }
    let male = number.as_ref().map(IdNumber::is_male).or_else(|| {
        form.one_of("sex", &["male", "female"], "没有身份证号时请选择性别")
            .map(|sex| sex == "male")
    });
    let mut area = |name: &str, required: bool| -> Option<AreaCode> {
        let Some(text) = form.text(name) else {
            if required {
                form.errors.add(name, "请选择常住地");
            }
            return None;
        };
        match words::area_from(&text) {
            Ok(code) => Some(code),
            Err(message) => {
                form.errors.add(name, message);
                None
            }
        }
    };
    let (hukou, residence) = (area("hukou_area", false), area("residence_area", true));
    let subject = Subject {
        person: String::new(),
        hukou,
        residence,
    };
    if residence.is_some() && !ctx.scope().admits(&subject) {
        form.errors.add(
            "residence_area",
            "户籍地、常住地都不在您的管辖范围，请由当地民政办登记",
        );
    }
    let phone = form.text("phone");
    if phone.as_ref().is_some_and(|phone| {
        phone.len() < 7 || phone.len() > 12 || !phone.bytes().all(|b| b.is_ascii_digit())
    }) {
        form.errors
            .add("phone", "电话应为 7 至 12 位数字，固定电话连区号一起写");
    }
    if form.has_errors() {
        return None;
    }
    Some(Typed {
        name: name?,
        number,
        birth: birth?,
        male: male?,
        hukou,
        residence: residence?,
        address: form.text("address"),
        phone,
    })
}

async fn registered(
    ctx: &Ctx,
    reads: &impl Reads,
    number: &IdNumber,
) -> Result<Option<Person>, Failure> {
    Ok(api::by_number(reads, ctx.app.store.keys(), number.reveal()).await?)
}

/// The form again, with where the person is already registered.
fn duplicate(
    ctx: &Ctx,
    mut form: Form,
    known: &Person,
) -> Result<axum::response::Response, Failure> {
    form.errors
        .add("id_number", "这个身份证号已经建档，不能重复登记");
    let twin = if ctx.scope().admits(&known.subject()) {
        Twin {
            says: format!("已有档案：{}", known.name),
            href: Some(format!("/people/{}", known.key.id)),
        }
    } else {
        let office = one::book(ctx)?.office_to_ask(&known.subject());
        Twin {
            says: format!("档案不在您的管辖范围，可向{office}申请。"),
            href: None,
        }
    };
    Ok(ui::page_422(page(ctx, form, Some(twin), None)?))
}

fn page(
    ctx: &Ctx,
    form: Form,
    twin: Option<Twin>,
    alike: Option<Alike>,
) -> Result<RegisterPage, Failure> {
    let book = one::book(ctx)?;
    Ok(RegisterPage {
        shell: ctx.shell("新增人员").crumb("人员档案", "/people"),
        form,
        twin,
        alike,
        root: book
            .root()
            .map(|area| area.code.to_string())
            .unwrap_or_default(),
    })
}

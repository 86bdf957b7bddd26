//! 找孩子: whom to ask for is found by name within the scope, by officers who open no records; only whom their scale is
//! for, with no more than tells one from another.

use crate::whose;
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use host::{Ctx, Page};
use people::api::{Fact, NameIndex, Person, words};
use store::Audit;
use ui::{Field, Form, FormData, Shell};

/// People looked at.
const MOST: usize = 200;

struct Line {
    href: String,
    name: String,
    age: String,
    place: String,
}

#[derive(Template)]
#[template(path = "pages/find.html")]
struct FindPage {
    shell: Shell,
    form: Form,
    /// What was found; none before anything was asked.
    found: Option<Vec<Line>>,
}

impl FindPage {
    fn name(&self) -> Field {
        self.form.field(
            Field::text("q", "孩子的姓名")
                .required()
                .hint("也可以输入拼音首字母；只找您管辖范围内的婴幼儿")
                .autocomplete("off")
                .maxlength(30),
        )
    }
}

fn page(ctx: &Ctx, form: Form, found: Option<Vec<Line>>) -> FindPage {
    FindPage {
        shell: ctx
            .shell("登记婴幼儿需求")
            .crumb("能力评估", "/assessments"),
        form,
        found,
    }
}

/// `GET /assessments/child`
pub(crate) async fn get(ctx: Ctx) -> Page {
    // Who opens records finds people there.
    if Action::ReadPerson.allowed_to(ctx.actor().role) {
        return Ok(ui::redirect("/people"));
    }
    Ok(ui::page_no_store(page(&ctx, Form::default(), None)))
}

/// `POST /assessments/child`: what is typed stands in no address.
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    form.within("q", 30);
    let text = form.required("q", "请输入孩子的姓名");
    let (Some(text), false) = (text, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, form, None)));
    };
    let text: String = text.split_whitespace().collect();
    let (store, scope, today) = (&ctx.app.store, ctx.scope(), ctx.today());
    let ids = ctx.app.part::<NameIndex>()?.find(&scope, &text, MOST);
    let role = ctx.actor().role;
    let people: Vec<Person> = people::api::of_ids(store, &scope, ids)
        .await?
        .into_iter()
        .filter(|one| {
            let usual = whose::usual(one, today);
            usual.is_some_and(|usual| whose::theirs(role, usual))
        })
        .collect();
    let keys: Vec<&str> = people.iter().map(|one| one.key.id.as_str()).collect();
    let searched = Audit::new("person.search")
        .with("kind", "Name")
        .with("digest", store.keys().blind("search", &text))
        .with("count", keys.len() as i64);
    let shown = Audit::new("person.list")
        .with("list", "assessments")
        .with("count", keys.len() as i64)
        .with("keys", serde_json::json!(keys));
    ctx.log_reads(&[searched, shown]).await?;
    let areas = ctx.app.part::<AreaBook>()?;
    let lines = people
        .iter()
        .map(|one| Line {
            href: format!("/people/{}/assessments/new", one.key.id),
            name: one.name.clone(),
            age: one
                .age_on(today)
                .map_or_else(String::new, |age| format!("{age} 岁")),
            place: words::area(&areas, one, Fact::RESIDENCE_AREA),
        })
        .collect();
    Ok(ui::page_no_store(page(&ctx, form, Some(lines))))
}

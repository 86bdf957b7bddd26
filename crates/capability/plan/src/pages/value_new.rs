//! A value of a parameter on a draft: what it is, from which day (rows C01, C02; invariant 1).

use super::list_edit::{Working, opened, refused, save, told_stale, working_of};
use super::value_typed::{how_to_type, value_typed};
use crate::pages::shared::{VERSIONS, shell};
use crate::params::value_zh;
use askama::Template;
use axum::extract::RawQuery;
use figures::list_edit::{NewValue, add_value};
use host::{Ctx, Page};
use rules::folder::{Param, ParamUnit};
use ui::{Choice, Field, Form, FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec {
    filters: &["version", "name"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

#[derive(Template)]
#[template(path = "pages/value_new.html")]
struct ValueNewPage {
    shell: Shell,
    form: Form,
    version: String,
    title: String,
    name: String,
    says: String,
    unit: &'static str,
    now: String,
}

impl ValueNewPage {
    fn value(&self) -> Field {
        let field = Field::text("value", "改为")
            .required()
            .unit(self.unit)
            .width("10rem");
        self.form.field(field)
    }

    fn from(&self) -> Field {
        self.form.field(Field::date("from", "从哪天起").required())
    }

    fn urban(&self) -> Field {
        let kinds = [("true", "城镇"), ("false", "农村")];
        let kinds = kinds.map(|(key, words)| Choice::new(key, words)).to_vec();
        self.form
            .field(Field::select("urban", "只对城镇或农村", kinds).blank("都算"))
    }
}

fn page(ctx: &Ctx, working: &Working, param: &Param, form: Form) -> ValueNewPage {
    let last = param
        .values
        .iter()
        .filter(|value| value.area.is_none())
        .max_by_key(|value| value.from);
    ValueNewPage {
        shell: shell(ctx, &format!("改参数：{}", param.name)).crumb("清单版本", VERSIONS),
        version: working.version.id.to_string(),
        title: working.title(),
        name: param.name.clone(),
        says: param.says.replace("，分/", "，元/"),
        unit: if param.unit == ParamUnit::Fen {
            "元"
        } else {
            param.unit.zh()
        },
        now: last.map_or_else(
            || "没有值".to_owned(),
            |value| {
                format!(
                    "{}（{}起）",
                    value_zh(param.unit, &value.value),
                    value.from.zh()
                )
            },
        ),
        form,
    }
}

fn param<'a>(working: &'a Working, name: &str) -> Result<&'a Param, PageError> {
    let mut params = working.folder.params.iter();
    params
        .find(|param| param.name == name)
        .ok_or_else(PageError::not_found)
}

/// `GET /list/params/value`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC).map_err(PageError::from)?;
    let working = working_of(&ctx, query.filter("version")).await?;
    let param = param(&working, query.filter("name").unwrap_or_default())?;
    let mut form = Form::default();
    let from = working.folder.list.version.max(ctx.today());
    form.data.set("from", from.to_string());
    Ok(ui::page(page(&ctx, &working, param, form)))
}

/// `POST /list/params/value`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let version = form.text("version");
    let opened = opened(&ctx, version.as_deref()).await?;
    let working = opened.working;
    let param = param(&working, form.data.get("name"))?;
    let text = form.required("value", "请写改成多少");
    let value = text.and_then(|text| value_typed(param.unit, &text));
    if value.is_none() && form.errors.of("value").is_none() {
        form.errors.add("value", how_to_type(param.unit));
    }
    let from = form.day("from");
    if from.is_none() && form.errors.of("from").is_none() {
        form.errors.add("from", "请写从哪天起");
    }
    let urban = match form.data.get("urban") {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    if opened.stale.is_some() {
        told_stale(&ctx, &working.version, &mut form).await?;
        return Ok(ui::page_409(page(&ctx, &working, param, form)));
    }
    let (Some(value), Some(from)) = (value, from) else {
        return Ok(ui::page_422(page(&ctx, &working, param, form)));
    };
    let words = format!(
        "参数“{}”{}起改为 {}",
        param.name,
        from.zh(),
        value_zh(param.unit, &value)
    );
    let new = NewValue { from, urban, value };
    let files = match add_value(&working.files, &param.name, &new) {
        Ok(files) => files,
        Err(problems) => {
            refused(&mut form, "value", &problems);
            return Ok(ui::page_422(page(&ctx, &working, param, form)));
        }
    };
    let Some(id) = save(&ctx, &working, &files, &words).await? else {
        return late(&ctx, form).await;
    };
    Ok(ctx.redirect_with(&format!("{VERSIONS}/{id}"), "ok", &format!("{words}。")))
}

/// 409: somebody saved between opening and saving.
async fn late(ctx: &Ctx, mut form: Form) -> Page {
    let version = form.text("version");
    let working = opened(ctx, version.as_deref()).await?.working;
    let param = param(&working, form.data.get("name"))?;
    told_stale(ctx, &working.version, &mut form).await?;
    Ok(ui::page_409(page(ctx, &working, param, form)))
}

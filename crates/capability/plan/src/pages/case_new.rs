//! 添加样例: an officer says who somebody is and what the list must answer; a list with an example that fails
//! is not published (rows C01, C02; invariant 4).

use super::list_edit::{Working, opened, refused, save, told_stale, unvalued, working_of};
use crate::pages::case_form::{expected_from, fact_field, facts_from, facts_of};
use crate::pages::shared::shell;
use askama::Template;
use axum::extract::RawQuery;
use figures::list_edit::{NewCase, add_case};
use host::{Ctx, Page};
use rules::folder::ParamValue;
use rules::run_cases;
use ui::{Choice, Field, Form, FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec {
    filters: &["version", "no"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

#[derive(Template)]
#[template(path = "pages/case_new.html")]
struct CaseNewPage {
    shell: Shell,
    form: Form,
    version: String,
    title: String,
    items: Vec<Choice>,
    no: String,
    /// The chosen item with its conditions in words.
    item: Option<(String, Vec<String>)>,
    facts: Vec<Field>,
    expected: Vec<Field>,
}

/// `GET /list/cases/new`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC).map_err(PageError::from)?;
    let working = working_of(&ctx, query.filter("version")).await?;
    let mut form = Form::default();
    form.data.set("no", query.filter("no").unwrap_or_default());
    form.data.set("as_of", ctx.today().to_string());
    form.data.set("f_alive", "true");
    Ok(ui::page(page(&ctx, &working, form)?))
}

fn page(ctx: &Ctx, working: &Working, form: Form) -> Result<CaseNewPage, PageError> {
    let no = form.data.get("no").to_owned();
    let list = working.list()?;
    let services = working.folder.services.iter();
    let item = services
        .clone()
        .find(|service| service.no.to_string() == no);
    if item.is_none() && !no.is_empty() {
        return Err(PageError::bad_request(format!("清单没有第 {no} 项。")));
    }
    let facts = item
        .map(|item| facts_of(&list, item.no))
        .unwrap_or_default();
    let facts: Vec<Field> = facts
        .into_iter()
        .map(|fact| form.field(fact_field(fact, &working.folder)))
        .collect();
    let says: Vec<String> = item
        .map(|item| {
            item.conditions
                .iter()
                .map(|clause| clause.says.clone())
                .collect()
        })
        .unwrap_or_default();
    let expected = vec![
        Field::radio(
            "expect",
            "清单应当怎么答",
            [
                ("yes", "符合"),
                ("no", "不符合"),
                ("unknown", "待核实（缺事实）"),
            ]
            .map(|(key, words)| Choice::new(key, words))
            .to_vec(),
        )
        .required(),
        Field::text("amount", "应当是多少钱")
            .unit("元")
            .inputmode("decimal")
            .width("8rem")
            .hint("不核对金额的不填。标准没有写明的，填了金额就按这个数假定标准。"),
    ];
    let expected = expected
        .into_iter()
        .map(|field| form.field(field))
        .collect();
    Ok(CaseNewPage {
        shell: shell(ctx, "添加样例").crumb("样例", "/list/cases"),
        version: working.version.id.to_string(),
        title: working.title(),
        items: services
            .map(|service| {
                Choice::new(
                    service.no.to_string(),
                    format!("{} {}", service.no, service.name),
                )
            })
            .collect(),
        item: item.map(|item| (format!("第{}项 {}", item.no, item.name), says)),
        no,
        facts,
        expected,
        form,
    })
}

impl CaseNewPage {
    fn item_field(&self) -> Field {
        Field::select("no", "哪一项", self.items.clone())
            .blank("请选择")
            .value(self.no.clone())
    }

    fn says(&self) -> Field {
        let field = Field::text("says", "样例怎么说")
            .required()
            .maxlength(120)
            .hint("例如：刚满80周岁的本市户籍老人。不要写真实的姓名和证件号。");
        self.form.field(field)
    }

    fn as_of(&self) -> Field {
        self.form.field(Field::date("as_of", "按哪一天").required())
    }
}

/// `POST /list/cases/new`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let version = form.text("version");
    let opened = opened(&ctx, version.as_deref()).await?;
    let working = opened.working;
    let list = working.list()?;
    let says = form.required("says", "请写样例怎么说");
    let as_of = form.day("as_of");
    if as_of.is_none() && form.errors.of("as_of").is_none() {
        form.errors.add("as_of", "请写按哪一天");
    }
    let no: Option<u16> = form.data.get("no").parse().ok();
    let item = no.and_then(|no| {
        working
            .folder
            .services
            .iter()
            .find(|service| service.no == no)
    });
    let Some(item) = item else {
        form.errors.add("no", "请选择项目");
        form.data.set("no", "");
        return Ok(ui::page_422(page(&ctx, &working, form)?));
    };
    let person = facts_from(&mut form, &facts_of(&list, item.no));
    let (expect, fen) = expected_from(&mut form);
    if opened.stale.is_some() {
        told_stale(&ctx, &working.version, &mut form).await?;
        return Ok(ui::page_409(page(&ctx, &working, form)?));
    }
    let (Some(says), Some(as_of), Some(expect), false) = (says, as_of, expect, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, &working, form)?));
    };
    let params = fen
        .map(|fen| unvalued(&list, item.no, fen))
        .unwrap_or_default();
    let case = NewCase {
        says,
        service: item.no,
        as_of: Some(as_of),
        person,
        expect,
        fen,
        params: params
            .into_iter()
            .map(|(name, fen)| (name, ParamValue::Int(fen)))
            .collect(),
    };
    let files = match add_case(&working.files, &case) {
        Ok(files) => files,
        Err(problems) => {
            refused(&mut form, "", &problems);
            return Ok(ui::page_422(page(&ctx, &working, form)?));
        }
    };
    let note = format!("添加样例：第{}项 {}", item.no, case.says);
    let Some(id) = save(&ctx, &working, &files, &note).await? else {
        return late(&ctx, form).await;
    };
    let results = rules::folder::load(&files).and_then(|folder| run_cases(&folder));
    let last = results
        .ok()
        .and_then(|results| results.into_iter().next_back());
    let (kind, text) = match last {
        Some(last) if last.pass => (
            "ok",
            "样例已添加，通过。清单成了草稿，由另一人批准发布后生效。".to_owned(),
        ),
        Some(last) => (
            "warn",
            format!("样例已添加，但不通过：{}。改正以前不能发布。", last.why),
        ),
        None => ("ok", "样例已添加。".to_owned()),
    };
    Ok(ctx.redirect_with(
        &format!("/list/cases?version={id}&no={}", item.no),
        kind,
        &text,
    ))
}

/// 409: somebody saved between opening and saving.
async fn late(ctx: &Ctx, mut form: Form) -> Page {
    let version = form.text("version");
    let working = opened(ctx, version.as_deref()).await?.working;
    told_stale(ctx, &working.version, &mut form).await?;
    Ok(ui::page_409(page(ctx, &working, form)?))
}

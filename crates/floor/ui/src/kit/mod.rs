//! `/kit`: samples of every part in realistic words, for looking at, for the browser tests and for
//! those who write pages. Exists only in a demo (engineering.md 19).

mod sample;

use crate::error::PageError;
use crate::field::{Choice, Field};
use crate::form::{Form, FormData};
use crate::list::{ListQuery, ListSpec};
use crate::page::{page, page_422, redirect};
use crate::pager::{Column, Pager, Table, Total};
use crate::parts::{Details, Timeline};
use crate::shell::Shell;
use askama::Template;
use axum::extract::{Query, RawQuery};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use sample::{Row, area_parts, rows, shell};
use serde::Deserialize;

/// Routes of the samples.
pub fn kit_router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/kit", get(index))
        .route("/kit/form", get(form_get).post(form_post))
        .route("/kit/table", get(table))
        .route("/kit/empty", get(empty))
        .route("/kit/drawer", get(drawer))
        .route("/kit/drawer/edit", get(edit_get).post(edit_post))
        .route("/kit/dialog", get(dialog).post(dialog_post))
        .route("/kit/feedback", get(feedback))
        .route("/kit/refused", get(refused))
        .route("/kit/missing", get(missing))
        .route("/kit/stale", get(stale))
        .route("/kit/broken", get(broken))
        .route("/kit/tiles", get(tiles))
        .route("/kit/timeline", get(timeline))
        .route("/kit/person", get(person))
        .route("/kit/areas", get(areas))
        .route("/kit/areas/children", get(areas_children))
        .route("/kit/sign-in", get(sign_in))
}

#[derive(Template)]
#[template(path = "kit/index.html")]
struct IndexPage {
    shell: Shell,
}

async fn index(headers: HeaderMap) -> Response {
    page(IndexPage {
        shell: shell("界面样例", "/kit", &headers),
    })
}

#[derive(Template)]
#[template(path = "kit/form.html")]
struct FormPage {
    shell: Shell,
    form: Form,
}

impl FormPage {
    fn name(&self) -> Field {
        self.form.field(
            Field::text("name", "姓名")
                .required()
                .width("medium")
                .hint("与身份证或户口簿一致"),
        )
    }

    fn birth(&self) -> Field {
        self.form.field(Field::date("birth", "出生日期").required())
    }

    fn phone(&self) -> Field {
        self.form
            .field(Field::phone("phone", "联系电话").hint("手机号，或带区号的座机"))
    }

    fn living(&self) -> Field {
        let choices = vec![
            Choice::new("alone", "独居"),
            Choice::new("couple", "与配偶同住"),
            Choice::new("children", "与子女同住"),
            Choice::new("institution", "入住机构"),
        ];
        self.form
            .field(Field::radio("living", "居住状况", choices).required())
    }

    fn tags(&self) -> Field {
        let choices = vec![
            Choice::new("dibao", "低保").hint("以民政救助名单为准，这里只作线索"),
            Choice::new("disabled", "持残疾人证"),
            Choice::new("special", "计划生育特殊家庭"),
        ];
        self.form
            .field(Field::checks("tags", "本人说明的情况", choices))
    }

    fn service(&self) -> Field {
        let choices = vec![
            Choice::new("17", "养老服务补贴"),
            Choice::new("10", "老年人能力综合评估"),
            Choice::new("28", "老年助餐"),
        ];
        self.form.field(
            Field::select("service", "申请项目", choices)
                .blank("请选择")
                .required()
                .width("medium"),
        )
    }

    fn amount(&self) -> Field {
        self.form.field(
            Field::number("amount", "月收入")
                .unit("元/月")
                .hint("没有收入填 0"),
        )
    }

    fn area(&self) -> Field {
        let parts = sample::AREAS
            .iter()
            .map(|(code, name)| Choice::new(*code, *name))
            .collect();
        let mut field = Field::area("area", "户籍地", "/kit/areas/children", "421300000000");
        field.choices = parts;
        self.form.field(field.hint("选到村（社区）"))
    }

    fn note(&self) -> Field {
        self.form.field(
            Field::lines("note", "备注")
                .maxlength(200)
                .hint("不要写病情和证件号码"),
        )
    }

    fn agree(&self) -> Field {
        self.form
            .field(Field::tick("agree", "已当面告知本人所填内容的用途").required())
    }
}

fn form_page(form: Form, headers: &HeaderMap) -> FormPage {
    let shell = shell("代为申请", "/kit/form", headers).crumb("申请审批", "/kit/table");
    FormPage { shell, form }
}

async fn form_get(headers: HeaderMap) -> Response {
    page(form_page(Form::filled([("living", "alone")]), &headers))
}

async fn form_post(headers: HeaderMap, data: FormData) -> Response {
    let form = check_application(data);
    if form.has_errors() {
        return page_422(form_page(form, &headers));
    }
    redirect("/kit/feedback")
}

fn check_application(data: FormData) -> Form {
    let mut form = Form::from(data);
    let _name = form.required("name", "请填写姓名");
    if form.day("birth").is_none() && form.errors.of("birth").is_none() {
        form.errors.add("birth", "请填写出生日期");
    }
    if form.text("phone").is_some_and(|phone| phone.len() < 11) {
        form.errors
            .add("phone", "电话应为 11 位手机号，或带区号的座机");
    }
    let living = ["alone", "couple", "children", "institution"];
    let _living = form.one_of("living", &living, "请选择居住状况");
    let _service = form.one_of("service", &["17", "10", "28"], "请选择申请项目");
    let _income = form.whole("amount", "月收入应为整数元");
    if !form.ticked("agree") {
        form.errors.add("agree", "请先告知本人，再勾选");
    }
    form
}

const TABLE: ListSpec = ListSpec {
    filters: &["village", "programme", "state"],
    sorts: &["age", "fen", "since"],
    default_sort: "since",
    default_desc: true,
};

#[derive(Template)]
#[template(path = "kit/table.html")]
struct TablePage {
    shell: Shell,
    query: ListQuery,
    table: Table,
    pager: Pager,
    rows: Vec<Row>,
    programmes: Vec<Choice>,
    states: Vec<Choice>,
}

fn table_page(query: ListQuery, rows: Vec<Row>, total: Total, shell: Shell) -> TablePage {
    let columns = [
        Column::new("姓名"),
        Column::number("年龄").sort("age"),
        Column::new("村（社区）"),
        Column::new("项目"),
        Column::number("月额").sort("fen"),
        Column::new("自何时符合").sort("since"),
        Column::new("依据"),
        Column::new("状态"),
        Column::new("责任人"),
        Column::end("办理"),
    ];
    let path = "/kit/table";
    TablePage {
        shell,
        table: Table::new("应享未享名单", &columns, path, &query),
        pager: Pager::new(path, &query, total, Some("42990019410203"), None),
        rows,
        programmes: ["养老服务补贴", "高龄津贴", "困难残疾人生活补贴"]
            .map(|n| Choice::new(n, n))
            .into(),
        states: ["未处理", "已联系", "办理中", "本人放弃", "暂缓"]
            .map(|n| Choice::new(n, n))
            .into(),
        query,
    }
}

async fn table(headers: HeaderMap, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let query = ListQuery::parse(query.as_deref(), &TABLE)?;
    let shell = shell("应享未享", "/kit/table", &headers).crumb("服务清单", "/kit");
    let rows = rows(&query);
    let total = if rows.is_empty() {
        Total::Exact(0)
    } else {
        Total::Over(10_000)
    };
    Ok(page(table_page(query, rows, total, shell)))
}

async fn empty(headers: HeaderMap) -> Result<Response, PageError> {
    let query = ListQuery::parse(Some("state=办理中"), &TABLE)?;
    let shell = shell("应享未享", "/kit/empty", &headers).crumb("服务清单", "/kit");
    Ok(page(table_page(query, Vec::new(), Total::Exact(0), shell)))
}

#[derive(Template)]
#[template(path = "kit/drawer.html")]
struct DrawerPage {
    shell: Shell,
}

async fn drawer(headers: HeaderMap) -> Response {
    page(DrawerPage {
        shell: shell("抽屉样例", "/kit/drawer", &headers).crumb("界面样例", "/kit"),
    })
}

#[derive(Template)]
#[template(path = "kit/edit.html")]
struct EditPage {
    shell: Shell,
    form: Form,
}

impl EditPage {
    fn phone(&self) -> Field {
        self.form
            .field(Field::phone("phone", "联系电话").required())
    }

    fn since(&self) -> Field {
        self.form.field(
            Field::date("since", "自何时起")
                .required()
                .hint("这个电话从哪天起使用"),
        )
    }

    fn source(&self) -> Field {
        let choices = vec![
            Choice::new("self", "本人告知"),
            Choice::new("visit", "入户核实"),
        ];
        self.form
            .field(Field::radio("source", "来源", choices).required())
    }
}

fn edit_page(form: Form, headers: &HeaderMap) -> EditPage {
    let shell = shell("更正联系电话", "/kit/drawer/edit", headers).crumb("抽屉样例", "/kit/drawer");
    EditPage { shell, form }
}

async fn edit_get(headers: HeaderMap) -> Response {
    page(edit_page(
        Form::filled([("phone", "13800000000"), ("since", "2024-03-01")]),
        &headers,
    ))
}

async fn edit_post(headers: HeaderMap, data: FormData) -> Response {
    let mut form = Form::from(data);
    let _phone = form.required("phone", "请填写联系电话");
    if form.day("since").is_none() && form.errors.of("since").is_none() {
        form.errors.add("since", "请填写从哪天起");
    }
    let _source = form.one_of("source", &["self", "visit"], "请选择来源");
    if form.has_errors() {
        return page_422(edit_page(form, &headers));
    }
    redirect("/kit/drawer")
}

#[derive(Template)]
#[template(path = "kit/dialog.html")]
struct DialogPage {
    shell: Shell,
}

async fn dialog(headers: HeaderMap) -> Response {
    page(DialogPage {
        shell: shell("先问再办", "/kit/dialog", &headers).crumb("界面样例", "/kit"),
    })
}

async fn dialog_post() -> Response {
    redirect("/kit/feedback")
}

#[derive(Template)]
#[template(path = "kit/feedback.html")]
struct FeedbackPage {
    shell: Shell,
}

async fn feedback(headers: HeaderMap) -> Response {
    let shell = shell("消息与提示", "/kit/feedback", &headers)
        .crumb("界面样例", "/kit")
        .flash(
            "ok",
            "已登记申请，办件号 2025-0630-0018。下一步由镇民政办核对。",
        );
    page(FeedbackPage { shell })
}

fn refusal(headers: &HeaderMap, error: PageError) -> Response {
    error.within(shell("", "/kit/feedback", headers))
}

async fn refused(headers: HeaderMap) -> Response {
    refusal(&headers, PageError::refused("曾都区民政局"))
}

async fn missing() -> Response {
    PageError::not_found().into_response()
}

async fn stale(headers: HeaderMap) -> Response {
    refusal(&headers, PageError::stale("/kit/person"))
}

async fn broken() -> Response {
    PageError::internal("0630-7F3A").into_response()
}

#[derive(Template)]
#[template(path = "kit/tiles.html")]
struct TilesPage {
    shell: Shell,
}

async fn tiles(headers: HeaderMap) -> Response {
    page(TilesPage {
        shell: shell("驾驶舱", "/kit/tiles", &headers).crumb("界面样例", "/kit"),
    })
}

#[derive(Template)]
#[template(path = "kit/timeline.html")]
struct TimelinePage {
    shell: Shell,
    events: Timeline,
}

fn sample_events() -> Timeline {
    Timeline::default()
        .entry(
            "2025-06-28 09:41",
            "镇民政办核对通过",
            "周敏 · 何店镇民政办",
            "材料齐全，入户核实一致",
            "ok",
        )
        .entry(
            "2025-06-25 16:02",
            "补正",
            "周敏 · 何店镇民政办",
            "户口簿首页照片不清楚，请补一张",
            "warn",
        )
        .entry(
            "2025-06-24 10:15",
            "受理",
            "何店镇民政办",
            "村代办代为提交，本人已签字",
            "",
        )
        .entry("2025-06-24 10:02", "登记申请", "陈国强 · 王店村", "", "")
}

async fn timeline(headers: HeaderMap) -> Response {
    let shell = shell("办理经过", "/kit/timeline", &headers).crumb("界面样例", "/kit");
    page(TimelinePage {
        shell,
        events: sample_events(),
    })
}

#[derive(Template)]
#[template(path = "kit/person.html")]
struct PersonPage {
    shell: Shell,
    details: Details,
    events: Timeline,
}

fn sample_details() -> Details {
    Details::default()
        .row_with(
            "证件号码",
            "4299************21",
            "显示全部须填理由，并记入查阅记录",
        )
        .row_with("出生日期", "1941年2月3日", "户籍名单 · 2024年12月登记")
        .row_with("户籍地", "曾都区何店镇王店村", "自 1976年5月")
        .row_with("常住地", "随县厉山镇神农社区", "自 2023年9月 · 入户核实")
        .row_with("居住状况", "独居", "2025年3月探访")
        .row("社会保障卡", "尾号 4417")
        .row("残疾人证", "")
        .row_with("自理能力", "2 级（中度失能）", "评估报告 2025-03-18")
}

async fn person(headers: HeaderMap) -> Response {
    let shell = shell("王秀兰", "/kit/person", &headers).crumb("老年人", "/kit/table");
    page(PersonPage {
        shell,
        details: sample_details(),
        events: sample_events(),
    })
}

#[derive(Template)]
#[template(path = "kit/areas.html")]
struct AreasPage {
    shell: Shell,
    empty: Field,
    chosen: Field,
}

async fn areas(headers: HeaderMap) -> Response {
    let shell = shell("选区划", "/kit/areas", &headers).crumb("界面样例", "/kit");
    let field = |name, label| Field::area(name, label, "/kit/areas/children", "421300000000");
    page(AreasPage {
        shell,
        empty: field("area", "户籍地").hint("选到村（社区）"),
        chosen: field("residence", "常住地").value("421303101201"),
    })
}

#[derive(Deserialize)]
struct Upper {
    #[serde(default)]
    code: String,
}

async fn areas_children(Query(upper): Query<Upper>) -> Response {
    Json(area_parts(&upper.code)).into_response()
}

#[derive(Template)]
#[template(path = "kit/sign_in.html")]
struct SignInPage {
    shell: Shell,
    account: Field,
    password: Field,
}

async fn sign_in(headers: HeaderMap) -> Response {
    let mut shell = shell("登录", "/kit/sign-in", &headers);
    shell.user = None;
    shell.menu.clear();
    page(SignInPage {
        shell,
        account: Field::text("account", "账号").autocomplete("username"),
        password: Field::password("password", "密码"),
    })
}

#[cfg(test)]
mod tests;

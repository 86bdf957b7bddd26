//! `GET /list/cases`: 样例 by item, whether each passes, as officials read them (row C01).

use crate::drafting::may_draft;
use crate::pages::case_words::{assumed, expected, person};
use crate::pages::shared::{read, shell};
use askama::Template;
use host::{Ctx, Page};
use rules::folder::{Case, Folder};
use rules::{Answer, CaseResult, run_cases};
use ui::{Choice, Column, ListQuery, ListSpec, PageError, Pager, Pill, Shell, Table, Total, pill};

const PATH: &str = "/list/cases";

const SPEC: ListSpec = ListSpec {
    filters: &["version", "no", "result"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

#[derive(Template)]
#[template(path = "pages/cases.html")]
struct CasesPage {
    shell: Shell,
    query: ListQuery,
    title: Option<String>,
    passed: usize,
    failed: usize,
    items: Vec<Choice>,
    results: Vec<Choice>,
    table: Table,
    rows: Vec<Row>,
    pager: Pager,
    /// Where the reader may add one.
    add: Option<String>,
}

struct Row {
    no: u16,
    item: String,
    says: String,
    as_of: String,
    person: Vec<String>,
    assumed: String,
    expected: Pill,
    expected_more: String,
    got: Pill,
    pass: bool,
    why: String,
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let raw = ctx.path().split_once('?').map(|(_, query)| query);
    let query = ListQuery::parse(raw, &SPEC).map_err(PageError::from)?;
    let bad = |key: &str, value: &str| {
        PageError::bad_request(format!("查询条件「{key}」不能是「{value}」。"))
    };
    let found = read(&ctx, &query).await?;
    let mut tried: Vec<(&Case, CaseResult)> = Vec::new();
    let mut items = Vec::new();
    if let Some(read) = &found {
        let folder = read.folder();
        items.extend(
            folder
                .services
                .iter()
                .map(|s| Choice::new(s.no.to_string(), format!("{} {}", s.no, s.name))),
        );
        let results =
            run_cases(folder).map_err(|problems| crate::version::broken("cases", &problems))?;
        tried = folder.cases.iter().zip(results).collect();
        tried.sort_by_key(|(case, _)| (case.service, case.line));
    }
    let passed = tried.iter().filter(|(_, result)| result.pass).count();
    let failed = tried.len() - passed;
    if let Some(no) = query.filter("no") {
        if found.is_some() && items.iter().all(|item| item.value != no) {
            return Err(bad("no", no).into());
        }
        tried.retain(|(case, _)| case.service.to_string() == no);
    }
    match query.filter("result") {
        None => {}
        Some("pass") => tried.retain(|(_, result)| result.pass),
        Some("fail") => tried.retain(|(_, result)| !result.pass),
        Some(other) => return Err(bad("result", other).into()),
    }
    let total = tried.len() as u64;
    let shown = tried
        .iter()
        .skip(query.offset() as usize)
        .take(query.size as usize);
    let folder = found.as_ref().map(super::shared::Read::folder);
    let county = folder.and_then(|folder| folder.plan.county.clone());
    let rows = folder.map(|folder| {
        shown
            .map(|(case, result)| row(case, result, folder))
            .collect()
    });
    let columns = ["项目", "样例", "这个人", "应为", "得到", "结果"].map(Column::new);
    Ok(ui::page(CasesPage {
        shell: shell(&ctx, "样例"),
        title: found.as_ref().map(super::shared::Read::title),
        passed,
        failed,
        items,
        add: may_draft(&ctx, county.as_deref())?.then(|| add_href(&query)),
        results: vec![Choice::new("pass", "通过"), Choice::new("fail", "不通过")],
        table: Table::new("样例", &columns, PATH, &query),
        rows: rows.unwrap_or_default(),
        pager: Pager::new(PATH, &query, Total::Exact(total), None, None),
        query,
    }))
}

fn add_href(query: &ListQuery) -> String {
    let kept = ["version", "no"].into_iter().filter_map(|key| {
        let value = query.filter(key)?;
        Some(format!("{key}={}", ui::query_encode(value)))
    });
    let kept: Vec<String> = kept.collect();
    if kept.is_empty() {
        format!("{PATH}/new")
    } else {
        format!("{PATH}/new?{}", kept.join("&"))
    }
}

fn row(case: &Case, result: &CaseResult, folder: &Folder) -> Row {
    let service = folder
        .services
        .iter()
        .find(|service| service.no == case.service);
    Row {
        no: case.service,
        item: service
            .map(|service| service.name.clone())
            .unwrap_or_default(),
        says: case.says.clone(),
        as_of: case.as_of.zh(),
        person: person(case, folder),
        assumed: assumed(case, folder),
        expected: answer(result.expected),
        expected_more: expected(case),
        got: answer(result.got),
        pass: result.pass,
        why: result.why.clone(),
    }
}

fn answer(answer: Answer) -> Pill {
    pill(answer.word(), answer.zh())
}

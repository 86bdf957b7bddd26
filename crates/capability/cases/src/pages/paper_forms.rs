//! What the program fills into the 申请审批表 and the 入户核查表: what the register and the timeline know; the rest is blank.

use super::Opened;
use crate::events::Event;
use crate::machine::act_zh;
use crate::procedures::{Kind, applicant_zh};
use crate::{apply, book};
use area::api::AreaBook;
use docs::{Block, Cell, Column, Table};
use host::{Ctx, Failure};
use kernel::Day;
use people::api::{Person, words};
use rules::FactId;

/// Two columns: what it is, and how it is.
pub(crate) fn pairs(rows: &[(&str, String)]) -> Block {
    Block::Table(Table {
        columns: vec![Column::words("项目", 2), Column::words("内容", 8)],
        rows: rows
            .iter()
            .map(|(name, value)| vec![Cell::strong((*name).to_owned()), Cell::from(value.clone())])
            .collect(),
        empty: String::new(),
    })
}

fn heading(text: &str) -> Block {
    Block::Heading {
        text: text.to_owned(),
        aside: String::new(),
    }
}

/// Who the person is; identity number and phone in part only.
fn person_rows(ctx: &Ctx, person: &Person) -> Result<Vec<(&'static str, String)>, Failure> {
    let (store, areas) = (&ctx.app.store, ctx.app.part::<AreaBook>()?);
    let secret = |field: &str, sealed: &Option<store::Sealed>| {
        let open = people::api::open_secret(store, field, sealed.as_ref());
        open.map(|found| found.map_or_else(String::new, |number| ui::mask::number(&number)))
    };
    Ok(vec![
        ("姓名", person.name.clone()),
        ("性别", words::sex(&person.facts).to_owned()),
        ("年龄", words::age(&person.facts, ctx.today())),
        ("证件号", secret("id_number", &person.id_number)?),
        ("户籍地", words::area(&areas, person, FactId::HUKOU_AREA)),
        (
            "常住地",
            words::area(&areas, person, FactId::RESIDENCE_AREA),
        ),
        ("住址", person.address.clone().unwrap_or_default()),
        ("联系电话", secret("phone", &person.phone)?),
        (
            "家属或联系人",
            match (&person.contact_name, &person.contact_relation) {
                (Some(name), Some(relation)) => format!("{name}（{relation}）"),
                (Some(name), None) => name.clone(),
                _ => String::new(),
            },
        ),
    ])
}

/// 申请审批表: who, what was brought, and an opinion for each step, written in where the step is done.
pub(crate) async fn application(
    ctx: &Ctx,
    opened: &Opened,
    told: &[Event],
) -> Result<Vec<Block>, Failure> {
    let Opened {
        case,
        person,
        procedure,
    } = opened;
    let mut rows = person_rows(ctx, person)?;
    let proxy = if case.answers.proxy.is_empty() {
        String::new()
    } else {
        format!("：{}", case.answers.proxy)
    };
    rows.extend([
        (
            "申请方式",
            format!("{}{proxy}", applicant_zh(&case.applicant)),
        ),
        ("提交日期", case.submitted.map(Day::zh).unwrap_or_default()),
    ]);
    let loaded = book::of(&ctx.app.store, case.procedures).await?;
    let (known, brought) = apply::evidence(&loaded.procedures, procedure, &case.applicant, person);
    let known = known
        .into_iter()
        .map(|one| (one, "档案已有，不用带"))
        .map(|(one, says)| vec![Cell::from(one.name.clone()), Cell::from(says)]);
    let brought = brought.into_iter().map(|one| {
        let says = if case.answers.have.contains(&one.id) {
            "已备"
        } else {
            "　"
        };
        vec![Cell::from(one.name.clone()), Cell::from(says)]
    });
    let evidence = known.chain(brought).collect();
    let names = org::api::Names::of(
        &ctx.app.store,
        told.iter().map(|event| event.actor.as_str()),
    )
    .await?;
    let signs = procedure
        .steps
        .iter()
        .filter(|step| step.kind != Kind::Publicity)
        .map(|step| {
            let done = told.iter().rev().find(|event| match step.kind {
                Kind::Check => event.step.as_deref() == Some(step.id.as_str()),
                Kind::Accept => matches!(event.act.as_str(), "accept" | "reject"),
                _ => matches!(
                    event.act.as_str(),
                    "approve" | "refuse" | "uphold" | "overturn" | "free"
                ),
            });
            let says = done.map_or_else(String::new, |event| match &event.says {
                Some(says) if !says.is_empty() => format!("{}：{says}", act_zh(&event.act)),
                _ => act_zh(&event.act).to_owned(),
            });
            vec![
                Cell::strong(step.title.clone()),
                Cell::from(says),
                Cell::from(done.map_or_else(String::new, |event| names.name(&event.actor))),
                Cell::from(
                    done.map_or_else(|| "　　年　月　日".to_owned(), |event| event.at.day().zh()),
                ),
            ]
        })
        .collect();
    Ok(vec![
        heading("申请人"),
        pairs(&rows),
        heading("材料"),
        Block::Table(Table {
            columns: vec![Column::words("材料", 6), Column::words("情况", 4)],
            rows: evidence,
            empty: "不用带材料".to_owned(),
        }),
        heading("审批意见"),
        Block::Table(Table {
            columns: vec![
                Column::words("环节", 2),
                Column::words("意见（签字盖章）", 4),
                Column::words("经办人", 2),
                Column::words("日期", 2),
            ],
            rows: signs,
            empty: String::new(),
        }),
    ])
}

/// What is asked at the door and no register knows.
const AT_THE_DOOR: [&str; 7] = [
    "家庭成员（姓名、关系、是否同住、工作）",
    "主要收入来源和每月收入",
    "住房（自有、租住、借住；是否安全）",
    "身体和自理情况（吃饭、穿衣、上厕所、走动）",
    "平时由谁照料",
    "正在领取的其他补贴",
    "申请人和家属的意见",
];

/// 入户核查表: what the register says beside room for what is found.
pub(crate) fn visit(ctx: &Ctx, opened: &Opened) -> Result<Vec<Block>, Failure> {
    let person = &opened.person;
    let mut known = person_rows(ctx, person)?;
    known.push(("居住状况", words::living(&person.facts)));
    known.push((
        "身份类别",
        words::tags(&person.facts, ctx.today()).join("、"),
    ));
    let blank = || Cell::from("　");
    let rows = known
        .into_iter()
        .map(|(name, value)| vec![Cell::strong(name), Cell::from(value), blank()])
        .chain(
            AT_THE_DOOR
                .iter()
                .map(|name| vec![Cell::strong(*name), blank(), blank()]),
        )
        .collect();
    Ok(vec![Block::Table(Table {
        columns: vec![
            Column::words("项目", 3),
            Column::words("档案记录", 4),
            Column::words("入户核实情况", 5),
        ],
        rows,
        empty: String::new(),
    })])
}

//! 增加项目: an item of the county's own (or one more of the city's), with its first condition (rows C01, C02).

use super::item_rows;
use super::list_edit::{Working, opened, refused, save, told_stale, working_of};
use crate::pages::shared::{VERSIONS, shell};
use askama::Template;
use axum::extract::RawQuery;
use figures::list_edit::{NewItem, add_item};
use host::{Ctx, Page};
use kernel::Fen;
use rules::folder::{ACCESS, AreaBasis, Beneficiary, BenefitKind, SERVICE_TYPES, Unit};
use ui::{Choice, Field, Form, FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec {
    filters: &["version"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

#[derive(Template)]
#[template(path = "pages/item_new.html")]
struct ItemNewPage {
    shell: Shell,
    form: Form,
    version: String,
    title: String,
    no: usize,
    fields: Vec<Field>,
}

fn page(ctx: &Ctx, working: &Working, form: Form) -> ItemNewPage {
    let words = |words: &[&str]| words.iter().map(|word| Choice::new(*word, *word)).collect();
    let kinds = BenefitKind::ALL.iter();
    let units = Unit::ALL.iter();
    let bases = AreaBasis::ALL.iter();
    let who = Beneficiary::ALL.iter();
    let fields = vec![
        Field::text("name", "服务项目").required().maxlength(40),
        Field::lines("content", "服务内容及标准")
            .required()
            .rows(2)
            .maxlength(300),
        Field::lines("audience", "服务对象")
            .required()
            .rows(2)
            .maxlength(300),
        Field::select("service_type", "服务类型", words(SERVICE_TYPES))
            .blank("请选择")
            .required(),
        Field::text("lead", "牵头单位")
            .required()
            .hint("几个单位用顿号分开，例如：县民政局、县财政局。"),
        Field::select("access", "办理方式", words(ACCESS))
            .blank("请选择")
            .required(),
        Field::select(
            "area_basis",
            "按哪里的人算",
            bases.map(|one| Choice::new(one.key(), one.zh())).collect(),
        )
        .blank("请选择")
        .required(),
        Field::select(
            "beneficiary",
            "给谁",
            who.map(|one| Choice::new(one.key(), one.zh())).collect(),
        )
        .blank("请选择")
        .required(),
        Field::select(
            "kind",
            "给什么",
            kinds.map(|one| Choice::new(one.key(), one.zh())).collect(),
        )
        .blank("请选择")
        .required(),
        Field::select(
            "unit",
            "按什么给",
            units.map(|one| Choice::new(one.key(), one.zh())).collect(),
        )
        .blank("请选择")
        .required(),
        Field::text("amount", "每次多少钱")
            .unit("元")
            .inputmode("decimal")
            .width("8rem")
            .hint("只有给资金的才填；还没有定的不填。"),
        Field::text("says_0", "条件怎么说")
            .required()
            .maxlength(120)
            .hint("例如：70周岁及以上"),
        Field::lines("when_0", "条件")
            .required()
            .rows(2)
            .maxlength(4000)
            .hint("例如：age >= 70。人人可享写 true。能问哪些事实，看任一项目的“改条件”。"),
        Field::text("basis", "依据")
            .required()
            .maxlength(120)
            .hint("文件名和文号，或会议纪要。公布页照它写。"),
    ];
    ItemNewPage {
        shell: shell(ctx, "增加项目").crumb("清单版本", VERSIONS),
        version: working.version.id.to_string(),
        title: working.title(),
        no: working.folder.services.len() + 1,
        fields: fields.into_iter().map(|field| form.field(field)).collect(),
        form,
    }
}

/// `GET /list/items/new`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC).map_err(PageError::from)?;
    let working = working_of(&ctx, query.filter("version")).await?;
    Ok(ui::page(page(&ctx, &working, Form::default())))
}

/// `POST /list/items/new`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let version = form.text("version");
    let opened = opened(&ctx, version.as_deref()).await?;
    let working = opened.working;
    if opened.stale.is_some() {
        told_stale(&ctx, &working.version, &mut form).await?;
        return Ok(ui::page_409(page(&ctx, &working, form)));
    }
    let Some(new) = typed(&mut form, &working) else {
        return Ok(ui::page_422(page(&ctx, &working, form)));
    };
    let class = if working.version.county.is_some() {
        "县级增加项目"
    } else {
        "新增项目"
    };
    let (files, no) = match add_item(&working.files, &working.folder, &new, class) {
        Ok(added) => added,
        Err(problems) => {
            refused(&mut form, "", &problems);
            return Ok(ui::page_422(page(&ctx, &working, form)));
        }
    };
    let note = format!("增加第{no}项 {}", new.name);
    let Some(id) = save(&ctx, &working, &files, &note).await? else {
        let version = form.text("version");
        let now = super::list_edit::opened(&ctx, version.as_deref())
            .await?
            .working;
        told_stale(&ctx, &now.version, &mut form).await?;
        return Ok(ui::page_409(page(&ctx, &now, form)));
    };
    let text = format!(
        "已增加第{no}项“{}”。给它添加样例，看判断得对不对。",
        new.name
    );
    Ok(ctx.redirect_with(&format!("{VERSIONS}/{id}"), "ok", &text))
}

/// Characters that a field takes at the most.
const LONGEST: &[(&str, u32)] = &[
    ("name", 40),
    ("content", 300),
    ("audience", 300),
    ("lead", 120),
    ("says_0", 120),
    ("when_0", 4000),
    ("basis", 120),
];

/// The item as typed, or `None` with what is wrong at its fields.
fn typed(form: &mut Form, working: &Working) -> Option<NewItem> {
    let no = u16::try_from(working.folder.services.len() + 1).unwrap_or(u16::MAX);
    let name = form.required("name", "请写服务项目的名称");
    let mut services = working.folder.services.iter();
    if let Some(name) = &name
        && let Some(known) = services.find(|one| one.name.trim() == name)
    {
        let text = format!("第{}项已经叫这个名称，换一个，或去改那一项的条件", known.no);
        form.errors.add("name", text);
    }
    let content = form.required("content", "请写服务内容及标准");
    let audience = form.required("audience", "请写服务对象");
    let service_type = form.one_of("service_type", SERVICE_TYPES, "请选择服务类型");
    let lead: Vec<String> = form
        .required("lead", "请写牵头单位")
        .iter()
        .flat_map(|text| text.split(['、', '，', ',']))
        .map(|one| one.trim().to_owned())
        .filter(|one| !one.is_empty())
        .collect();
    let access = form.one_of("access", ACCESS, "请选择办理方式");
    let area_basis = form.one_of("area_basis", AreaBasis::KEYS, "请选择按哪里的人算");
    let beneficiary = form.one_of("beneficiary", Beneficiary::KEYS, "请选择给谁");
    let kind = form.one_of("kind", BenefitKind::KEYS, "请选择给什么");
    let unit = form.one_of("unit", Unit::KEYS, "请选择按什么给");
    let money = kind.as_deref() == Some(BenefitKind::Money.key());
    let fen = form
        .text("amount")
        .map(|text| (Fen::from_yuan(&text), money));
    match fen {
        Some((None, _)) => form
            .errors
            .add("amount", "金额写成元，最多两位小数，例如 120.50"),
        Some((Some(_), false)) => form.errors.add(
            "amount",
            "只有给资金的项目才填金额；去掉金额，或把“给什么”改为资金",
        ),
        _ => {}
    }
    let says = form.required("says_0", "请写这个条件怎么说，老百姓看得懂");
    let when = form.required("when_0", "请写条件，例如 age >= 70；人人可享写 true");
    if let Some(text) = &when {
        item_rows::when(form, &working.folder, no, "when_0", text);
    }
    let basis = form.required("basis", "请写依据");
    for (name, longest) in LONGEST {
        form.within(name, *longest);
    }
    if form.has_errors() {
        return None;
    }
    Some(NewItem {
        name: name?,
        content: content?,
        audience: audience?,
        service_type: service_type?,
        lead,
        access: access?,
        area_basis: area_basis?,
        beneficiary: beneficiary?,
        kind: kind?,
        unit: unit?,
        condition: (
            says?,
            when?.split_whitespace().collect::<Vec<_>>().join(" "),
        ),
        amount: fen.and_then(|(fen, _)| fen).map(|fen| fen.0.to_string()),
        basis: basis?,
    })
}

//! 定点机构: where vouchers are taken, for which services, until when, by which account.

use crate::model::{self, Place};
use area::api::AreaBook;
use askama::Template;
use authz::{Role, Scope};
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::Day;
use pay::api::office_zh;
use store::{Audit, values};
use ui::{Choice, Field, Form, FormData, PageError, Shell};

struct Line {
    place: Place,
    office: String,
    services: String,
    open: bool,
    coming: bool,
}

#[derive(Template)]
#[template(path = "pages/places.html")]
struct PlacesPage {
    shell: Shell,
    form: Form,
    lines: Vec<Line>,
    county: bool,
    ready: bool,
    offices: Vec<Choice>,
    accounts: Vec<Choice>,
    scopes: Vec<Choice>,
    today: Day,
}

impl PlacesPage {
    fn field(&self, field: Field) -> Field {
        self.form.field(field.required())
    }

    fn name(&self) -> Field {
        self.field(Field::text("name", "机构名称").maxlength(60))
    }

    fn credit_code(&self) -> Field {
        let hint = "18 位，营业执照或登记证书上有";
        self.field(
            Field::text("credit_code", "统一社会信用代码")
                .hint(hint)
                .maxlength(18),
        )
    }

    fn office(&self) -> Field {
        let field = Field::select("office", "哪里的券", self.offices.clone());
        match self.offices.as_slice() {
            [only] => self.field(field.chosen(&[only.value.as_str()])),
            _ => self.field(field.blank("请选择")),
        }
    }

    fn services(&self) -> Field {
        self.form
            .field(Field::checks("scopes", "收哪些服务的券", self.scopes.clone()).required())
    }

    fn account(&self) -> Field {
        let hint = "用这个账号登录核销；没有的请系统管理员开通";
        self.field(
            Field::select("account", "机构账号", self.accounts.clone())
                .blank("请选择")
                .hint(hint),
        )
    }

    fn bank(&self) -> Field {
        self.field(Field::text("bank", "开户行").maxlength(60))
    }

    fn bank_account(&self) -> Field {
        let field = Field::text("bank_account", "对公账号").inputmode("numeric");
        self.field(field.autocomplete("off").maxlength(40))
    }

    fn from(&self) -> Field {
        self.field(Field::date("from", "从哪天起").value(self.today.to_string()))
    }
}

/// `GET /vouchers/places`
pub(crate) async fn get(ctx: Ctx) -> Page {
    Ok(ui::page_no_store(page(&ctx, Form::default()).await?))
}

/// 18 signs of GB 32100 with the check sign at the end.
pub(crate) fn credit_code_holds(code: &str) -> bool {
    const SIGNS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [usize; 17] = [
        1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
    ];
    let places: Option<Vec<usize>> = code.chars().map(|sign| SIGNS.find(sign)).collect();
    let Some(places) = places.filter(|places| places.len() == 18) else {
        return false;
    };
    let sum: usize = places
        .iter()
        .zip(WEIGHTS)
        .map(|(place, weight)| place * weight)
        .sum();
    places.last() == Some(&((31 - sum % 31) % 31))
}

/// `POST /vouchers/places`
pub(crate) async fn add(ctx: Ctx, data: FormData) -> Page {
    if ctx.actor().role != Role::CountyCivil {
        return Err(PageError::refused("县民政局").into());
    }
    let mut form = Form::from(data);
    let name = form.required("name", "请填写机构名称");
    let credit_code = form
        .required("credit_code", "请填写统一社会信用代码")
        .map(|code| code.to_ascii_uppercase());
    if let Some(code) = &credit_code
        && !credit_code_holds(code)
    {
        let words = "统一社会信用代码是 18 位，最后一位是校验码；这一个不对，请对照证书再填";
        form.errors.add("credit_code", words);
    }
    let offices = pay::api::offices_of(&ctx)?;
    let known: Vec<&str> = offices.iter().map(String::as_str).collect();
    let office = form.one_of("office", &known, "请选择哪里的券");
    let scopes = scopes(&ctx).await?;
    let chosen: Vec<String> = form
        .data
        .all("scopes")
        .filter(|key| scopes.iter().any(|one| one.value == *key))
        .map(str::to_owned)
        .collect();
    if chosen.is_empty() {
        form.errors.add("scopes", "请至少选一种服务");
    }
    let accounts = accounts(&ctx).await?;
    let known: Vec<&str> = accounts.iter().map(|one| one.value.as_str()).collect();
    let account = form.one_of("account", &known, "请选择机构账号");
    let bank = form.required("bank", "请填写开户行");
    let number = form
        .required("bank_account", "请填写对公账号")
        .map(|text| text.replace([' ', '-'], ""));
    if let Some(number) = &number
        && (number.len() < 8 || !number.bytes().all(|byte| byte.is_ascii_digit()))
    {
        form.errors.add("bank_account", "对公账号写数字，至少 8 位");
    }
    let from = form.day("from");
    if from.is_none() && form.errors.of("from").is_none() {
        form.errors.add("from", "请填写从哪天起");
    }
    if let Some(account) = &account {
        let mine = model::places(&ctx.app.store, &offices).await?;
        let today = ctx.today();
        if let Some(other) = mine
            .iter()
            .find(|one| one.account == *account && one.until.is_none_or(|until| until > today))
        {
            let words = format!(
                "这个账号已经登记在「{}」，先停用那里，或者换一个账号",
                other.name
            );
            form.errors.add("account", words);
        }
    }
    let (
        Some(name),
        Some(code),
        Some(office),
        Some(account),
        Some(bank),
        Some(number),
        Some(from),
        false,
    ) = (
        name,
        credit_code,
        office,
        account,
        bank,
        number,
        from,
        form.has_errors(),
    )
    else {
        return Ok(ui::page_422(page(&ctx, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let (id, at) = (tx.store().new_id(), tx.at().micros());
    tx.run(
        "INSERT INTO voucher_place (place, office, name, credit_code, scopes, bank, bank_account, account, from_day, recorded_by, \
         recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        values![
            id.as_str(),
            office.as_str(),
            name.as_str(),
            code.as_str(),
            chosen.join("\n"),
            bank.as_str(),
            number.as_str(),
            account.as_str(),
            from.number(),
            ctx.actor().id.as_str(),
            at,
        ],
    )
    .await?;
    tx.audit(
        Audit::new("voucher.place")
            .subject(&id)
            .with("name", name.as_str()),
    );
    tx.commit().await?;
    Ok(ctx.saved(
        "/vouchers/places",
        &format!("已登记「{name}」，从 {} 起可以收券。", from.zh()),
    ))
}

/// `POST /vouchers/places/{place}/end`
pub(crate) async fn end(ctx: Ctx, Path(place): Path<String>, _data: FormData) -> Page {
    let offices = pay::api::offices_of(&ctx)?;
    let places = model::places(&ctx.app.store, &offices).await?;
    let Some(found) = places.into_iter().find(|one| one.place == place) else {
        return Err(PageError::not_found().into());
    };
    if ctx.actor().role != Role::CountyCivil {
        return Err(PageError::refused("县民政局").into());
    }
    let mut tx = ctx.begin().await?;
    let until = tx.at().day().plus_days(1);
    tx.run(
        "UPDATE voucher_place SET until_day = $1 WHERE place = $2 AND until_day IS NULL",
        values![until.number(), place.as_str()],
    )
    .await?;
    tx.audit(Audit::new("voucher.place_end").subject(&place));
    tx.commit().await?;
    let words = format!("「{}」从明天起不再收券；已收的照常结算。", found.name);
    Ok(ctx.saved("/vouchers/places", &words))
}

/// What vouchers of the terms in force are good for: programme/scope.
async fn scopes(ctx: &Ctx) -> Result<Vec<Choice>, Failure> {
    let names = pay::api::programmes(ctx)?;
    let mut out = Vec::new();
    for (programme, terms) in pay::api::voucher_terms(&ctx.app.store).await? {
        let title = pay::api::programme_zh(&names, &programme);
        for scope in terms.scopes {
            let key = format!("{programme}/{}", scope.key);
            out.push(Choice::new(key, format!("{title}：{}", scope.name)));
        }
    }
    Ok(out)
}

/// Accounts of institutions whose areas meet the county's.
async fn accounts(ctx: &Ctx) -> Result<Vec<Choice>, Failure> {
    let (book, today, scope) = (ctx.app.part::<AreaBook>()?, ctx.today(), ctx.scope());
    let all = org::api::accounts(&ctx.app.store).await?;
    Ok(all
        .into_iter()
        .filter(|one| matches!(one.role, Role::ElderHome | Role::Provider) && !one.disabled)
        .filter(|one| match one.actor(&book, today).scope {
            Scope::Areas(areas) => areas.iter().any(|area| {
                scope.admits_area(area)
                    || matches!(&scope, Scope::Areas(mine) if mine.iter().any(|m| area.contains(m)))
            }),
            _ => false,
        })
        .map(|one| Choice::new(one.id, format!("{}（{}）", one.name, one.role.zh())))
        .collect())
}

async fn page(ctx: &Ctx, form: Form) -> Result<PlacesPage, Failure> {
    let (store, today) = (&ctx.app.store, ctx.today());
    let (book, offices) = (ctx.app.part::<AreaBook>()?, pay::api::offices_of(ctx)?);
    let scopes = scopes(ctx).await?;
    let lines = model::places(store, &offices)
        .await?
        .into_iter()
        .map(|place| Line {
            office: office_zh(&book, &place.office),
            services: place
                .scopes
                .iter()
                .map(|(programme, scope)| {
                    let key = format!("{programme}/{scope}");
                    let known = scopes.iter().find(|one| one.value == key);
                    known.map_or(key.clone(), |one| one.label.clone())
                })
                .collect::<Vec<_>>()
                .join("；"),
            open: place.open(today),
            coming: today < place.from,
            place,
        })
        .collect();
    Ok(PlacesPage {
        shell: ctx.shell("定点机构").crumb("消费券", "/vouchers"),
        form,
        lines,
        county: ctx.actor().role == Role::CountyCivil,
        ready: !scopes.is_empty(),
        offices: offices
            .iter()
            .map(|key| Choice::new(key.clone(), office_zh(&book, key)))
            .collect(),
        accounts: accounts(ctx).await?,
        scopes,
        today,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_codes_are_checked() {
        assert!(credit_code_holds("91350100M000100Y43"));
        for wrong in [
            "91350100M000100Y44",
            "91350100M000100Y4",
            "",
            "91350100M000100I43",
        ] {
            assert!(!credit_code_holds(wrong), "{wrong}");
        }
    }
}

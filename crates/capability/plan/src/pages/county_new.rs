//! 建县级版: a county's own list begins as the city's, word for word (rows C01, C02).

use crate::book::PlanBook;
use crate::county_stand::{CountyStand, county_stands};
use crate::drafting::{may_draft, only_own, slug_of};
use crate::load::{LoadError, load};
use crate::pages::shared::{VERSIONS, shell};
use crate::version::{export, versions};
use askama::Template;
use figures::list_edit::{NewCounty, county_copy};
use host::{Ctx, Page};
use ui::{Choice, Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/county_new.html")]
struct CountyNewPage {
    shell: Shell,
    form: Form,
    counties: Vec<Choice>,
}

impl CountyNewPage {
    fn county(&self) -> Field {
        let field = Field::select("county", "哪个县（市、区）或管委会", self.counties.clone());
        self.form.field(field.blank("请选择").required())
    }

    fn from(&self) -> Field {
        let hint = "县级清单从这天起执行，不早于市级清单。";
        self.form
            .field(Field::date("from", "从哪天起执行").required().hint(hint))
    }
}

/// Years ahead for which a list may be begun.
const FARTHEST: i32 = 5;

/// The counties whose list this account may draft.
fn stands_of(ctx: &Ctx) -> Result<Vec<CountyStand>, store::StoreError> {
    let book = ctx.app.part::<PlanBook>()?;
    let mut counties = Vec::new();
    for stand in county_stands(&book, ctx.today()) {
        if may_draft(ctx, Some(&stand.key))? {
            counties.push(stand);
        }
    }
    Ok(counties)
}

fn page(ctx: &Ctx, form: Form) -> Result<CountyNewPage, store::StoreError> {
    Ok(CountyNewPage {
        shell: shell(ctx, "起草县级清单").crumb("清单版本", VERSIONS),
        counties: stands_of(ctx)?
            .into_iter()
            .map(|stand| Choice::new(stand.key, stand.name))
            .collect(),
        form,
    })
}

/// `GET /list/counties/new`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let mut form = Form::default();
    form.data.set("from", ctx.today().to_string());
    let mut page = page(&ctx, form)?;
    if let [only] = page.counties.as_slice() {
        page.form.data.set("county", only.value.clone());
    }
    Ok(ui::page(page))
}

/// `POST /list/counties/new`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let book = ctx.app.part::<PlanBook>()?;
    let city = book.city_in_force(ctx.today());
    let city = city.ok_or_else(PageError::not_found)?;
    let key = form.required("county", "请选择县（市、区）");
    let from = form.day("from");
    match from {
        None if form.errors.of("from").is_none() => form.errors.add("from", "请写从哪天起"),
        Some(from) if from < city.in_force_from => {
            form.errors.add(
                "from",
                format!("市级清单{}起执行，不能更早", city.in_force_from.zh()),
            );
        }
        Some(from) if from > ctx.today().plus_years(FARTHEST) => {
            let text = format!("最远写到 {FARTHEST} 年以后，请核对年份");
            form.errors.add("from", text);
        }
        _ => {}
    }
    let stands = county_stands(&book, ctx.today());
    let stand = key.and_then(|key| stands.into_iter().find(|stand| stand.key == key));
    if stand.is_none() && form.errors.of("county").is_none() {
        form.errors.add("county", "请选择县（市、区）");
    }
    if let Some(stand) = &stand
        && !may_draft(&ctx, Some(&stand.key))?
    {
        // Whoever may draft none at all is refused; a slip among several stays in the form.
        if stands_of(&ctx)?.is_empty() {
            only_own(&ctx, Some(&stand.key))?;
        }
        let text = format!("{}的清单由那里的人起草，请选自己的县（市、区）", stand.name);
        form.errors.add("county", text);
    }
    let (Some(stand), Some(from), false) = (stand, from, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, form)?));
    };
    let slug = slug_of(&ctx.app.store, &city.folder.plan.slug, &stand.key).await?;
    // One that is begun is gone on with.
    let known = versions(&ctx.app.store).await?;
    let open = known.iter().find(|version| {
        version.slug == slug && !version.superseded && version.publication.is_none()
    });
    if let Some(open) = open {
        return Ok(ui::redirect(&format!("{VERSIONS}/{}", open.id)));
    }
    let last = known
        .iter()
        .filter(|version| version.slug == slug)
        .filter_map(|version| Some((version.publication.as_ref()?, version.id.clone())))
        .max_by_key(|(publication, _)| publication.no);
    if let Some((publication, id)) = &last
        && from <= publication.in_force_from
    {
        // The list as it stands is what is changed.
        return Ok(ui::redirect(&format!("{VERSIONS}/{id}")));
    }
    let base = last.map_or_else(|| city.id.clone(), |(_, id)| id);
    let files = export(&ctx.app.store, &base).await?.unwrap_or_default();
    let place = &city.folder.plan.place;
    let name = city.folder.list.name.replace(place.as_str(), &stand.name);
    let new = NewCounty {
        slug: &slug,
        place: &stand.name,
        county: &stand.key,
        list: &name,
        from,
    };
    let mut tx = ctx.begin().await?;
    let by = ctx.actor().id;
    let loaded = match county_copy(&files, &new) {
        Ok(files) => load(&mut tx, &files, &by).await,
        Err(problems) => Err(problems.into()),
    };
    match loaded {
        Ok(id) => {
            tx.commit().await?;
            let text = format!(
                "{}的草稿已建好。在参数表里提高标准，在项目旁改条件，也可以增加项目；改好后提请发布。",
                stand.name
            );
            Ok(ctx.redirect_with(&format!("{VERSIONS}/{id}"), "ok", &text))
        }
        Err(LoadError::Store(error)) => Err(error.into()),
        Err(LoadError::Problems { problems }) => {
            tx.rollback().await?;
            super::list_edit::refused(&mut form, "county", &problems);
            Ok(ui::page_422(page(&ctx, form)?))
        }
    }
}

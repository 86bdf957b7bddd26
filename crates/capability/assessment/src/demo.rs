//! A few assessments in every state, and admissions to public homes, for demos.

use crate::acts::{self, New, Sending};
use crate::admission;
use crate::background::{self, Background};
use crate::book;
use crate::facts;
use crate::model::{Request, State};
use crate::sheet::Sheet;
use crate::terms::terms;
use assess::{Answers, Scheme};
use authz::Actor;
use host::App;
use kernel::{AreaCode, Day};
use people::api::{NameIndex, Person};
use store::{StoreError, StoreResult, Tx, values};
use ui::FormData;

/// Who plays which part.
#[derive(Debug)]
pub struct Demo {
    /// The county's officer, in whose name everything is asked and confirmed.
    pub officer: Actor,
    /// The county.
    pub area: AreaCode,
    /// Accounts of the two bodies.
    pub bodies: [String; 2],
    /// Assessors of the first body, then of the second: account and name.
    pub assessors: [Actor; 4],
    /// People to assess, with the level the register knows: six that wait, then three whose result is confirmed. Of these
    /// the first and the second ask to enter a public home, and so does the first of all.
    pub people: Vec<(Person, usize)>,
}

/// Totals that lie in the middle of each level of the national scale.
const TOTALS: [i64; 5] = [90, 78, 55, 38, 12];

/// Makes bodies, assessors and a request in every state; does nothing where there are bodies.
pub async fn demo(app: &App, ask: &Demo) -> StoreResult<usize> {
    let store = &app.store;
    if !book::bodies(store).await?.is_empty() {
        return Ok(0);
    }
    let Some(scheme) = assess::by_id("gbt-42195-2022") else {
        return Ok(0);
    };
    let today = store.clock().today();
    let mut tx = store.begin(&ask.officer, None).await?;
    let names = ["康宁老年人能力评估中心", "安和照护评估所"];
    let mut bodies = Vec::new();
    for (name, account) in names.into_iter().zip(&ask.bodies) {
        bodies.push(body(&mut tx, name, account, &ask.area, today).await?);
    }
    let until = [400, 200, 40, 500];
    for (n, (one, days)) in ask.assessors.iter().zip(until).enumerate() {
        let body = bodies.get(n / 2).cloned().unwrap_or_default();
        tx.run(
            "INSERT INTO assessment_assessor (assessor, body, name, certificate, certificate_until, medical) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            values![
                one.id.as_str(),
                body,
                one.name.as_str(),
                format!("PG2024{:04}", 17 + n),
                today.plus_days(days).number(),
                i64::from(n % 2 == 0)
            ],
        )
        .await?;
    }
    tx.audit(store::Audit::new("assessment.body").with("count", 2));
    tx.commit().await?;
    let steps = [
        State::Asked,
        State::Asked,
        State::Sent,
        State::Sent,
        State::Signing,
        State::Review,
        State::Done,
        State::Done,
        State::Done,
    ];
    let first = bodies.first().cloned().unwrap_or_default();
    for (n, ((person, level), to)) in ask.people.iter().zip(steps).enumerate() {
        let day = match n {
            // Ends within the weeks that follow.
            7 => today.plus_months(-scheme.valid_months).plus_days(20),
            _ => today.plus_days(-4),
        };
        let one = Way {
            app,
            ask,
            scheme,
            person,
            level: *level,
            body: &first,
            day,
        };
        let request = one.walk(to).await?;
        if n == 8 {
            let mut tx = store.begin(&ask.officer, None).await?;
            acts::object(&mut tx, &request, "老人夜里常起身摔倒，评估那天状态特别好").await?;
            tx.commit().await?;
        }
    }
    let wishes = [
        (6, "self", "离家近的公办敬老院"),
        (0, "family", "县社会福利院"),
        (7, "family", "离儿子家近的都可以"),
    ];
    for (n, origin, wish) in wishes {
        if let Some((person, _)) = ask.people.get(n) {
            admit(app, ask, person, origin, wish).await?;
        }
    }
    Ok(ask.people.len().min(steps.len()))
}

/// Somebody asks to enter a public home.
async fn admit(
    app: &App,
    ask: &Demo,
    person: &Person,
    origin: &str,
    wish: &str,
) -> StoreResult<()> {
    let mut tx = app.store.begin(&ask.officer, None).await?;
    let found = people::api::of_keys(&tx, std::slice::from_ref(&person.key)).await?;
    let now = found.first().unwrap_or(person);
    admission::acts::ask(&mut tx, &ask.officer, now, origin, wish).await?;
    tx.commit().await
}

async fn body(
    tx: &mut Tx,
    name: &str,
    account: &str,
    area: &AreaCode,
    today: Day,
) -> StoreResult<String> {
    let id = tx.store().new_id();
    tx.run(
        "INSERT INTO assessment_agency (body, name, account, area, contract, from_day, until_day, fee_fen) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            id.as_str(),
            name,
            account,
            area.to_string(),
            "演示合同",
            today.plus_days(-180).number(),
            today.plus_days(186).number(),
            12_000_i64
        ],
    )
    .await?;
    Ok(id)
}

/// The way of one request.
struct Way<'a> {
    app: &'a App,
    ask: &'a Demo,
    scheme: &'static Scheme,
    person: &'a Person,
    level: usize,
    body: &'a str,
    day: Day,
}

impl Way<'_> {
    async fn walk(&self, to: State) -> StoreResult<Request> {
        let store = &self.app.store;
        let [one, two, ..] = &self.ask.assessors;
        let mut tx = store.begin(&self.ask.officer, None).await?;
        let new = New {
            person: self.person,
            scheme: self.scheme,
            kind: "first",
            origin: "family",
            of_request: None,
            state: State::Asked,
            due: tx.at().day().plus_days(terms().due_days),
            says: Some("家属反映近来起身、洗澡吃力"),
        };
        let id = acts::ask(&mut tx, &self.ask.officer, new).await?;
        if to != State::Asked {
            let request = found(&tx, &id).await?;
            acts::dispatch(&mut tx, &request, self.body, [&one.id, &two.id]).await?;
        }
        tx.commit().await?;
        if matches!(to, State::Asked | State::Sent) {
            return found(store, &id).await;
        }
        let sheet = self.sheet()?;
        let outcome = self
            .scheme
            .score(&sheet.answers)
            .map_err(|refused| StoreError::Other(refused.to_string()))?;
        let content = sheet.to_json(self.scheme).to_string();
        let mut tx = store.begin(one, None).await?;
        let request = found(&tx, &id).await?;
        let sending = Sending {
            content: &content,
            key: &id,
            day: self.day,
            outcome: &outcome,
        };
        acts::send(&mut tx, &request, &sending).await?;
        tx.commit().await?;
        if to != State::Signing {
            let mut tx = store.begin(two, None).await?;
            let request = found(&tx, &id).await?;
            acts::sign(&mut tx, &request, true).await?;
            tx.commit().await?;
        }
        if to == State::Done {
            self.confirm(&id, outcome.final_level).await?;
        }
        found(store, &id).await
    }

    async fn confirm(&self, id: &str, level: usize) -> StoreResult<()> {
        let store = &self.app.store;
        let mut tx = store.begin(&self.ask.officer, None).await?;
        let request = found(&tx, id).await?;
        let until = self.day.plus_months(self.scheme.valid_months);
        let proposes: &[&str] = if level >= 2 { &facts::PROPOSES } else { &[] };
        acts::confirm(&mut tx, &request, until, proposes).await?;
        let Some((fact, value)) = self.scheme.fact_value(level) else {
            return tx.commit().await;
        };
        let broken = |_failure| StoreError::Other("a demo's level was not written".to_owned());
        let changed = facts::write(self.app, &mut tx, self.person, fact, &value, self.day)
            .await
            .map_err(broken)?;
        if let Some(now) = &changed {
            admission::acts::assessed(&mut tx, now, self.scheme, id, level).await?;
        }
        tx.commit().await?;
        if let Some(changed) = changed {
            self.app.part::<NameIndex>()?.put(store, &changed).await?;
        }
        Ok(())
    }

    /// Answers that come to the level, given from the first item on.
    fn sheet(&self) -> StoreResult<Sheet> {
        let mut left = TOTALS.get(self.level).copied().unwrap_or(90);
        let mut answers = Answers::default();
        let broken = StoreError::Other;
        for item in self.scheme.items() {
            let points = left.min(item.most());
            answers
                .set_points(self.scheme, &item.id, points)
                .map_err(broken)?;
            left -= points;
        }
        for flag in &self.scheme.flags {
            answers
                .set_flag(self.scheme, &flag.id, false)
                .map_err(broken)?;
        }
        for count in &self.scheme.counts {
            for kind in &count.kinds {
                answers
                    .set_count(self.scheme, &count.id, &kind.id, 0)
                    .map_err(broken)?;
            }
        }
        Ok(Sheet {
            day: Some(self.day),
            informant: "家属".to_owned(),
            relation: "child".to_owned(),
            answers,
            background: self.background(),
        })
    }

    /// What annex A asks beside the scores: who needs more care has more to tell.
    fn background(&self) -> Background {
        let always = [
            ("bg.height", "158"),
            ("bg.weight", "54"),
            ("bg.ethnic", "han"),
            ("bg.schooling", "primary"),
            ("bg.living", "children"),
            ("bg.marriage", "widowed"),
            ("bg.paying", "resident"),
            ("bg.income", "pension"),
            ("bg.income", "children"),
            ("bg.diseases", "I10-I15"),
            ("bg.medicines", "硝苯地平控释片 口服 30mg 每日一次"),
            ("bg.sore", "no"),
            ("bg.teeth", "yes"),
        ];
        let more = ["M80-M82", "I63", "F00-F03"];
        let more = more
            .iter()
            .take(self.level)
            .map(|key| ("bg.diseases", *key));
        let data = FormData::from_pairs(always.into_iter().chain(more));
        background::of_form(self.scheme, &data).0
    }
}

async fn found(reads: &impl store::Reads, id: &str) -> StoreResult<Request> {
    let request = book::find(reads, id).await?;
    request.ok_or_else(|| StoreError::Other(format!("no assessment {id}")))
}

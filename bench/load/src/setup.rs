//! What the load needs before it starts: sessions, what their pages offer, people of each session's area.

use crate::http::Client;
use crate::mix::{Mix, Session};
use crate::random::Random;
use crate::{KNOWN_PEOPLE, Outcome, links};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Sessions an account has open at once.
pub(crate) const SESSIONS: usize = 3;
/// Phones asked at the start.
const PHONES: usize = 40;

#[derive(Debug)]
struct Person {
    id: String,
    residence: String,
    name: String,
}

/// Sampled people in random order.
#[derive(Debug)]
pub struct Sample(Vec<Person>);

impl Sample {
    /// How many.
    pub const fn len(&self) -> usize {
        self.0.len()
    }
}

/// Reads the sample and puts it into another order.
pub fn sample(file: &str, random: &mut Random) -> Outcome<Sample> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let mut people: Vec<Person> = text
        .lines()
        .filter_map(|line| {
            let mut fields = line.split('\t').map(str::to_owned);
            Some(Person {
                id: fields.next()?,
                residence: fields.next()?,
                name: fields.next()?,
            })
        })
        .collect();
    if people.len() < 2 * KNOWN_PEOPLE {
        return Err(format!("{file}: only {} people", people.len()));
    }
    random.shuffle(&mut people);
    Ok(Sample(people))
}

impl Mix {
    /// Signs in, reads what the pages offer, asks some phones, and reads the known people once.
    pub async fn prepare(
        client: &Rc<Client>,
        sample: Sample,
        known: usize,
        random: &mut Random,
    ) -> Outcome<Self> {
        let mut mix = Self {
            sessions: Vec::new(),
            watchers: Vec::new(),
            phones: Vec::new(),
            lists: Vec::new(),
            counts: vec!["/".to_owned(), "/list".to_owned(), "/groups".to_owned()],
            figures: vec!["/dashboard".to_owned()],
            drills: Vec::new(),
        };
        let page = text(client, "/sign-in", "").await?;
        for (account, role, whose) in links::doors(&page) {
            let share = match role.as_str() {
                "市民政" => 10,
                "县民政" => 20,
                "乡镇民政办" => 20,
                "领导" | "发改" => 0,
                _ => continue,
            };
            let session = open(client, &account, &role, &whose, share).await?;
            let these = if share > 0 {
                &mut mix.sessions
            } else {
                &mut mix.watchers
            };
            these.push(session);
        }
        if mix.sessions.is_empty() || mix.watchers.is_empty() {
            return Err(
                "the sign-in page has no doors for 市民政, 县民政, 乡镇民政办, 领导, 发改"
                    .to_owned(),
            );
        }
        mix.offers(client).await?;
        mix.share(sample, known)?;
        mix.ask_phones(client).await;
        for session in &mix.sessions {
            for id in &session.known {
                text(client, &format!("/people/{id}"), &session.cookies[0]).await?;
            }
        }
        // The order in which people are read is not the order of the sample.
        for session in &mut mix.sessions {
            random.shuffle(&mut session.new);
        }
        Ok(mix)
    }

    /// What the pages of the city offer.
    async fn offers(&mut self, client: &Client) -> Outcome<()> {
        let city = self
            .sessions
            .iter()
            .find(|session| session.role == "市民政");
        let cookie = city
            .and_then(|session| session.cookies.first())
            .ok_or("no 市民政")?;
        let page = text(client, "/people", cookie).await?;
        for (name, path) in [
            ("group", "/people?group="),
            ("age", "/people?age="),
            ("group", "/children?group=priority_child&x="),
        ] {
            let few = if path.starts_with("/children") {
                1
            } else {
                100
            };
            let values = links::choices(&page, name).into_iter().take(few);
            self.lists
                .extend(values.map(|value| match path.split_once("&x=") {
                    Some((path, _)) => path.to_owned(),
                    None => format!("{path}{value}"),
                }));
        }
        self.lists.push("/children?size=20".to_owned());
        let page = text(client, "/list", cookie).await?;
        let (people, items): (Vec<String>, Vec<String>) = links::starting(&page, "/list/")
            .into_iter()
            .partition(|link| link.contains("/people?state="));
        self.lists.extend(people);
        self.counts.extend(
            items
                .into_iter()
                .filter(|link| link[6..].bytes().all(|byte| byte.is_ascii_digit())),
        );
        let page = text(client, "/owed", cookie).await?;
        self.lists.extend(
            links::choices(&page, "programme")
                .iter()
                .map(|one| format!("/owed?programme={one}")),
        );
        self.lists.extend(
            links::choices(&page, "age")
                .iter()
                .map(|one| format!("/owed?age={one}")),
        );
        let page = text(client, "/unsettled", cookie).await?;
        let facts = links::starting(&page, "/unsettled/");
        self.lists.extend(
            facts
                .into_iter()
                .map(|link| format!("{}?size=20", link.split('?').next().unwrap_or_default())),
        );
        let page = text(client, "/dashboard", cookie).await?;
        let figures = links::starting(&page, "/dashboard");
        for figure in figures
            .iter()
            .filter(|link| link.starts_with("/dashboard/") && !link.contains('.'))
        {
            let page = text(client, figure, cookie).await?;
            let main = page.split("<main").nth(1).unwrap_or_default();
            for place in [
                "/people?",
                "/children?",
                "/list/",
                "/owed?",
                "/unsettled/",
                "/dashboard/",
            ] {
                let more = links::starting(main, place)
                    .into_iter()
                    .filter(|link| link.contains('?'));
                self.drills.extend(more);
            }
        }
        self.figures.extend(
            figures
                .into_iter()
                .filter(|link| link != "/dashboard" && !link.contains('.')),
        );
        self.drills.sort();
        self.drills.dedup();
        Ok(())
    }

    /// Gives every session people of its own area: some known, the rest new.
    fn share(&mut self, sample: Sample, known: usize) -> Outcome<()> {
        let mut turn = 0;
        let sessions = self.sessions.len();
        let each = known / sessions.max(1);
        let mut towns: BTreeMap<String, usize> = BTreeMap::new();
        for person in sample.0 {
            // The narrowest who may see the person, else whoever's turn it is.
            turn += 1;
            let mut able: Vec<&mut Session> = self
                .sessions
                .iter_mut()
                .filter(|session| {
                    session
                        .scope
                        .iter()
                        .any(|start| person.residence.starts_with(start.as_str()))
                })
                .collect();
            able.sort_by_key(|session| session.known.len() + session.new.len());
            let Some(session) = able.into_iter().next() else {
                continue;
            };
            if let Some(town) = person.residence.get(..9) {
                *towns.entry(format!("{town}000")).or_default() += 1;
            }
            session.names.push(person.name);
            if session.known.len() < each {
                session.known.push(person.id);
            } else {
                session.new.push(person.id);
            }
        }
        for session in &mut self.sessions {
            if session.role == "市民政" {
                session.areas.extend(towns.keys().cloned());
            }
            if session.new.len() < 20 {
                return Err(format!(
                    "{turn} sampled people leave a session only {} new ones",
                    session.new.len()
                ));
            }
        }
        Ok(())
    }

    async fn ask_phones(&mut self, client: &Client) {
        for session in &self.sessions {
            for id in session
                .known
                .iter()
                .take(PHONES / self.sessions.len().max(1))
            {
                let path = format!("/people/{id}/unmasking");
                let answer = client
                    .post(&path, &session.cookies[0], "reason=contact")
                    .await;
                let page = answer
                    .map(|answer| String::from_utf8_lossy(&answer.body).into_owned())
                    .unwrap_or_default();
                let digits = page
                    .split("tel:")
                    .nth(1)
                    .and_then(|rest| rest.split('"').next());
                self.phones.extend(
                    digits
                        .filter(|phone| phone.bytes().all(|b| b.is_ascii_digit()))
                        .map(str::to_owned),
                );
            }
        }
    }
}

async fn open(
    client: &Client,
    account: &str,
    role: &str,
    whose: &str,
    share: usize,
) -> Outcome<Session> {
    let mut cookies = Vec::new();
    for _ in 0..SESSIONS {
        let answer = client
            .post("/demo/sign-in", "", &format!("account={account}&next="))
            .await?;
        cookies.push(
            answer
                .cookie
                .ok_or_else(|| format!("{role} {whose}: no session, {}", answer.status))?,
        );
    }
    let (mut areas, mut scope) = (Vec::new(), Vec::new());
    if share > 0 {
        let page = text(client, "/people", &cookies[0]).await?;
        areas = links::choices(&page, "area");
        scope = areas.iter().map(|code| start_of(code).to_owned()).collect();
    }
    let role = role.to_owned();
    Ok(Session {
        cookies,
        role,
        share,
        areas,
        scope,
        known: Vec::new(),
        new: Vec::new(),
        names: Vec::new(),
    })
}

/// The part of an area's code that all inside it begin with.
fn start_of(code: &str) -> &str {
    let ends = [(4, "00000000"), (6, "000000"), (9, "000")];
    let end = ends
        .iter()
        .find(|(_, zeros)| code.ends_with(zeros))
        .map_or(code.len(), |(end, _)| *end);
    code.get(..end).unwrap_or(code)
}

/// A page at the start; anything else ends the program.
async fn text(client: &Client, path: &str, cookie: &str) -> Outcome<String> {
    let answer = client.get(path, cookie, false).await?;
    if answer.status != 200 {
        return Err(format!("{} GET {path}", answer.status));
    }
    String::from_utf8(answer.body).map_err(|error| format!("{path}: {error}"))
}

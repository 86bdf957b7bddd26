//! The stated mix: who asks what.
//!
//! 25 % searches (45 % by name, 25 % by initials, 20 % by the last four of the number, 10 % by phone; timed
//! until the result page), 20 % filtered lists, 30 % person pages (one in five of someone never read
//! before), 15 % counts, 10 % dashboard.

use crate::http::Client;
use crate::random::Random;
use crate::setup::SESSIONS;

/// Letters that many names' initials have.
const INITIALS: &[u8] = b"wzlcyxhjsqgdfmpt";

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By whole name or its first two characters.
    NameSearch,
    /// By initials, last four or phone.
    OtherSearch,
    /// A list with filters.
    List,
    /// The page of someone read before.
    KnownPerson,
    /// The page of someone never read before.
    NewPerson,
    /// Numbers of the list, of groups, the desk.
    Count,
    /// The dashboard, a figure, the records behind it.
    Dashboard,
}

impl Kind {
    /// As the report calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NameSearch => "search by name",
            Self::OtherSearch => "search by initials, last four, phone",
            Self::List => "list with filters",
            Self::KnownPerson => "person page, read before",
            Self::NewPerson => "person page, never read before",
            Self::Count => "list counts, groups, desk",
            Self::Dashboard => "dashboard, figure, drill-down",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) cookies: Vec<String>,
    pub(crate) role: String,
    /// In how many of a hundred turns it asks, among those who may see people.
    pub(crate) share: usize,
    pub(crate) areas: Vec<String>,
    /// Residences it answers for, as the beginnings of their codes.
    pub(crate) scope: Vec<String>,
    pub(crate) known: Vec<String>,
    pub(crate) new: Vec<String>,
    pub(crate) names: Vec<String>,
}

/// One request, decided before it is due.
#[derive(Debug)]
pub struct Visit {
    cookie: String,
    path: String,
    form: Option<String>,
}

impl Visit {
    /// Where it goes, without ids, numbers, names of facts and values: `/list/{}/people?area&state`.
    pub fn route(&self) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let part = |part: &str| {
            let is_one = part.bytes().any(|byte| byte.is_ascii_digit());
            (if is_one { "{}" } else { part }).to_owned()
        };
        let mut path: Vec<String> = path.split('/').map(part).collect();
        if let [_, head, one] = path.as_mut_slice()
            && matches!(head.as_str(), "dashboard" | "unsettled")
        {
            *one = "{}".to_owned();
        }
        let mut names: Vec<&str> = query
            .split('&')
            .filter_map(|pair| pair.split('=').next())
            .collect();
        names.sort_unstable();
        let method = if self.form.is_some() { "POST" } else { "GET" };
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{method} {}{mark}{}", path.join("/"), names.join("&"))
    }

    /// Sends it and follows a search to its result; anything but a page is a failure.
    pub async fn send(&self, client: &Client) -> Result<(), String> {
        let mut path = self.path.clone();
        if let Some(form) = &self.form {
            let answer = client.post(&path, &self.cookie, form).await?;
            let found = answer
                .location
                .filter(|to| answer.status == 303 && to.starts_with("/people"));
            path = found.ok_or_else(|| format!("{} POST {path}", answer.status))?;
        }
        let answer = client.get(&path, &self.cookie, true).await?;
        if answer.status != 200 || answer.body.is_empty() {
            return Err(format!("{} GET {path}", answer.status));
        }
        Ok(())
    }
}

/// Everything to choose from.
#[derive(Debug)]
pub struct Mix {
    pub(crate) sessions: Vec<Session>,
    pub(crate) watchers: Vec<Session>,
    pub(crate) phones: Vec<String>,
    pub(crate) lists: Vec<String>,
    pub(crate) counts: Vec<String>,
    pub(crate) figures: Vec<String>,
    pub(crate) drills: Vec<String>,
}

impl Mix {
    /// The kinds of so many requests in random order, in exact shares.
    pub fn kinds(total: u64, random: &mut Random) -> Vec<Kind> {
        let shares = [
            (1125, Kind::NameSearch),
            (1375, Kind::OtherSearch),
            (2000, Kind::List),
            (2400, Kind::KnownPerson),
            (600, Kind::NewPerson),
            (1500, Kind::Count),
            (1000, Kind::Dashboard),
        ];
        let mut kinds = Vec::new();
        let (mut before, mut part) = (0, 0);
        for (share, kind) in shares {
            part += share;
            let until = total * part / 10_000;
            kinds.extend((before..until).map(|_| kind));
            before = until;
        }
        random.shuffle(&mut kinds);
        kinds
    }

    /// A request of this kind.
    pub fn visit(&mut self, kind: Kind, random: &mut Random) -> Visit {
        if kind == Kind::Dashboard {
            return self.dashboard(random);
        }
        let mut at = random.below(self.sessions.iter().map(|session| session.share).sum());
        let mut chosen = 0;
        for (place, session) in self.sessions.iter().enumerate() {
            chosen = place;
            if at < session.share {
                break;
            }
            at -= session.share;
        }
        if kind == Kind::NewPerson && self.sessions[chosen].new.is_empty() {
            let most = self
                .sessions
                .iter()
                .enumerate()
                .max_by_key(|(_, session)| session.new.len());
            chosen = most.map_or(chosen, |(place, _)| place);
        }
        let cookie = random
            .pick(&self.sessions[chosen].cookies)
            .cloned()
            .unwrap_or_default();
        if kind == Kind::NewPerson {
            let id = self.sessions[chosen].new.pop().unwrap_or_default();
            return Visit {
                cookie,
                path: format!("/people/{id}"),
                form: None,
            };
        }
        let session = &self.sessions[chosen];
        let (path, form) = match kind {
            Kind::NameSearch => (
                "/people/search".to_owned(),
                Some(name_search(session, random)),
            ),
            Kind::OtherSearch => (
                "/people/search".to_owned(),
                Some(other_search(&self.phones, random)),
            ),
            Kind::KnownPerson => {
                let id = random.pick(&session.known).cloned().unwrap_or_default();
                (format!("/people/{id}"), None)
            }
            Kind::List => (list(&self.lists, session, random), None),
            _ => (random.pick(&self.counts).cloned().unwrap_or_default(), None),
        };
        let path = if kind == Kind::Count && random.percent(50) {
            // As often the desk, the list and the groups as one of the services.
            random.pick(&self.counts[..3]).cloned().unwrap_or(path)
        } else {
            path
        };
        Visit { cookie, path, form }
    }

    /// A third each: the dashboard, a figure, what a figure opens to.
    fn dashboard(&self, random: &mut Random) -> Visit {
        let drills = if self.drills.is_empty() {
            &self.figures
        } else {
            &self.drills
        };
        let figure = random.pick(&self.figures).cloned().unwrap_or_default();
        let drill = random.pick(drills).cloned().unwrap_or_default();
        let path = match random.below(3) {
            0 => "/dashboard".to_owned(),
            1 => figure,
            _ => drill,
        };
        // Only who may see people may open the records.
        let city: Vec<&Session> = self
            .sessions
            .iter()
            .filter(|session| session.role == "市民政")
            .collect();
        let watcher = random.pick(&self.watchers);
        let asks = if path.starts_with("/dashboard") && random.percent(60) {
            watcher
        } else {
            None
        };
        let asks = asks.or_else(|| random.pick(&city).copied());
        let cookie = asks
            .and_then(|session| random.pick(&session.cookies))
            .cloned()
            .unwrap_or_default();
        Visit {
            cookie,
            path,
            form: None,
        }
    }

    /// In words, for who watches.
    pub fn says(&self) -> String {
        let new: usize = self.sessions.iter().map(|session| session.new.len()).sum();
        format!(
            "{} accounts with {} sessions each, {} filtered lists, {} counts, {} figures, {} drill-downs, {} phones, {new} people never read",
            self.sessions.len() + self.watchers.len(),
            SESSIONS,
            self.lists.len(),
            self.counts.len(),
            self.figures.len(),
            self.drills.len(),
            self.phones.len()
        )
    }

    /// How many sessions are open.
    pub fn sessions(&self) -> usize {
        (self.sessions.len() + self.watchers.len()) * SESSIONS
    }
}

fn name_search(session: &Session, random: &mut Random) -> String {
    let name = random.pick(&session.names).cloned().unwrap_or_default();
    let whole = random.percent(60);
    let asked: String = name
        .chars()
        .take(if whole { name.len() } else { 2 })
        .collect();
    format!("q={}", encoded(&asked))
}

fn other_search(phones: &[String], random: &mut Random) -> String {
    let asked = match random.below(55) {
        0..25 => (0..2 + random.below(2))
            .filter_map(|_| random.pick(INITIALS))
            .map(|letter| char::from(*letter))
            .collect(),
        25..45 => format!("{:04}", random.below(10_000)),
        _ => random
            .pick(phones)
            .cloned()
            .unwrap_or_else(|| "13800000000".to_owned()),
    };
    format!("q={asked}")
}

/// A list with its filter, four in five times with an area too, three in ten on a later page.
fn list(lists: &[String], session: &Session, random: &mut Random) -> String {
    // Each kind of list as often as the others, however many filters it has.
    let heads = ["/people?", "/children?", "/list/", "/owed?", "/unsettled/"];
    let head = random.pick(&heads).copied().unwrap_or_default();
    let these: Vec<&String> = lists.iter().filter(|list| list.starts_with(head)).collect();
    let mut path = random
        .pick(&these)
        .map_or_else(|| "/people".to_owned(), |list| (*list).clone());
    let mut add = |name: &str, value: &str| {
        path.push(if path.contains('?') { '&' } else { '?' });
        path.push_str(&format!("{name}={value}"));
    };
    if random.percent(80)
        && let Some(area) = random.pick(&session.areas)
    {
        add("area", area);
    }
    if random.percent(30) {
        add("page", &(2 + random.below(4)).to_string());
    }
    path
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

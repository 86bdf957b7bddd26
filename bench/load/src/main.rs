//! Open-loop load on a running demo: requests start on a fixed schedule whether or not earlier ones are
//! answered, and each is timed from the instant it was due, so that a slow server cannot slow the clock.
//!
//! `load --port N --pid N --sample FILE [--rate 50] [--seconds 60] [--sequential 300] [--seed 1]` prints JSON.
//! `FILE` holds a random sample of people, a line each: id, residence area, name, tab-separated.

#![allow(clippy::disallowed_methods, reason = "a bench measures")]

mod http;
mod links;
mod mix;
mod random;
mod server;
mod setup;
mod stats;

use http::Client;
use mix::{Kind, Mix, Visit};
use random::Random;
use serde_json::{Value, json};
use stats::Times;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What goes wrong is told in words and ends the program.
pub type Outcome<T> = Result<T, String>;

/// Read before measuring, so that four in five person pages are of someone read before.
const KNOWN_PEOPLE: usize = 300;

#[derive(Debug)]
struct Options {
    port: u16,
    pid: u32,
    sample: String,
    rate: u64,
    seconds: u64,
    sequential: usize,
    seed: u64,
}

fn options() -> Outcome<Options> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut options = Options {
        port: 0,
        pid: 0,
        sample: String::new(),
        rate: 50,
        seconds: 60,
        sequential: 300,
        seed: 1,
    };
    for pair in words.chunks(2) {
        let [name, value] = pair else {
            return Err(format!("{pair:?} wants a value"));
        };
        let number = || {
            value
                .parse::<u64>()
                .map_err(|bad| format!("{name} {value}: {bad}"))
        };
        let small = |n: u64| u32::try_from(n).map_err(|bad| format!("{name}: {bad}"));
        match name.as_str() {
            "--port" => {
                options.port = u16::try_from(number()?).map_err(|bad| format!("--port: {bad}"))?
            }
            "--pid" => options.pid = small(number()?)?,
            "--sample" => options.sample.clone_from(value),
            "--rate" => options.rate = number()?.max(1),
            "--seconds" => options.seconds = number()?,
            "--sequential" => options.sequential = small(number()?)? as usize,
            "--seed" => options.seed = number()?,
            _ => return Err(format!("unknown option {name}")),
        }
    }
    Ok(options)
}

fn main() -> std::process::ExitCode {
    let done = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())
        .and_then(|runtime| tokio::task::LocalSet::new().block_on(&runtime, measured()));
    match done {
        Ok(told) => {
            println!("{told:#}");
            std::process::ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("load: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn measured() -> Outcome<Value> {
    let options = options()?;
    let client = Rc::new(Client::new(options.port));
    let mut random = Random::new(options.seed);
    let sample = setup::sample(&options.sample, &mut random)?;
    let people = sample.len();
    let mut mix = Mix::prepare(&client, sample, KNOWN_PEOPLE, &mut random).await?;
    eprintln!("load: {}", mix.says());
    let sequential = sequential(&client, &mut mix, options.sequential, &mut random).await;
    let started = server::look(options.pid)?;
    let open = open_loop(&client, &mut mix, &options, &mut random).await?;
    let ended = server::look(options.pid)?;
    Ok(json!({
        "rate": options.rate, "seconds": options.seconds, "seed": options.seed,
        "sampled_people": people, "known_people": KNOWN_PEOPLE, "sessions": mix.sessions(),
        "sequential": sequential, "open": open,
        "server": {
            "cpu_seconds": ended.cpu_seconds - started.cpu_seconds,
            "peak_rss_kib": ended.peak_rss_kib,
        },
    }))
}

/// One client, one request after the other: a search by name with its result page, and the page of
/// someone not read before.
async fn sequential(
    client: &Rc<Client>,
    mix: &mut Mix,
    count: usize,
    random: &mut Random,
) -> Value {
    let mut told = serde_json::Map::new();
    for (name, kind) in [
        ("name_search", Kind::NameSearch),
        ("person_page", Kind::NewPerson),
    ] {
        let mut times = Times::default();
        for _ in 0..count {
            let visit = mix.visit(kind, random);
            let start = Instant::now();
            let answer = visit.send(client).await;
            times.add(start.elapsed(), answer);
        }
        told.insert(name.to_owned(), times.told());
    }
    Value::Object(told)
}

#[derive(Default)]
struct Measured {
    kinds: Vec<(&'static str, Times)>,
    routes: BTreeMap<String, Times>,
    lag: Times,
    open: usize,
    most_open: usize,
}

async fn open_loop(
    client: &Rc<Client>,
    mix: &mut Mix,
    options: &Options,
    random: &mut Random,
) -> Outcome<Value> {
    let total = options.rate * options.seconds;
    let visits: Vec<(Kind, Visit)> = Mix::kinds(total, random)
        .into_iter()
        .map(|kind| (kind, mix.visit(kind, random)))
        .collect();
    let measured = Rc::new(RefCell::new(Measured::default()));
    let step = Duration::from_nanos(1_000_000_000 / options.rate);
    let start = Instant::now() + Duration::from_millis(200);
    let mut tasks = Vec::new();
    let (mut rss, mut anon) = (0, 0);
    for (at, (kind, visit)) in visits.into_iter().enumerate() {
        let due = start + step * u32::try_from(at).map_err(|bad| bad.to_string())?;
        sleep_until(due).await;
        if at % 25 == 0 {
            let seen = server::look(options.pid)?;
            (rss, anon) = (rss.max(seen.rss_kib), anon.max(seen.anon_kib));
        }
        let (client, measured) = (Rc::clone(client), Rc::clone(&measured));
        tasks.push(tokio::task::spawn_local(async move {
            {
                let mut measured = measured.borrow_mut();
                measured.lag.add(due.elapsed(), Ok(()));
                measured.open += 1;
                measured.most_open = measured.most_open.max(measured.open);
            }
            let answer = visit.send(&client).await;
            let took = due.elapsed();
            let mut measured = measured.borrow_mut();
            measured.open -= 1;
            let route = measured.routes.entry(visit.route()).or_default();
            route.add(took, answer.clone());
            for name in ["all", kind.name()] {
                measured.times(name).add(took, answer.clone());
            }
        }));
    }
    for task in tasks {
        task.await.map_err(|error| error.to_string())?;
    }
    let lasted = start.elapsed();
    let measured = measured.borrow();
    let kinds: serde_json::Map<String, Value> = measured
        .kinds
        .iter()
        .map(|(name, times)| ((*name).to_owned(), times.told()))
        .collect();
    let routes: BTreeMap<&String, Value> = measured
        .routes
        .iter()
        .map(|(route, times)| (route, times.told()))
        .collect();
    Ok(json!({
        "kinds": kinds, "routes": routes, "generator_lag": measured.lag.told(), "most_open": measured.most_open,
        "lasted_seconds": lasted.as_secs_f64(), "rss_kib": rss, "anon_kib": anon,
    }))
}

impl Measured {
    fn times(&mut self, name: &'static str) -> &mut Times {
        let at = self
            .kinds
            .iter()
            .position(|(known, _)| *known == name)
            .unwrap_or_else(|| {
                self.kinds.push((name, Times::default()));
                self.kinds.len() - 1
            });
        &mut self.kinds[at].1
    }
}

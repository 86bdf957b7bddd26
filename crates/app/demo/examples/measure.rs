//! Streams the whole city (or as many people as the first argument says) and prints what it took.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement by hand: it prints, stops at the first problem, and reads the clock"
)]

use demo::{Options, Village, stream, survey};
use std::time::{Duration, Instant};

fn main() {
    let people = std::env::args().nth(1).map(|text| text.parse().unwrap());
    let options = Options {
        people: people.unwrap_or(2_047_923),
        seed: 1,
        today: "2025-06-30".parse().unwrap(),
    };
    let areas = areas();
    let begun = Instant::now();
    let survey = survey(&options, &areas);
    tell("survey", survey.people, begun.elapsed());
    let listed: usize = survey.rolls.iter().map(|roll| roll.listed.len()).sum();
    println!("{} rolls list {listed}", survey.rolls.len());
    let begun = Instant::now();
    let (mut people, mut records, mut sets, mut receipts) = (0, 0, 0, 0);
    for chunk in stream(&options, &areas, 2_000) {
        assert_eq!(chunk.first, people);
        people += chunk.people.len();
        receipts += chunk.receipts.len();
        for record in chunk.people.iter().flat_map(|person| &person.records) {
            records += 1;
            sets += record.sets.len();
        }
    }
    tell("stream", people, begun.elapsed());
    println!("{records} records, {sets} sets, {receipts} receipts");
    assert_eq!(people, survey.people);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    for line in status.lines().filter(|line| line.starts_with("VmHWM")) {
        println!("{line}");
    }
}

fn tell(pass: &str, people: usize, took: Duration) {
    let each = took.as_secs_f64() * 1e6 / people as f64;
    let seconds = took.as_secs_f64();
    println!("{pass}: {people} people, {seconds:.2} s, {each:.2} µs each");
}

/// Towns and villages of the plan folder.
fn areas() -> Vec<Village> {
    let text = include_str!("../../../../plans/suizhou/areas.toml");
    let tree: toml::Table = text.parse().unwrap();
    let word = |value: &toml::Value| value.as_str().unwrap().to_owned();
    let mut areas = Vec::new();
    for county in tree["county"].as_array().unwrap() {
        for town in county["town"].as_array().unwrap() {
            let code = word(&town["code"]);
            areas.push(Village {
                code: code.parse().unwrap(),
                name: word(&town["name"]),
            });
            for village in town["villages"].as_array().unwrap() {
                areas.push(Village {
                    code: format!("{code}{}", word(&village[0])).parse().unwrap(),
                    name: word(&village[1]),
                });
            }
        }
    }
    areas
}

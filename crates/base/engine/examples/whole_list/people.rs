//! A synthetic population for the bench: plausible in its shares, not a picture of a real place.

use kernel::{AreaCode, Day};
use rules::facts::{FactId, Facts, Kind, Value, find};
use rules::folder::Folder;

/// Shares in 10,000: true among people of 60 and over and among others, known among both.
type Share = (&'static str, [u64; 2], [u64; 2]);

const SHARES: &[Share] = &[
    ("employee_pension", [3200, 250], [9900, 9900]),
    ("resident_pension", [6000, 0], [9900, 9900]),
    ("tekun", [160, 3], [10_000, 10_000]),
    ("dibao", [500, 150], [10_000, 10_000]),
    ("dibao_household", [700, 220], [10_000, 10_000]),
    ("dibao_still_hard", [3000, 1000], [300, 20]),
    ("low_income", [250, 90], [9500, 9500]),
    ("dibao_edge", [150, 50], [9500, 9500]),
    ("rigid_spending", [60, 20], [9500, 9500]),
    ("cannot_self_care", [4000, 3000], [600, 30]),
    ("dementia", [5000, 2000], [500, 10]),
    ("needs_long_care", [5000, 4000], [500, 50]),
    ("left_behind", [1500, 100], [7000, 0]),
    ("unattended", [150, 50], [7000, 0]),
    ("special_family", [90, 20], [10_000, 10_000]),
    ("only_child_parent", [900, 600], [9800, 9800]),
    ("special_family_approved", [80, 15], [10_000, 10_000]),
    ("merit_martyr_family", [20, 4], [9700, 9700]),
    ("merit_fallen_family", [8, 2], [9700, 9700]),
    ("merit_deceased_soldier_family", [15, 3], [9700, 9700]),
    ("merit_disabled_soldier", [30, 6], [9700, 9700]),
    ("merit_demobilised", [25, 0], [9700, 9700]),
    ("merit_discharged", [180, 160], [9700, 9700]),
    ("merit_veteran", [220, 200], [9700, 9700]),
    ("merit_serving_family", [60, 50], [9700, 9700]),
    ("merit_pension", [90, 10], [9700, 9700]),
    ("has_supporter", [9200, 9500], [7000, 0]),
    ("supporter_refuses", [80, 100], [7000, 0]),
    ("homeless", [9000, 9000], [3, 1]),
    ("legal_aid_case", [7000, 7000], [10, 5]),
    ("carer_trained", [9000, 9000], [80, 2]),
    ("wants_assessment", [9000, 9000], [600, 5]),
    ("serious_illness", [300, 60], [9600, 9600]),
    ("work_injury_care_pay", [10, 8], [9600, 9600]),
    ("ltci_benefit", [60, 4], [9600, 9600]),
    ("in_custody", [3, 8], [9600, 9600]),
    ("orphan", [0, 4], [0, 9000]),
    ("unattended_child", [0, 6], [0, 9000]),
    ("poor_family_child", [0, 150], [0, 5000]),
    ("migrant_child", [0, 200], [0, 5000]),
    ("martyr_child", [5, 1], [5000, 5000]),
];

/// The population.
pub(crate) struct People {
    villages: Vec<AreaCode>,
    away: Vec<AreaCode>,
    shares: Vec<(FactId, [u64; 2], [u64; 2])>,
    as_of: Day,
    seed: u64,
    count: usize,
}

impl People {
    pub(crate) fn new(
        folder: &Folder,
        as_of: Day,
        seed: u64,
        count: usize,
    ) -> Result<Self, String> {
        let towns = folder
            .areas
            .counties
            .iter()
            .flat_map(|county| &county.towns);
        let villages = towns.flat_map(|town| town.villages.iter().map(|village| village.code));
        let away = (0..400u64).map(|at| {
            let county = ["420106", "420602", "420802", "420983", "440305", "411503"];
            let place = county
                .get(at as usize % county.len())
                .copied()
                .unwrap_or("420106");
            format!("{place}{:03}{:03}", 1 + at / 100, 200 + at % 100)
        });
        let away: Result<_, _> = away.map(|code| code.parse::<AreaCode>()).collect();
        let shares = SHARES.iter().map(|(name, holds, known)| {
            find(name)
                .map(|fact| (fact, *holds, *known))
                .ok_or_else(|| format!("no fact {name}"))
        });
        Ok(Self {
            villages: villages.collect(),
            away: away.map_err(|error| format!("{error}"))?,
            shares: shares.collect::<Result<_, _>>()?,
            as_of,
            seed,
            count,
        })
    }

    /// The person at this place; people stand village by village.
    pub(crate) fn person(&self, at: usize) -> (String, Facts) {
        let mut rng = Rng(self.seed ^ (at as u64).wrapping_mul(0xA24B_AED4_963E_E407));
        let key = format!("{:016x}{:016x}", rng.next(), rng.next());
        let mut facts = Facts::default();
        let home = self
            .villages
            .get(at * self.villages.len() / self.count.max(1))
            .copied();
        let age = age(&mut rng);
        let old = usize::from(age < 60);
        self.basics(&mut facts, &mut rng, home, age);
        for (fact, holds, known) in &self.shares {
            let pick = |pair: &[u64; 2]| pair.get(old).copied().unwrap_or(0);
            let (known, holds) = (rng.under(pick(known)), rng.under(pick(holds)));
            facts.set(*fact, known.then_some(Value::Bool(holds)));
        }
        self.grades(&mut facts, &mut rng, old == 0);
        (key, facts)
    }

    fn basics(&self, facts: &mut Facts, rng: &mut Rng, home: Option<AreaCode>, age: i32) {
        let born = self
            .as_of
            .plus_years(-age)
            .plus_days(-(rng.below(365) as i32));
        facts.set(
            FactId::BIRTH_DATE,
            (!rng.under(8)).then_some(Value::Day(born)),
        );
        facts.set(
            FactId::ALIVE,
            (!rng.under(5)).then_some(Value::Bool(!rng.under(80))),
        );
        facts.set(
            FactId::RESIDENCE_AREA,
            home.filter(|_| !rng.under(20)).map(Value::Area),
        );
        let hukou = match rng.below(100) {
            0..85 => home,
            85..92 => pick(&self.villages, rng),
            92..99 => pick(&self.away, rng),
            _ => None,
        };
        facts.set(FactId::HUKOU_AREA, hukou.map(Value::Area));
        let urban = home
            .and_then(|home| home.village_is_urban())
            .filter(|_| !rng.under(100));
        facts.set(FactId::URBAN, urban.map(Value::Bool));
        let sex = Value::Word(if rng.under(5050) { "male" } else { "female" });
        set(facts, "sex", Some(sex));
        let since = self.as_of.plus_days(-(rng.below(9000) as i32));
        set(
            facts,
            "residence_since",
            rng.under(6000).then_some(Value::Day(since)),
        );
    }

    fn grades(&self, facts: &mut Facts, rng: &mut Rng, old: bool) {
        let grade = if rng.under(if old { 900 } else { 200 }) {
            1 + rng.below(4)
        } else {
            0
        };
        set(
            facts,
            "disability_grade",
            rng.under(9700).then_some(Value::Int(grade as i64)),
        );
        if grade > 0 {
            let until = self.as_of.plus_days(rng.below(3600) as i32 - 400);
            set(facts, "disability_card_until", Some(Value::Day(until)));
            set(facts, "disability_kind", words("disability_kind", rng));
        }
        if old && rng.under(1200) {
            set(
                facts,
                "ability_level",
                Some(Value::Int(rng.below(5) as i64)),
            );
        }
        if old && rng.under(7000) {
            set(facts, "living", words("living", rng));
        }
        if holds(facts, "tekun") {
            for fact in ["tekun_choice", "tekun_mode"] {
                set(facts, fact, words(fact, rng).filter(|_| !rng.under(500)));
            }
        }
        if holds(facts, "special_family") {
            set(
                facts,
                "special_family_kind",
                words("special_family_kind", rng),
            );
        }
        if !old && rng.under(1500) {
            set(
                facts,
                "birth_order",
                Some(Value::Int(1 + rng.below(3) as i64)),
            );
        }
    }
}

fn set(facts: &mut Facts, name: &str, value: Option<Value>) {
    if let Some(fact) = find(name) {
        facts.set(fact, value);
    }
}

fn holds(facts: &Facts, name: &str) -> bool {
    find(name).and_then(|fact| facts.get(fact)) == Some(&Value::Bool(true))
}

fn words(name: &str, rng: &mut Rng) -> Option<Value> {
    match find(name)?.def().kind {
        Kind::Word(words) => words
            .get(rng.below(words.len() as u64) as usize)
            .copied()
            .map(Value::Word),
        _ => None,
    }
}

fn pick(codes: &[AreaCode], rng: &mut Rng) -> Option<AreaCode> {
    codes.get(rng.below(codes.len() as u64) as usize).copied()
}

/// Ages in the shares of an ageing city: 23 % are 60 or more, 3 % are 80 or more.
fn age(rng: &mut Rng) -> i32 {
    let (from, until): (i32, u64) = match rng.below(100) {
        0..17 => (0, 15),
        17..50 => (15, 40),
        50..77 => (40, 60),
        77..89 => (60, 70),
        89..97 => (70, 80),
        _ => (80, 104),
    };
    from + rng.below(until - from as u64) as i32
}

/// splitmix64.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn under(&mut self, share: u64) -> bool {
        self.below(10_000) < share
    }
}

//! Where people live and are registered: villages by weight, and places outside the city.

use crate::census::COUNTIES;
use crate::city::Village;
use crate::rng::Rng;
use kernel::AreaCode;
use kernel::area_code::Level;
use std::ops::Range;

/// Where somebody lives or is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A village of the city (index into [`Places::villages`]).
    Village(u16),
    /// A county or city elsewhere (index into [`Places::elsewhere`]).
    Outside(u16),
}

/// A village of the city.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) code: AreaCode,
    pub(crate) urban: bool,
    /// Index of its county.
    pub(crate) county: usize,
}

/// Villages of one county, urban or rural, with running weights.
#[derive(Debug, Default)]
struct Weighted {
    villages: Vec<u16>,
    until: Vec<u32>,
}

impl Weighted {
    fn push(&mut self, village: u16, weight: u32) {
        let sum = self.until.last().copied().unwrap_or(0);
        self.villages.push(village);
        self.until.push(sum + weight);
    }

    fn draw(&self, rng: &mut Rng) -> Option<u16> {
        let sum = self.until.last().copied()?;
        let at = rng.below(sum as usize) as u32;
        self.villages
            .get(self.until.partition_point(|until| *until <= at))
            .copied()
    }
}

/// Hubei outside the city: 枣阳 樊城 安陆 大悟 应城 钟祥 京山 武昌 江汉.
const PROVINCE: [&str; 9] = [
    "420683", "420606", "420982", "420922", "420981", "420881", "420882", "420106", "420103",
];
/// Other provinces people come from: 桐柏 信阳浉河 平桥 固始 万州 岳阳楼 安岳.
const PROVINCES: [&str; 7] = [
    "411330", "411502", "411503", "411525", "500101", "430602", "512021",
];
/// Where people of the city work: 武昌 江夏 襄阳樊城 深圳宝安 东莞 广州白云 义乌 上海松江 苏州昆山 北京朝阳.
const WORK: [&str; 10] = [
    "420106", "420115", "420606", "440306", "441900", "440111", "330782", "310117", "320583",
    "110105",
];

/// All places.
#[derive(Debug)]
pub(crate) struct Places {
    pub(crate) villages: Vec<Home>,
    /// By county: urban, rural.
    by_county: Vec<[Weighted; 2]>,
    /// The three lists of places elsewhere, one after the other.
    elsewhere: Vec<AreaCode>,
    province: Range<u16>,
    provinces: Range<u16>,
    work: Range<u16>,
}

impl Places {
    pub(crate) fn new(areas: &[Village]) -> Self {
        let mut by_county: Vec<[Weighted; 2]> =
            COUNTIES.iter().map(|_| Default::default()).collect();
        let mut villages: Vec<Home> = Vec::new();
        for area in areas
            .iter()
            .filter(|area| area.code.level() == Level::Village)
        {
            let place = COUNTIES
                .iter()
                .position(|c| area.code.as_str().starts_with(c.code));
            let Some(county) = place else { continue };
            let urban = area.code.village_is_urban() == Some(true);
            let Ok(index) = u16::try_from(villages.len()) else {
                break;
            };
            by_county[county][usize::from(!urban)].push(index, weight(area.code));
            villages.push(Home {
                code: area.code,
                urban,
                county,
            });
        }
        let mut elsewhere = Vec::new();
        let mut codes = |list: &[&str]| {
            let from = elsewhere.len() as u16;
            elsewhere.extend(list.iter().filter_map(|code| code.parse::<AreaCode>().ok()));
            from..elsewhere.len() as u16
        };
        let (province, provinces, work) = (codes(&PROVINCE), codes(&PROVINCES), codes(&WORK));
        Self {
            villages,
            by_county,
            elsewhere,
            province,
            provinces,
            work,
        }
    }

    /// A village of the county, urban or rural by wish where it has both.
    pub(crate) fn draw(&self, rng: &mut Rng, county: usize, urban: bool) -> Option<u16> {
        let kinds = self.by_county.get(county)?;
        let wished = &kinds[usize::from(!urban)];
        wished
            .draw(rng)
            .or_else(|| kinds[usize::from(urban)].draw(rng))
    }

    pub(crate) fn code(&self, place: Place) -> Option<AreaCode> {
        match place {
            Place::Village(at) => self.home(at).map(|home| home.code),
            Place::Outside(at) => self.elsewhere.get(usize::from(at)).copied(),
        }
    }

    pub(crate) fn home(&self, village: u16) -> Option<&Home> {
        self.villages.get(usize::from(village))
    }

    pub(crate) fn is_urban(&self, place: Place) -> bool {
        match place {
            Place::Village(at) => self.home(at).is_some_and(|home| home.urban),
            Place::Outside(_) => true,
        }
    }

    pub(crate) fn in_province(&self, rng: &mut Rng) -> Option<Place> {
        one_of(rng, &self.province)
    }

    pub(crate) fn in_other_province(&self, rng: &mut Rng) -> Option<Place> {
        one_of(rng, &self.provinces)
    }

    pub(crate) fn at_work(&self, rng: &mut Rng) -> Option<Place> {
        one_of(rng, &self.work)
    }
}

fn one_of(rng: &mut Rng, places: &Range<u16>) -> Option<Place> {
    let at = rng.below(places.len());
    (at < places.len()).then(|| Place::Outside(places.start + at as u16))
}

/// A village's share among those of its kind: 5 to 20, from its code alone.
fn weight(code: AreaCode) -> u32 {
    let mixed = code
        .as_str()
        .bytes()
        .fold(17_u32, |sum, byte| sum.wrapping_mul(31) ^ u32::from(byte));
    5 + mixed.wrapping_mul(0x9e37_79b9) % 16
}

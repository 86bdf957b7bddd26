//! From a file, or somebody about to be registered, to what is compared.

use crate::like::Profile;
use kernel::AreaCode;
use people::api::{Digests, NewPerson, Person, Seen};
use rules::Value;
use rules::facts::{FactId, Facts, find};

impl Profile {
    /// Of a file.
    pub(crate) fn of(person: &Person, digests: &Digests) -> Self {
        Self::from_facts(&person.name, &person.facts, digests)
    }

    /// Of somebody about to be registered with these facts.
    pub(crate) fn new(person: &NewPerson, facts: &Facts, digests: &Digests) -> Self {
        Self::from_facts(&person.name, facts, digests)
    }

    /// Of somebody seen in the columns.
    pub(crate) fn seen(seen: &Seen<'_>, digests: &Digests) -> Self {
        Self {
            name: seen.name.to_owned(),
            birth: seen.birth,
            male: seen.male,
            hukou: seen.hukou,
            residence: seen.residence,
            household: digests.household.clone(),
            phone: digests.phone.clone(),
            number: digests.number.clone(),
            last_four: digests.last_four.clone(),
        }
    }

    fn from_facts(name: &str, facts: &Facts, digests: &Digests) -> Self {
        let area = |fact| match facts.get(fact) {
            Some(Value::Area(code)) => Some(*code),
            _ => None,
        };
        let (hukou, residence): (Option<AreaCode>, Option<AreaCode>) =
            (area(FactId::HUKOU_AREA), area(FactId::RESIDENCE_AREA));
        Self {
            name: name.to_owned(),
            birth: match facts.get(FactId::BIRTH_DATE) {
                Some(Value::Day(day)) => u32::try_from(day.number()).ok(),
                _ => None,
            },
            male: match find("sex").and_then(|sex| facts.get(sex)) {
                Some(Value::Word("male")) => Some(true),
                Some(Value::Word("female")) => Some(false),
                _ => None,
            },
            hukou,
            residence,
            household: digests.household.clone(),
            phone: digests.phone.clone(),
            number: digests.number.clone(),
            last_four: digests.last_four.clone(),
        }
    }

    /// A digest of what is compared: a decision stays quiet while both stay the same.
    pub(crate) fn digest(&self) -> String {
        let area = |area: Option<AreaCode>| area.map(|area| area.to_string()).unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let parts = [
            self.name.clone(),
            self.birth.unwrap_or(0).to_string(),
            format!("{:?}", self.male),
            area(self.hukou),
            area(self.residence),
            text(&self.household),
            text(&self.phone),
            text(&self.number),
        ];
        store::secret::sm3_hex(parts.join("\n").as_bytes())
            .get(..32)
            .unwrap_or("")
            .to_owned()
    }
}

//! A JSON object as its pairs, in order, with what is written twice seen.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// The pairs of an object, none dropped.
pub(crate) struct Pairs(pub(crate) Vec<(String, Held)>);

/// A value; an object keeps its pairs.
pub(crate) enum Held {
    Object(Pairs),
    Other(Value),
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Pairs;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("一个 JSON 对象")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let raw = map.next_value::<Held>()?;
            pairs.push((key, raw));
        }
        Ok(Pairs(pairs))
    }
}

impl<'de> Deserialize<'de> for Held {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Held;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("一个 JSON 值")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Held, E> {
        Ok(Held::Other(Value::from(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Held, E> {
        Ok(Held::Other(Value::from(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Held, E> {
        Ok(Held::Other(Value::from(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Held, E> {
        Ok(Held::Other(Value::from(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Held, E> {
        Ok(Held::Other(Value::from(value)))
    }

    fn visit_unit<E>(self) -> Result<Held, E> {
        Ok(Held::Other(Value::Null))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Held, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = seq.next_element::<Value>()? {
            all.push(one);
        }
        Ok(Held::Other(Value::from(all)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Held, A::Error> {
        InOrder.visit_map(map).map(Held::Object)
    }
}

impl Held {
    /// As words for a message.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Object(_) => "一个对象".to_owned(),
            Self::Other(value) => value.to_string(),
        }
    }
}

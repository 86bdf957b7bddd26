//! The demo city: a deterministic generator of people with a past.

//! Parameters of signing in, set by the configuration.

use crate::pace::Rate;
use crate::password::HashCost;

/// How long sessions last, when a login is locked, what a hash costs.
#[derive(Debug, Clone)]
pub struct OrgSettings {
    /// Cost of a password hash.
    pub cost: HashCost,
    /// A session ends this long after signing in, whatever happens.
    pub absolute_seconds: i64,
    /// A session ends this long after it was last used.
    pub idle_seconds: i64,
    /// Wrong tries until a login is locked.
    pub most_attempts: i64,
    /// How long it stays locked.
    pub lock_seconds: i64,
    /// A resolved session is read again from the database after this long, so that a page costs no
    /// query for it; what another process disabled works for at most this long.
    pub cache_seconds: i64,
    /// When sessions were last seen is written at most this often.
    pub flush_seconds: i64,
    /// The cookie goes over HTTPS only.
    pub secure_cookie: bool,
    /// The three administrators who signed in with a password set up a second factor before anything else.
    pub force_factor: bool,
    /// Pages of people that one account opens.
    pub opens: Rate,
    /// Different people that one account opens in a day; 0 sets no limit.
    pub people_a_day: i64,
    /// Searches for people by one account.
    pub searches: Rate,
    /// Tries to sign in from one address.
    pub sign_ins: Rate,
    /// Another system people may sign in through: words of its link, and where it leads.
    pub outside: Option<(String, &'static str)>,
}

impl Default for OrgSettings {
    fn default() -> Self {
        Self {
            cost: HashCost::default(),
            absolute_seconds: 12 * 3600,
            idle_seconds: 30 * 60,
            most_attempts: 5,
            lock_seconds: 15 * 60,
            cache_seconds: 10,
            flush_seconds: 60,
            secure_cookie: false,
            force_factor: false,
            opens: Rate::NONE,
            people_a_day: 0,
            searches: Rate::NONE,
            sign_ins: Rate::NONE,
            outside: None,
        }
    }
}

impl OrgSettings {
    /// The limits of an installation with real people: far above a day's work, far below copying a register.
    pub fn guarded(self) -> Self {
        Self {
            force_factor: true,
            opens: Rate::of(120, 600),
            people_a_day: 600,
            searches: Rate::of(60, 300),
            sign_ins: Rate::of(30, 300),
            ..self
        }
    }
}

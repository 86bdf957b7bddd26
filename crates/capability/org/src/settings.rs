//! Parameters of signing in, set by the configuration.

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
        }
    }
}

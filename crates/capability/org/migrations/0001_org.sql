-- Owner: org. Accounts of officers, what was granted to them, and who is signed in.
CREATE TABLE org_account (
  id TEXT NOT NULL PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  login_digest TEXT NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT,
  role TEXT NOT NULL,
  must_change BOOLEAN NOT NULL,
  disabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  password_changed_at BIGINT,
  last_sign_in_at BIGINT
);
CREATE INDEX org_account_role ON org_account (role, login);

-- Kind: area (everything inside a code), management (a body with county powers), person.
CREATE TABLE org_grant (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES org_account (id),
  kind TEXT NOT NULL CHECK (kind IN ('area', 'management', 'person')),
  code TEXT NOT NULL,
  from_day INTEGER NOT NULL,
  until_day INTEGER,
  CHECK (until_day IS NULL OR from_day < until_day)
);
CREATE INDEX org_grant_account ON org_grant (account);

-- The token itself stands only in the browser's cookie.
CREATE TABLE org_session (
  token_digest TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES org_account (id),
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX org_session_account ON org_session (account);
CREATE INDEX org_session_expires ON org_session (expires_at);

-- Wrong tries by keyed digest of the login typed, whether or not such an account exists.
CREATE TABLE org_attempt (
  login_digest TEXT NOT NULL PRIMARY KEY,
  failed_count BIGINT NOT NULL,
  locked_until BIGINT,
  last_at BIGINT NOT NULL
);
CREATE INDEX org_attempt_last ON org_attempt (last_at);

-- Owner: org. What the security administrator should look at: once a day for an account and a kind.
CREATE TABLE org_notice (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('opens', 'people', 'searches', 'sign_in')),
  account TEXT NOT NULL,
  day INTEGER NOT NULL,
  at BIGINT NOT NULL,
  seen_by TEXT REFERENCES org_account (id),
  seen_at BIGINT,
  UNIQUE (account, kind, day)
);
CREATE INDEX org_notice_open ON org_notice (seen_at, at);

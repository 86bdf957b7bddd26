-- Owner: duty. Who owes somebody support or guardianship, and what was done so that they give it.
-- Days INTEGER yyyymmdd, moments BIGINT microseconds.

CREATE TABLE duty_case (
  code TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  -- support (赡养、扶养), guardianship (抚养、监护)
  kind TEXT NOT NULL,
  says TEXT,
  -- open, closed
  state TEXT NOT NULL,
  outcome TEXT,
  -- when somebody looks again
  next_day INTEGER NOT NULL,
  holder TEXT NOT NULL,
  opened_name TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT,
  version BIGINT NOT NULL
);
-- One open case of a kind a person.
CREATE UNIQUE INDEX duty_case_open ON duty_case (id, kind) WHERE state = 'open';
CREATE INDEX duty_case_next ON duty_case (state, next_day);

CREATE TABLE duty_holder (
  code TEXT NOT NULL,
  no BIGINT NOT NULL,
  name TEXT NOT NULL,
  relation TEXT NOT NULL,
  -- able, unable, refuses, away
  stands TEXT NOT NULL,
  phone TEXT,
  PRIMARY KEY (code, no)
);

-- What was done; never changed.
CREATE TABLE duty_act (
  code TEXT NOT NULL,
  no BIGINT NOT NULL,
  way TEXT NOT NULL,
  day INTEGER NOT NULL,
  result TEXT NOT NULL,
  says TEXT,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (code, no)
);

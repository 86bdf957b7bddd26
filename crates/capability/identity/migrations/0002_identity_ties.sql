-- Owner: identity. Who acts for somebody, by which paper, from when until when; who joined or left a household.
CREATE TABLE identity_tie (
  id TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  person TEXT NOT NULL,
  -- guardian (of a child or somebody who cannot decide), proxy (of an elder)
  kind TEXT NOT NULL,
  holder_name TEXT NOT NULL,
  relation TEXT NOT NULL,
  paper TEXT NOT NULL,
  paper_number TEXT,
  from_day INTEGER NOT NULL,
  until_day INTEGER,
  -- the family account that sees the person by this paper, and its grant
  account TEXT,
  grant_id TEXT,
  made_at BIGINT NOT NULL,
  made_name TEXT NOT NULL,
  ended_on INTEGER,
  end_reason TEXT,
  ended_name TEXT,
  CHECK (until_day IS NULL OR from_day < until_day)
);
CREATE INDEX identity_tie_person ON identity_tie (person, from_day);
CREATE INDEX identity_tie_account ON identity_tie (account, person);

CREATE TABLE identity_household (
  id TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  person TEXT NOT NULL,
  household TEXT NOT NULL,
  -- join, leave
  act TEXT NOT NULL,
  relation TEXT,
  day INTEGER NOT NULL,
  reason TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  recorded_name TEXT NOT NULL
);
CREATE INDEX identity_household_person ON identity_household (person, recorded_at);
CREATE INDEX identity_household_house ON identity_household (household, recorded_at);

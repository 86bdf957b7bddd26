-- Owner: tasks. The task loop: items, who does what part, what was reported each month, 督办单, 通报.
-- executor: 'E:' and the key of a body of the 管理区划, or 'D:' and the name of a department of the city.
-- goals, shares, figures: JSON lists in the order of the item's goals; numbers are exact decimals as text in base units.
CREATE TABLE tasks_item (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('plan', 'matter', 'decision', 'inspection')),
  year BIGINT NOT NULL,
  slug TEXT,
  plan_row TEXT,
  no TEXT NOT NULL,
  title TEXT NOT NULL,
  says TEXT NOT NULL,
  source TEXT NOT NULL,
  departments TEXT NOT NULL,
  lead_office TEXT NOT NULL,
  lead_role TEXT NOT NULL,
  domain TEXT NOT NULL,
  start_day INTEGER NOT NULL,
  due INTEGER NOT NULL,
  goals TEXT NOT NULL,
  taken_from TEXT,
  withdrawn BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_name TEXT NOT NULL
);
-- A row of a plan is one item, however often it is taken over.
CREATE UNIQUE INDEX tasks_item_row ON tasks_item (slug, plan_row) WHERE plan_row IS NOT NULL;
CREATE INDEX tasks_item_year ON tasks_item (year, kind);

-- Which plan version a year was taken from, and what that changed.
CREATE TABLE tasks_take (
  slug TEXT NOT NULL,
  year BIGINT NOT NULL,
  taken_from TEXT NOT NULL,
  added BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  removed BIGINT NOT NULL,
  taken_at BIGINT NOT NULL,
  taken_by TEXT NOT NULL,
  taken_name TEXT NOT NULL,
  PRIMARY KEY (slug, year, taken_from)
);

CREATE TABLE tasks_assignment (
  id TEXT NOT NULL PRIMARY KEY,
  item TEXT NOT NULL,
  executor TEXT NOT NULL,
  executor_name TEXT NOT NULL,
  account TEXT,
  person TEXT NOT NULL,
  post TEXT NOT NULL,
  due INTEGER NOT NULL,
  shares TEXT NOT NULL,
  first_month INTEGER NOT NULL,
  withdrawn BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX tasks_assignment_one ON tasks_assignment (item, executor);
CREATE INDEX tasks_assignment_executor ON tasks_assignment (executor, item);

-- month: its first day. One row a month; what was sent and what came back stands in tasks_event.
CREATE TABLE tasks_progress (
  id TEXT NOT NULL PRIMARY KEY,
  assignment TEXT NOT NULL,
  month INTEGER NOT NULL,
  figures TEXT NOT NULL,
  says TEXT NOT NULL,
  finished BOOLEAN NOT NULL,
  evidence TEXT,
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'accepted', 'returned')),
  submitted_at BIGINT,
  submitted_by TEXT,
  submitted_name TEXT,
  late BOOLEAN NOT NULL,
  judged_at BIGINT,
  judged_by TEXT,
  judged_name TEXT,
  reason TEXT,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX tasks_progress_month ON tasks_progress (assignment, month);
CREATE INDEX tasks_progress_state ON tasks_progress (state, month);

-- Files that prove something; a replaced one stays as long as somebody was shown it.
CREATE TABLE tasks_evidence (
  file TEXT NOT NULL PRIMARY KEY,
  executor TEXT NOT NULL,
  item TEXT,
  name TEXT NOT NULL,
  size BIGINT NOT NULL,
  added_at BIGINT NOT NULL,
  added_name TEXT NOT NULL
);

-- 督办单. executor decides who sees it.
CREATE TABLE tasks_letter (
  id TEXT NOT NULL PRIMARY KEY,
  year BIGINT NOT NULL,
  no BIGINT NOT NULL,
  item TEXT,
  assignment TEXT,
  measure TEXT,
  executor TEXT NOT NULL,
  office TEXT NOT NULL,
  person TEXT NOT NULL,
  title TEXT NOT NULL,
  facts TEXT NOT NULL,
  demand TEXT NOT NULL,
  days BIGINT NOT NULL,
  due INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'replied', 'returned', 'closed')),
  issuer_role TEXT NOT NULL,
  issuer_office TEXT NOT NULL,
  issued_at BIGINT NOT NULL,
  issued_by TEXT NOT NULL,
  issued_name TEXT NOT NULL,
  closed_at BIGINT,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX tasks_letter_number ON tasks_letter (year, no);
CREATE INDEX tasks_letter_executor ON tasks_letter (executor, state);

CREATE TABLE tasks_reply (
  id TEXT NOT NULL PRIMARY KEY,
  letter TEXT NOT NULL,
  says TEXT NOT NULL,
  evidence TEXT,
  late BOOLEAN NOT NULL,
  replied_at BIGINT NOT NULL,
  replied_by TEXT NOT NULL,
  replied_name TEXT NOT NULL,
  verdict TEXT,
  reason TEXT,
  judged_at BIGINT,
  judged_name TEXT
);
CREATE INDEX tasks_reply_letter ON tasks_reply (letter, replied_at);

-- The last number given in a year; its row is held until the letter stands, so that numbers have no gaps.
CREATE TABLE tasks_number (
  year BIGINT NOT NULL PRIMARY KEY,
  last BIGINT NOT NULL
);

-- 通报: content is frozen when it is drawn up; a correction is a further version with its reason.
CREATE TABLE tasks_bulletin (
  id TEXT NOT NULL PRIMARY KEY,
  month INTEGER NOT NULL,
  version BIGINT NOT NULL,
  content TEXT NOT NULL,
  digest TEXT NOT NULL,
  reason TEXT NOT NULL,
  drawn_at BIGINT NOT NULL,
  drawn_by TEXT NOT NULL,
  drawn_name TEXT NOT NULL,
  published_at BIGINT,
  published_by TEXT,
  published_name TEXT
);
CREATE UNIQUE INDEX tasks_bulletin_version ON tasks_bulletin (month, version);

-- The timeline of an item. executor: whose part it is about; empty for the whole item.
CREATE TABLE tasks_event (
  id TEXT NOT NULL PRIMARY KEY,
  item TEXT NOT NULL,
  executor TEXT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  act TEXT NOT NULL,
  says TEXT NOT NULL,
  tone TEXT NOT NULL
);
CREATE INDEX tasks_event_item ON tasks_event (item, at);

-- Owner: voucher. 消费券 of a month, where they may be used, what was used where, what institutions are paid for it.
-- Days INTEGER yyyymmdd, months INTEGER yyyymm, moments BIGINT microseconds, amounts BIGINT fen.

CREATE TABLE voucher_voucher (
  voucher TEXT NOT NULL PRIMARY KEY,
  -- 16 digits the last of which checks the others
  code TEXT NOT NULL,
  run TEXT NOT NULL,
  seq BIGINT NOT NULL,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  programme TEXT NOT NULL,
  office TEXT NOT NULL,
  month INTEGER NOT NULL,
  until_day INTEGER NOT NULL,
  fen BIGINT NOT NULL,
  -- what was used of each purse
  central BIGINT NOT NULL,
  province BIGINT NOT NULL,
  city BIGINT NOT NULL,
  county BIGINT NOT NULL,
  -- live, over
  state TEXT NOT NULL,
  issued_at BIGINT NOT NULL,
  CHECK (fen > 0),
  CHECK (central >= 0 AND province >= 0 AND city >= 0 AND county >= 0),
  CHECK (central + province + city + county <= fen)
);
CREATE UNIQUE INDEX voucher_code ON voucher_voucher (code);
CREATE UNIQUE INDEX voucher_payment ON voucher_voucher (run, seq);
CREATE INDEX voucher_person ON voucher_voucher (shard, id);
CREATE INDEX voucher_until ON voucher_voucher (state, until_day);
CREATE INDEX voucher_office ON voucher_voucher (office, month);

-- 定点机构: where vouchers of an office are taken, for which services, by which account.
CREATE TABLE voucher_place (
  place TEXT NOT NULL PRIMARY KEY,
  office TEXT NOT NULL,
  name TEXT NOT NULL,
  credit_code TEXT NOT NULL,
  -- programme/scope, one a line
  scopes TEXT NOT NULL,
  bank TEXT NOT NULL,
  bank_account TEXT NOT NULL,
  account TEXT NOT NULL,
  from_day INTEGER NOT NULL,
  -- not any more from this day
  until_day INTEGER,
  recorded_by TEXT NOT NULL,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX voucher_place_account ON voucher_place (account);
CREATE INDEX voucher_place_office ON voucher_place (office);

-- 用券; what was undone stays with who undid it and why.
CREATE TABLE voucher_use (
  use_key TEXT NOT NULL PRIMARY KEY,
  voucher TEXT NOT NULL,
  place TEXT NOT NULL,
  -- the form it came with: sent twice it counts once
  form TEXT NOT NULL,
  scope TEXT NOT NULL,
  bill BIGINT NOT NULL,
  fen BIGINT NOT NULL,
  central BIGINT NOT NULL,
  province BIGINT NOT NULL,
  city BIGINT NOT NULL,
  county BIGINT NOT NULL,
  day INTEGER NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  settlement TEXT,
  undone_by TEXT,
  undone_at BIGINT,
  undone_why TEXT,
  CHECK (fen > 0),
  CHECK (bill >= fen),
  CHECK (central + province + city + county = fen)
);
CREATE UNIQUE INDEX voucher_use_form ON voucher_use (place, form);
CREATE INDEX voucher_use_voucher ON voucher_use (voucher);
CREATE INDEX voucher_use_place ON voucher_use (place, day);
CREATE INDEX voucher_use_settlement ON voucher_use (settlement);

-- 机构结算: what an institution is paid for the vouchers it took up to the end of a month.
CREATE TABLE voucher_settlement (
  settlement TEXT NOT NULL PRIMARY KEY,
  office TEXT NOT NULL,
  place TEXT NOT NULL,
  month INTEGER NOT NULL,
  no BIGINT NOT NULL,
  uses BIGINT NOT NULL,
  fen BIGINT NOT NULL,
  -- drawn, paid
  state TEXT NOT NULL,
  drawn_by TEXT NOT NULL,
  drawn_name TEXT NOT NULL,
  drawn_at BIGINT NOT NULL,
  paid_by TEXT,
  paid_name TEXT,
  paid_at BIGINT,
  -- number of the payment voucher
  document TEXT
);
CREATE UNIQUE INDEX voucher_settlement_once ON voucher_settlement (place, month, no);
CREATE INDEX voucher_settlement_office ON voucher_settlement (office, state);

-- Owner: people. One wide row a person with the current value of each fact; dates, sources and superseded
-- values stand in people_record (engineering.md 1, ADR 0002). Days are INTEGER yyyymmdd.
CREATE TABLE people_person (
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  provisional TEXT,
  id_number TEXT,
  id_number_index TEXT,
  id_last_four_index TEXT,
  phone TEXT,
  phone_index TEXT,
  address TEXT,
  contact_name TEXT,
  contact_phone TEXT,
  contact_relation TEXT,
  household TEXT,
  relation TEXT,
  registered_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  alive BOOLEAN,
  dead_on INTEGER,
  birth_date INTEGER,
  sex TEXT,
  hukou_area TEXT,
  residence_area TEXT,
  residence_since INTEGER,
  moved_out_on INTEGER,
  urban BOOLEAN,
  employee_pension BOOLEAN,
  resident_pension BOOLEAN,
  tekun BOOLEAN,
  tekun_choice TEXT,
  tekun_mode TEXT,
  tekun_self_care TEXT,
  dibao BOOLEAN,
  dibao_household BOOLEAN,
  dibao_still_hard BOOLEAN,
  low_income BOOLEAN,
  dibao_edge BOOLEAN,
  rigid_spending BOOLEAN,
  ability_level BIGINT,
  cannot_self_care BOOLEAN,
  dementia BOOLEAN,
  disability_grade BIGINT,
  disability_kind TEXT,
  disability_card_until INTEGER,
  needs_long_care BOOLEAN,
  living TEXT,
  left_behind BOOLEAN,
  unattended BOOLEAN,
  special_family BOOLEAN,
  special_family_kind TEXT,
  only_child_parent BOOLEAN,
  special_family_approved BOOLEAN,
  merit_martyr_family BOOLEAN,
  merit_fallen_family BOOLEAN,
  merit_deceased_soldier_family BOOLEAN,
  merit_disabled_soldier BOOLEAN,
  merit_demobilised BOOLEAN,
  merit_discharged BOOLEAN,
  merit_veteran BOOLEAN,
  merit_serving_family BOOLEAN,
  merit_pension BOOLEAN,
  has_supporter BOOLEAN,
  supporter_refuses BOOLEAN,
  homeless BOOLEAN,
  legal_aid_case BOOLEAN,
  carer_trained BOOLEAN,
  carer_of TEXT,
  wants_assessment BOOLEAN,
  serious_illness BOOLEAN,
  work_injury_care_pay BOOLEAN,
  ltci_benefit BOOLEAN,
  in_custody BOOLEAN,
  orphan BOOLEAN,
  unattended_child BOOLEAN,
  martyr_child BOOLEAN,
  poor_family_child BOOLEAN,
  migrant_child BOOLEAN,
  birth_order BIGINT,
  guardian_ids TEXT,
  gave_birth_on INTEGER,
  delivery_in_area BOOLEAN,
  policy_birth BOOLEAN,
  employer_kind TEXT,
  PRIMARY KEY (shard, id)
);
CREATE UNIQUE INDEX people_person_id_number ON people_person (id_number_index);
CREATE INDEX people_person_last_four ON people_person (id_last_four_index);
CREATE INDEX people_person_phone ON people_person (phone_index);
CREATE INDEX people_person_hukou ON people_person (hukou_area, birth_date);
CREATE INDEX people_person_residence ON people_person (residence_area, birth_date);
CREATE INDEX people_person_household ON people_person (household);
CREATE INDEX people_person_id ON people_person (id);

-- One act of recording: who said what, since when, known since when. Never changed; only taken back.
CREATE TABLE people_record (
  shard TEXT NOT NULL,
  person TEXT NOT NULL,
  seq BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  source TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  sets TEXT NOT NULL,
  reason TEXT,
  withdrawn_at BIGINT,
  PRIMARY KEY (shard, person, seq)
);

-- A complete roll: everyone registered in the area and not on it is false from its day (product.md 1).
CREATE TABLE people_roll (
  id TEXT NOT NULL PRIMARY KEY,
  fact TEXT NOT NULL,
  area TEXT NOT NULL,
  day INTEGER NOT NULL,
  recorded_at BIGINT NOT NULL,
  source TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  listed BIGINT NOT NULL,
  digest TEXT NOT NULL,
  withdrawn_at BIGINT
);

-- Deaths and moves, as they were reported.
CREATE TABLE people_event (
  id TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  day INTEGER NOT NULL,
  from_area TEXT,
  to_area TEXT,
  recorded_at BIGINT NOT NULL,
  recorded_by TEXT NOT NULL
);
CREATE INDEX people_event_person ON people_event (shard, person, day);

-- Who looks after whom.
CREATE TABLE people_guardian (
  shard TEXT NOT NULL,
  child TEXT NOT NULL,
  guardian TEXT NOT NULL,
  relation TEXT NOT NULL,
  PRIMARY KEY (shard, child, guardian)
);
CREATE INDEX people_guardian_guardian ON people_guardian (guardian);

-- Free text of a correction, apart from the log so that it can be erased (engineering.md 13, 15).
CREATE TABLE people_remark (
  id TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  person TEXT NOT NULL,
  seq BIGINT NOT NULL,
  remark TEXT NOT NULL
);

-- Owner: people. A city of two million on a small disk (ADR 0011): histories packed by bulk loads, origins once,
-- short blind indexes, no index over the id alone.

-- Who tells: a source and who recorded it stand once; a history names its code.
CREATE TABLE people_origin (
  code BIGINT NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  recorded_by TEXT NOT NULL
);
CREATE UNIQUE INDEX people_origin_words ON people_origin (source, recorded_by);
INSERT INTO people_origin (code, source, recorded_by)
  SELECT row_number() OVER (ORDER BY source, recorded_by), source, recorded_by
  FROM (SELECT DISTINCT source, recorded_by FROM people_record) AS told;

-- One or, from a bulk load, several acts of recording (crates/capability/people/src/model/compact.rs). Never
-- changed; only taken back.
CREATE TABLE people_history (
  shard TEXT NOT NULL,
  person TEXT NOT NULL,
  seq BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  origin BIGINT NOT NULL,
  sets TEXT NOT NULL,
  reason TEXT,
  withdrawn_at BIGINT,
  PRIMARY KEY (shard, person, seq)
) /*sqlite WITHOUT ROWID*/;
INSERT INTO people_history (shard, person, seq, recorded_at, origin, sets, reason, withdrawn_at)
  SELECT r.shard, r.person, r.seq, r.recorded_at, o.code, r.sets, r.reason, r.withdrawn_at
  FROM people_record r JOIN people_origin o ON o.source = r.source AND o.recorded_by = r.recorded_by;
DROP TABLE people_record;

-- The shards in use: whoever knows only a person's id looks in each.
CREATE TABLE people_shard (
  shard TEXT NOT NULL PRIMARY KEY
);
INSERT INTO people_shard (shard) SELECT DISTINCT shard FROM people_person;
DROP INDEX people_person_id;
-- Lists by area come from columns in memory (ADR 0010); whoever walks everybody goes by key.
DROP INDEX people_person_hukou;
DROP INDEX people_person_residence;

-- Blind indexes hold as many digits as keep texts apart: 80 bits of an identity number, 64 of a phone, 32 of four digits.
UPDATE people_person SET id_number_index = substr(id_number_index, 1, 20), id_last_four_index = substr(id_last_four_index, 1, 8),
  phone_index = substr(phone_index, 1, 16);

CREATE TABLE people_ward (
  shard TEXT NOT NULL,
  child TEXT NOT NULL,
  guardian TEXT NOT NULL,
  relation TEXT NOT NULL,
  PRIMARY KEY (shard, child, guardian)
) /*sqlite WITHOUT ROWID*/;
INSERT INTO people_ward (shard, child, guardian, relation) SELECT shard, child, guardian, relation FROM people_guardian;
DROP TABLE people_guardian;

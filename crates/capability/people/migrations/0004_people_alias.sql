-- Owner: people. Two files of one person become one (rows B01, B02): the file that gives way stands here with what
-- it was, and leads to the one that stays. Its history, events, wards and remarks stay in their tables under the
-- shard with a «~» before it, where nobody who walks everybody comes by.
CREATE TABLE people_alias (
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
  survivor TEXT NOT NULL,
  merge TEXT NOT NULL,
  aside_at BIGINT NOT NULL,
  PRIMARY KEY (shard, id)
);
CREATE INDEX people_alias_key ON people_alias (id);
CREATE INDEX people_alias_survivor ON people_alias (survivor);
CREATE INDEX people_alias_id_number ON people_alias (id_number_index);
CREATE INDEX people_alias_last_four ON people_alias (id_last_four_index);
CREATE INDEX people_alias_phone ON people_alias (phone_index);
CREATE INDEX people_alias_provisional ON people_alias (provisional);
CREATE INDEX people_alias_name ON people_alias (name);

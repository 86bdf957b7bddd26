-- Owner: intake. When the raw rows of an import were removed because somebody on them was erased: it can no longer be
-- taken back as a whole.
ALTER TABLE intake_batch ADD COLUMN raw_gone_at BIGINT;

-- Owner: store. Other processes ask by topic what was written since they last asked.
CREATE INDEX outbox_topic ON outbox (topic, at);
-- Who started a job: a job that failed for good is told to them.
ALTER TABLE job ADD COLUMN actor TEXT;

-- Owner: message. What became of a text message: how often the gateway was asked in vain, and what it said last. States
-- beside those of 0001: refused (the gateway does not take it: it goes on paper).
ALTER TABLE message_message ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE message_message ADD COLUMN why TEXT;

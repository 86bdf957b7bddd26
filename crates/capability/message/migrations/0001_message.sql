-- Owner: message. What is told to somebody: made in the transaction of what it tells of, sent outside quiet hours. No
-- telephone number stands here; it is read from the register when the message goes out.
CREATE TABLE message_message (
  code TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  -- the person it is about
  id TEXT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  kind TEXT NOT NULL,
  said TEXT NOT NULL,
  href TEXT,
  -- waiting, sms, inside, paper, printed, off
  state TEXT NOT NULL,
  not_before BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  sent_at BIGINT
);
CREATE INDEX message_message_person ON message_message (id, made_at);
CREATE INDEX message_message_work ON message_message (state, not_before);

-- 退订: kinds that somebody does not want to be told of, where the law does not ask for it.
CREATE TABLE message_off (
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  by_account TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (shard, id, kind)
) /*sqlite WITHOUT ROWID*/;

-- Owner: area. Two trees over the same towns and villages (invariant 8): 行政区划 and 管理区划.
CREATE TABLE area_node (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  level TEXT NOT NULL,
  parent TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER
);
CREATE INDEX area_node_parent ON area_node (parent, code);

CREATE TABLE area_management (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  confirm BOOLEAN NOT NULL,
  source TEXT NOT NULL
);

CREATE TABLE area_management_member (
  management TEXT NOT NULL REFERENCES area_management (code),
  town TEXT NOT NULL UNIQUE,
  PRIMARY KEY (management, town)
);

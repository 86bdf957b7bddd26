#!/usr/bin/env python3
"""Writes a demo database (SQLite) as the fixture of an upgrade test: one JSON string a line, each an INSERT that
both databases understand. First line: the migrations it had.

Made for every landed version: `laoyou demo --people 60 --data DIR` with the key of `store::testing::TEST_KEYS` in
DIR/laoyou-demo.key, then `scripts/fixture.py DIR/laoyou-demo.db > crates/app/laoyou/tests/fixtures/NAME.jsonl`.
"""
import json
import sqlite3
import sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
print(json.dumps([row[0] for row in db.execute("SELECT id FROM schema_migration ORDER BY rowid")]))
tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]
for table in tables:
    if table == "schema_migration" or table.startswith("sqlite_"):
        continue
    columns = [(row[1], row[2]) for row in db.execute(f"PRAGMA table_info({table})")]
    names = ", ".join(name for name, _ in columns)
    # Without a rowid a table is read in the order of its key.
    made = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    order = "" if "WITHOUT ROWID" in made.upper() else " ORDER BY rowid"
    for row in db.execute(f"SELECT * FROM {table}{order}"):
        values = []
        for (_, kind), value in zip(columns, row):
            if value is None:
                values.append("NULL")
            elif kind == "BOOLEAN":
                values.append("TRUE" if value else "FALSE")
            elif isinstance(value, int):
                values.append(str(value))
            else:
                values.append("'" + value.replace("'", "''") + "'")
        statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join(values)})"
        print(json.dumps(statement, ensure_ascii=False))

-- Events, runs, effects, attempts, and what the engine must remember between starts.
-- Ids are the 16 bytes of a UUIDv7: their order is the order of time, so inserts go to the end of each tree.
-- Times are Unix milliseconds, UTC. Words (states, next actions) are frozen. Empty text is stored as NULL.
-- REFERENCES are documentation and for `PRAGMA foreign_key_check`; they are not enforced per row (cost), the writer keeps them.

-- Flow ids, versions, sources, connections: few, long, and in every row. Rows hold the number.
CREATE TABLE names (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- A rowid table: rows of some KB fill pages of their own, and appending at the end is SQLite's quickest insert.
-- The big columns come last, so that lists do not read them.
CREATE TABLE events (
  number      INTEGER PRIMARY KEY,
  id          BLOB NOT NULL,
  source      INTEGER NOT NULL REFERENCES names,
  connector   INTEGER REFERENCES names,
  trigger     INTEGER REFERENCES names,
  connection  INTEGER REFERENCES names,
  received_ms INTEGER NOT NULL,
  dedupe_key  TEXT,
  delivery_id TEXT,
  meta        TEXT,
  payload     TEXT,  -- NULL: the body is the payload
  body        BLOB
) STRICT;
CREATE UNIQUE INDEX events_id ON events (id);
CREATE INDEX events_source ON events (source, id);

-- How often the sender repeated an event. Apart from it: a repeat is rare, and must not rewrite a row of some KB.
CREATE TABLE event_repeats (
  event   BLOB PRIMARY KEY REFERENCES events (id),
  repeats INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per (scope, dedupe key) until it expires. Scope: an event's source, or `flow:<id>`. Expired rows count as absent;
-- they are pruned in slices, so there is no index by time.
CREATE TABLE event_keys (
  scope      INTEGER NOT NULL REFERENCES names,
  key        TEXT NOT NULL,
  first      BLOB NOT NULL,  -- the event or the run that took the key
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id            BLOB PRIMARY KEY,
  event         BLOB NOT NULL REFERENCES events (id),
  flow          INTEGER NOT NULL REFERENCES names,
  version       INTEGER REFERENCES names,
  state         TEXT NOT NULL,
  due_ms        INTEGER NOT NULL,  -- with waiting; else 0
  created_ms    INTEGER NOT NULL,
  ended_ms      INTEGER NOT NULL,  -- 0: not ended
  seed          INTEGER NOT NULL,
  parked_for    INTEGER REFERENCES names,  -- with parked: the broken connection
  subject       TEXT,
  error_next    TEXT,
  error_code    TEXT,
  error_message TEXT,
  error_after_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX runs_event ON runs (event);
CREATE INDEX runs_flow ON runs (flow, id);
-- Whatever is to be done or looked after. Succeeded and filtered runs, nearly all, are not in it; so what is pending is found
-- among millions. Queries must repeat the condition word by word.
CREATE INDEX runs_open ON runs (state, due_ms, id) WHERE state NOT IN ('succeeded', 'filtered');
CREATE INDEX runs_parked ON runs (parked_for) WHERE parked_for IS NOT NULL;

-- Kept in the same commits as runs, so that nobody counts a million rows.
CREATE TABLE run_counts (
  state TEXT PRIMARY KEY,
  runs  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a run leaves behind for people. Written once, apart from `runs`, whose rows stay small and in place.
CREATE TABLE run_traces (
  run   BLOB PRIMARY KEY REFERENCES runs (id),
  reply TEXT,
  trace TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE effects (
  run           BLOB NOT NULL REFERENCES runs (id),
  key           TEXT NOT NULL,
  state         TEXT NOT NULL,
  attempts      INTEGER NOT NULL,
  due_ms        INTEGER NOT NULL,
  ended_ms      INTEGER NOT NULL,
  connector     INTEGER REFERENCES names,
  action        INTEGER REFERENCES names,
  connection    INTEGER REFERENCES names,
  name          TEXT,
  error_next    TEXT,
  error_code    TEXT,
  error_message TEXT,
  error_after_ms INTEGER,
  input         TEXT,
  output        TEXT,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  run           BLOB NOT NULL REFERENCES runs (id),
  key           TEXT NOT NULL,
  number        INTEGER NOT NULL,
  started_ms    INTEGER NOT NULL,
  took_ms       INTEGER NOT NULL,
  error_next    TEXT,
  error_code    TEXT,
  error_message TEXT,
  error_after_ms INTEGER,
  exchanges     TEXT,
  PRIMARY KEY (run, key, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_versions (
  version    TEXT PRIMARY KEY,
  flow       TEXT NOT NULL,
  bundle     TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE schedules (
  name      TEXT PRIMARY KEY,
  cursor_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE broken_connections (
  name     TEXT PRIMARY KEY,
  reason   TEXT,
  since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

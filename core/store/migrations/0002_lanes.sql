-- Lanes: runs of flows with `runs`, `limit` or `debounce` stand in one until they have ended. Runs of other flows leave no row
-- here. All decisions are made from these rows, inside the transaction that changes them.

-- One per flow and value of `per`. The rule is that of the newest accepted event.
CREATE TABLE lanes (
  id           INTEGER PRIMARY KEY,
  flow         INTEGER NOT NULL REFERENCES names,
  key          TEXT NOT NULL,     -- '=' and the value, so that an empty one is not NULL
  rule         TEXT NOT NULL,     -- parallel, one_at_a_time, latest_only
  limit_runs   INTEGER NOT NULL,  -- 0: no limit
  limit_ms     INTEGER NOT NULL,
  debounce_ms  INTEGER NOT NULL,
  idle_from_ms INTEGER NOT NULL,  -- when nothing of it matters any more, if nobody comes
  UNIQUE (flow, key)
) STRICT;
CREATE INDEX lanes_idle ON lanes (idle_from_ms);

-- Who stands in a lane. The order of `place` is the order of acceptance.
CREATE TABLE lane_runs (
  place    INTEGER PRIMARY KEY,
  lane     INTEGER NOT NULL REFERENCES lanes,
  run      BLOB NOT NULL UNIQUE REFERENCES runs (id),
  stage    TEXT NOT NULL,     -- held; begun; failed: has left, and keeps its place for the case that it is retried
  ready_ms INTEGER NOT NULL   -- end of its quiet period; 0: none
) STRICT;
CREATE INDEX lane_runs_stage ON lane_runs (lane, stage, place);
CREATE TRIGGER lane_runs_follow_runs AFTER DELETE ON runs BEGIN
  DELETE FROM lane_runs WHERE run = OLD.id;
END;

-- When runs of a lane with a limit began; those of the last `limit_ms` matter.
CREATE TABLE lane_starts (
  lane  INTEGER NOT NULL REFERENCES lanes,
  at_ms INTEGER NOT NULL,
  run   BLOB NOT NULL,
  PRIMARY KEY (lane, at_ms, run)
) STRICT, WITHOUT ROWID;

/**
 * The steps that make a store what this version expects, oldest first. A step is never changed once it was
 * released: a new one is added. SQLite's `user_version` counts the steps a file has seen.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE jobs (
     id TEXT PRIMARY KEY,
     state TEXT NOT NULL,
     document TEXT NOT NULL
   ) STRICT;
   CREATE TABLE tasks (
     position INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     state TEXT NOT NULL,
     spec TEXT NOT NULL
   ) STRICT;
   CREATE TABLE attempts (
     id TEXT PRIMARY KEY,
     task_id TEXT NOT NULL REFERENCES tasks (id),
     number INTEGER NOT NULL,
     state TEXT NOT NULL,
     agent_id TEXT NOT NULL,
     hostname TEXT NOT NULL,
     launched_at REAL NOT NULL,
     started_at REAL,
     ended_at REAL,
     exit_code INTEGER,
     sandbox TEXT,
     message TEXT,
     reason TEXT,
     UNIQUE (task_id, number)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE frameworks (
     cluster TEXT PRIMARY KEY,
     framework_id TEXT NOT NULL
   ) STRICT;`,
  // Attempts become documents, as tasks are, and know the cluster that they were launched on; terms are counted.
  `ALTER TABLE tasks RENAME COLUMN spec TO document;
   ALTER TABLE attempts RENAME TO columns_of_attempts;
   CREATE TABLE attempts (
     id TEXT PRIMARY KEY,
     task_id TEXT NOT NULL REFERENCES tasks (id),
     number INTEGER NOT NULL,
     cluster TEXT,
     document TEXT NOT NULL,
     UNIQUE (task_id, number)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO attempts SELECT id, task_id, number, NULL, json_patch('{}', json_object(
     'id', id, 'taskId', task_id, 'number', number, 'state', state, 'agentId', agent_id, 'hostname', hostname,
     'launchedAt', launched_at, 'startedAt', started_at, 'endedAt', ended_at, 'exitCode', exit_code,
     'sandbox', sandbox, 'message', message, 'reason', reason)) FROM columns_of_attempts;
   DROP TABLE columns_of_attempts;
   CREATE TABLE leadership (term INTEGER NOT NULL) STRICT;
   INSERT INTO leadership VALUES (0);`,
  // Jobs have times and an outcome; events and what doors remember.
  `ALTER TABLE jobs ADD COLUMN outcome TEXT NOT NULL DEFAULT '{}';
   ALTER TABLE jobs ADD COLUMN created_at REAL NOT NULL DEFAULT 0;
   ALTER TABLE jobs ADD COLUMN updated_at REAL NOT NULL DEFAULT 0;
   CREATE TABLE events (
     sequence INTEGER PRIMARY KEY,
     job_id TEXT NOT NULL,
     time REAL NOT NULL,
     document TEXT NOT NULL
   ) STRICT;
   CREATE TABLE records (
     position INTEGER PRIMARY KEY,
     kind TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     UNIQUE (kind, key)
   ) STRICT;`,
];

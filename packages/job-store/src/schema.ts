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
];

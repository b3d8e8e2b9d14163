import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The tasks that the state of a job has as finished; none if there is no state. */
export function finishedTasks(workDirectory: string): string[] {
  // Not read-only: what the killed process wrote may still be in the log beside the file.
  const database = new DatabaseSync(path.join(workDirectory, 'job.sqlite'));
  try {
    const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'tasks'").get();
    if (!table) return [];
    return database
      .prepare("SELECT id FROM tasks WHERE state = 'finished'")
      .all()
      .map(({ id }) => String(id));
  } finally {
    database.close();
  }
}

/** Makes the state of a job say that all its tasks were launched on another cluster, of which it knows no framework. */
export function moveAttempts(workDirectory: string, cluster: string): void {
  const database = new DatabaseSync(path.join(workDirectory, 'job.sqlite'));
  try {
    database.prepare('UPDATE attempts SET cluster = ?').run(cluster);
  } finally {
    database.close();
  }
}

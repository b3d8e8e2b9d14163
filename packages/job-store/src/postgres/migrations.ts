import { rowsStep } from './rows-step.ts';

/**
 * What is there before anything else, and never changes: by it versions that know nothing of one another agree on who
 * leads. `leadership` is who does, and how long ago that was last said; `fence` is what every write goes through, and
 * counts them.
 */
export const foundation = `
  CREATE TABLE galaxy_mesos.leadership (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    term integer NOT NULL,
    beat integer NOT NULL,
    session integer,
    server_started timestamptz,
    lease_seconds double precision NOT NULL,
    holder text NOT NULL
  );
  CREATE TABLE galaxy_mesos.fence (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    schema_version integer NOT NULL,
    term integer NOT NULL,
    last_write double precision NOT NULL
  );
  INSERT INTO galaxy_mesos.leadership (term, beat, lease_seconds, holder) VALUES (0, 0, 0, '');
  INSERT INTO galaxy_mesos.fence (schema_version, term, last_write) VALUES (0, 0, 0);`;

/**
 * The steps that make a store what this version expects, oldest first. A step is never changed once it was released:
 * a new one is added. The `schema_version` of the fence counts the steps a database has seen.
 *
 * Each write is one call of one function, because a transaction of several statements would stay open, and keep
 * others from taking over, if this process were stopped in its midst.
 */
export const migrations: readonly string[] = [
  `SET LOCAL search_path = galaxy_mesos;
   CREATE TABLE jobs (
     position bigint GENERATED ALWAYS AS IDENTITY,
     id text PRIMARY KEY,
     state text NOT NULL,
     document text NOT NULL
   );
   CREATE TABLE tasks (
     position bigint GENERATED ALWAYS AS IDENTITY,
     id text PRIMARY KEY,
     state text NOT NULL,
     document text NOT NULL
   );
   CREATE TABLE attempts (
     id text PRIMARY KEY,
     task_id text NOT NULL REFERENCES tasks (id),
     number integer NOT NULL,
     cluster text,
     document text NOT NULL,
     UNIQUE (task_id, number)
   );
   CREATE TABLE frameworks (
     cluster text PRIMARY KEY,
     framework_id text NOT NULL
   );

   -- Whether the write, of an even number, is still to be done. It waits for one of the same number that is still under way.
   CREATE FUNCTION may_write(my_term integer, my_number double precision) RETURNS boolean LANGUAGE plpgsql AS $$
   DECLARE
     now_term integer;
     now_number double precision;
   BEGIN
     SELECT term, last_write INTO STRICT now_term, now_number FROM galaxy_mesos.fence FOR UPDATE;
     IF now_term <> my_term THEN
       RAISE EXCEPTION 'the term % is over, the term % has begun', my_term, now_term USING ERRCODE = 'GM001';
     END IF;
     IF now_number >= my_number THEN RETURN false; END IF;
     UPDATE galaxy_mesos.fence SET last_write = my_number;
     RETURN true;
   END $$;

   -- Sees to it that a write which is not done yet never will be; false if it was done. Its mark is the next odd number.
   CREATE FUNCTION void_write(my_term integer, my_number double precision) RETURNS boolean LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT galaxy_mesos.may_write(my_term, my_number) THEN
       RETURN (SELECT last_write > my_number FROM galaxy_mesos.fence);
     END IF;
     UPDATE galaxy_mesos.fence SET last_write = my_number + 1;
     RETURN true;
   END $$;

   CREATE FUNCTION write_tasks(
     my_term integer, my_number double precision,
     task_ids text[], task_states text[], task_documents text[],
     moved_ids text[], moved_states text[],
     attempt_ids text[], attempt_tasks text[], attempt_numbers integer[], attempt_clusters text[],
     attempt_documents text[],
     updated_ids text[], updated_documents text[],
     clusters text[], framework_ids text[]
   ) RETURNS void LANGUAGE plpgsql AS $$
   DECLARE
     missing text;
   BEGIN
     IF NOT galaxy_mesos.may_write(my_term, my_number) THEN RETURN; END IF;
     IF cardinality(task_ids) > 0 THEN
       INSERT INTO galaxy_mesos.tasks (id, state, document)
         SELECT a, b, c FROM unnest(task_ids, task_states, task_documents) WITH ORDINALITY AS x (a, b, c, n)
         ORDER BY n;
     END IF;
     IF cardinality(moved_ids) > 0 THEN
       SELECT a INTO missing FROM unnest(moved_ids) AS x (a)
         WHERE NOT EXISTS (SELECT 1 FROM galaxy_mesos.tasks AS t WHERE t.id = a) LIMIT 1;
       IF FOUND THEN RAISE EXCEPTION 'the task % is not there', missing USING ERRCODE = 'GM002'; END IF;
       UPDATE galaxy_mesos.tasks AS t SET state = b FROM unnest(moved_ids, moved_states) AS x (a, b)
         WHERE t.id = a;
     END IF;
     IF cardinality(attempt_ids) > 0 THEN
       INSERT INTO galaxy_mesos.attempts (id, task_id, number, cluster, document)
         SELECT * FROM unnest(attempt_ids, attempt_tasks, attempt_numbers, attempt_clusters, attempt_documents);
     END IF;
     IF cardinality(updated_ids) > 0 THEN
       SELECT a INTO missing FROM unnest(updated_ids) AS x (a)
         WHERE NOT EXISTS (SELECT 1 FROM galaxy_mesos.attempts AS t WHERE t.id = a) LIMIT 1;
       IF FOUND THEN RAISE EXCEPTION 'the attempt % is not there', missing USING ERRCODE = 'GM002'; END IF;
       UPDATE galaxy_mesos.attempts AS t SET document = b FROM unnest(updated_ids, updated_documents) AS x (a, b)
         WHERE t.id = a;
     END IF;
     IF cardinality(clusters) > 0 THEN
       INSERT INTO galaxy_mesos.frameworks (cluster, framework_id) SELECT * FROM unnest(clusters, framework_ids)
         ON CONFLICT (cluster) DO UPDATE SET framework_id = excluded.framework_id;
     END IF;
   END $$;

   CREATE FUNCTION add_job(my_term integer, my_number double precision, job_id text, job_document text)
   RETURNS void LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT galaxy_mesos.may_write(my_term, my_number) THEN RETURN; END IF;
     INSERT INTO galaxy_mesos.jobs (id, state, document) VALUES (job_id, 'new', job_document);
   END $$;

   CREATE FUNCTION set_job_state(my_term integer, my_number double precision, job_id text, job_state text)
   RETURNS void LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT galaxy_mesos.may_write(my_term, my_number) THEN RETURN; END IF;
     UPDATE galaxy_mesos.jobs SET state = job_state WHERE id = job_id;
     IF NOT FOUND THEN RAISE EXCEPTION 'the job % is not there', job_id USING ERRCODE = 'GM002'; END IF;
   END $$;

   CREATE FUNCTION forget_framework(my_term integer, my_number double precision, of_cluster text)
   RETURNS void LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT galaxy_mesos.may_write(my_term, my_number) THEN RETURN; END IF;
     DELETE FROM galaxy_mesos.frameworks WHERE cluster = of_cluster;
     -- What has ended with its framework is on no cluster any more.
     UPDATE galaxy_mesos.attempts SET cluster = NULL WHERE cluster = of_cluster;
   END $$;`,
  rowsStep,
];

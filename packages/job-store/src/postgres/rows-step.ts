/**
 * The step after which jobs have times and an outcome, there are events and what doors remember, and one function
 * writes rows of all tables. Released, it is never changed.
 */
export const rowsStep = `SET LOCAL search_path = galaxy_mesos;
   ALTER TABLE jobs
     ADD COLUMN outcome text NOT NULL DEFAULT '{}',
     ADD COLUMN created_at double precision NOT NULL DEFAULT 0,
     ADD COLUMN updated_at double precision NOT NULL DEFAULT 0;
   CREATE TABLE events (
     sequence double precision PRIMARY KEY,
     job_id text NOT NULL,
     time double precision NOT NULL,
     document text NOT NULL
   );
   CREATE TABLE records (
     position bigint GENERATED ALWAYS AS IDENTITY,
     kind text NOT NULL,
     key text NOT NULL,
     value text NOT NULL,
     PRIMARY KEY (kind, key)
   );
   DROP FUNCTION write_tasks;
   DROP FUNCTION add_job;
   DROP FUNCTION set_job_state;

   CREATE FUNCTION write_rows(
     my_term integer, my_number double precision,
     job_ids text[], job_documents text[], job_times double precision[],
     moved_job_ids text[], moved_job_states text[], moved_job_outcomes text[], moved_job_times double precision[],
     task_ids text[], task_states text[], task_documents text[],
     moved_ids text[], moved_states text[],
     attempt_ids text[], attempt_tasks text[], attempt_numbers integer[], attempt_clusters text[],
     attempt_documents text[],
     updated_ids text[], updated_documents text[],
     removed_task_ids text[], removed_job_ids text[],
     event_sequences double precision[], event_jobs text[], event_times double precision[], event_documents text[],
     record_kinds text[], record_keys text[], record_values text[],
     removed_kinds text[], removed_keys text[],
     clusters text[], framework_ids text[]
   ) RETURNS void LANGUAGE plpgsql AS $$
   DECLARE
     missing text;
   BEGIN
     IF NOT galaxy_mesos.may_write(my_term, my_number) THEN RETURN; END IF;
     IF cardinality(job_ids) > 0 THEN
       INSERT INTO galaxy_mesos.jobs (id, state, document, created_at, updated_at)
         SELECT a, 'new', b, c, c FROM unnest(job_ids, job_documents, job_times) WITH ORDINALITY AS x (a, b, c, n)
         ORDER BY n;
     END IF;
     IF cardinality(moved_job_ids) > 0 THEN
       SELECT a INTO missing FROM unnest(moved_job_ids) AS x (a)
         WHERE NOT EXISTS (SELECT 1 FROM galaxy_mesos.jobs AS t WHERE t.id = a) LIMIT 1;
       IF FOUND THEN RAISE EXCEPTION 'the job % is not there', missing USING ERRCODE = 'GM002'; END IF;
       UPDATE galaxy_mesos.jobs AS t SET state = b, outcome = coalesce(nullif(c, ''), outcome), updated_at = d
         FROM unnest(moved_job_ids, moved_job_states, moved_job_outcomes, moved_job_times) AS x (a, b, c, d)
         WHERE t.id = a;
     END IF;
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
     IF cardinality(removed_task_ids) > 0 THEN
       DELETE FROM galaxy_mesos.attempts WHERE task_id = ANY (removed_task_ids);
       DELETE FROM galaxy_mesos.tasks WHERE id = ANY (removed_task_ids);
     END IF;
     IF cardinality(removed_job_ids) > 0 THEN
       DELETE FROM galaxy_mesos.jobs WHERE id = ANY (removed_job_ids);
     END IF;
     IF cardinality(event_sequences) > 0 THEN
       INSERT INTO galaxy_mesos.events (sequence, job_id, time, document)
         SELECT * FROM unnest(event_sequences, event_jobs, event_times, event_documents);
     END IF;
     IF cardinality(record_keys) > 0 THEN
       INSERT INTO galaxy_mesos.records (kind, key, value)
         SELECT a, b, c FROM unnest(record_kinds, record_keys, record_values) WITH ORDINALITY AS x (a, b, c, n)
         ORDER BY n
         ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value;
     END IF;
     IF cardinality(removed_keys) > 0 THEN
       DELETE FROM galaxy_mesos.records AS t USING unnest(removed_kinds, removed_keys) AS x (a, b)
         WHERE t.kind = a AND t.key = b;
     END IF;
     IF cardinality(clusters) > 0 THEN
       INSERT INTO galaxy_mesos.frameworks (cluster, framework_id) SELECT * FROM unnest(clusters, framework_ids)
         ON CONFLICT (cluster) DO UPDATE SET framework_id = excluded.framework_id;
     END IF;
   END $$;

   CREATE FUNCTION prune_events(my_term integer, my_number double precision, up_to double precision)
   RETURNS void LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT galaxy_mesos.may_write(my_term, my_number) THEN RETURN; END IF;
     DELETE FROM galaxy_mesos.events WHERE sequence <= up_to;
   END $$;`;

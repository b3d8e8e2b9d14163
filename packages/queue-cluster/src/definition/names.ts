import { z } from 'zod';

const most = 24;

/**
 * A cluster is a directory and the beginning of its batch jobs' names: `gm-CLUSTER-POOL-xxxxxxxx`. Pools have no `-` in
 * their names, so that this can be taken apart again, and no cluster takes another's pilots for its own.
 */
export const clusterNameSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,23}$/, {
  error: `expected a name of at most ${most} letters, digits, _ and -, a letter first`,
});

/** See {@link clusterNameSchema}. */
export const poolNameSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,23}$/, {
  error: `expected a name of at most ${most} letters, digits and _, a letter first`,
});

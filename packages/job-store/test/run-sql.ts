import pg from 'pg';

/** Runs SQL behind the back of this package, and answers the rows. */
export async function runSql(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

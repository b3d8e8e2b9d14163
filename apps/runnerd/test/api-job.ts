/** What the daemon's own API says of a job. */
export interface ApiJob {
  readonly id: string;
  readonly state: string;
  readonly message?: string;
  readonly tasks: { readonly total: number; readonly finished: number };
}

/** The answer to a request. */
export interface ApiAnswer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** Asks a daemon's own API. */
export async function askApi<Body>(url: string, path: string, post?: object): Promise<ApiAnswer<Body>> {
  const headers = { 'content-type': 'application/json' };
  const init = post && { method: 'POST', headers, body: JSON.stringify(post) };
  const answer = await fetch(new URL(`/api/v1/${path}`, url), init);
  return { status: answer.status, body: (await answer.json()) as Body };
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const seconds = '15';

/**
 * Looks whether this daemon answers under the URL that agents are told, as they will: by curl. Answers what curl says
 * against it; `undefined` if it answers, or there is no curl here.
 */
export async function agentUrlTrouble(url: string, signal: AbortSignal): Promise<string | undefined> {
  const words = [
    '--fail-with-body',
    '--silent',
    '--show-error',
    '--output',
    '/dev/null',
    '--max-time',
    seconds,
  ];
  try {
    await promisify(execFile)('curl', [...words, '--noproxy', '', `${url}/healthz`], { signal });
    return undefined;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    // The cluster may be away, which says nothing of the way to here; without curl nothing is known.
    return said === '' || / 503$/.test(said) ? undefined : (said.split('\n')[0] ?? said);
  }
}

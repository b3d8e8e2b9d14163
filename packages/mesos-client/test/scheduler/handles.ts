/** How many sockets and timers this process has. */
export type Handles = readonly [sockets: number, timers: number];

/** Counts them. Node tells of a socket that was destroyed for a moment longer: poll. */
export function handles(): Handles {
  const names = process.getActiveResourcesInfo();
  const count = (wanted: string) => names.filter((name) => name === wanted).length;
  return [count('TCPSocketWrap'), count('Timeout')];
}

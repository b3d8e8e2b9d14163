/** Whether a text names a release of Galaxy, as `16.01` or `24.2`. */
export function isProfile(text: string): boolean {
  return /^\d+(\.\d+)*$/.test(text);
}

/** Whether the release of Galaxy `profile` came before the release `other`. */
export function isBefore(profile: string, other: string): boolean {
  const [a, b] = [numbers(profile), numbers(other)];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function numbers(profile: string): number[] {
  return profile.split('.').map(Number);
}

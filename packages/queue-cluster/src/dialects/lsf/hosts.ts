import type { QueueNode } from '../node-fit.ts';

/** A host of the cluster. */
interface LsfHost extends QueueNode {
  readonly name: string;
}

type Row = ReadonlyMap<string, string>;

/** The rows of a table by the words of its heading; undefined if it is no table. Only the last column can have blanks. */
function tableIn(stdout: string | undefined): readonly Row[] | undefined {
  const [heading = '', ...lines] = (stdout ?? '').split('\n').filter((line) => line.trim() !== '');
  const names = heading.trim().split(/\s+/);
  if (names[0] !== 'HOST_NAME') return undefined;
  return lines.map((line) => {
    const words = line.trim().split(/\s+/);
    return new Map(names.map((name, index) => [name, words[index] ?? '']));
  });
}

/** What `bhosts -w` and `lshosts -w` tell together: states and job slots; memory. Undefined if either is no table. */
export function hostsIn(batch: string | undefined, load: string | undefined): readonly LsfHost[] | undefined {
  const [slots, sizes] = [tableIn(batch), tableIn(load)];
  if (!slots || !sizes) return undefined;
  const memory = new Map(sizes.map((row) => [row.get('HOST_NAME'), mebibytesOf(row.get('maxmem'))]));
  return slots.map((row) => ({
    name: row.get('HOST_NAME') ?? '',
    cpus: /^\d{1,6}$/.test(row.get('MAX') ?? '') ? Number(row.get('MAX')) : undefined,
    memMb: memory.get(row.get('HOST_NAME')),
    isUp: isUp(row.get('STATUS') ?? ''),
  }));
}

/** One that is full, or taken by a job alone, is up all the same. */
const isUp = (status: string): boolean =>
  !/^(?:unavail|unreach|closed_Adm|closed_LIM|closed_Lock)/i.test(status);

const factors = new Map([
  ['K', 2 ** -10],
  ['M', 1],
  ['G', 2 ** 10],
  ['T', 2 ** 20],
  ['P', 2 ** 30],
]);

/** Of `15.9G`. */
function mebibytesOf(text: string | undefined): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,9}(?:\.\d+)?)([KMGTP])$/.exec(text ?? '') ?? [];
  const factor = factors.get(unit);
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** Hosts of a queue: those it names, where it names nothing else, such as groups; otherwise any may be among them. */
export function hostsOfQueue(
  hosts: readonly LsfHost[],
  named: readonly string[] | undefined,
): readonly LsfHost[] {
  const names = new Set(named?.map((name) => name.replace(/\+\d*$/, '')));
  const own = hosts.filter(({ name }) => names.has(name));
  return names.size > 0 && own.length === names.size ? own : hosts;
}

import type { QueueProblem } from '../dialect.ts';
import type { WhoAsks } from '../inquiries.ts';
import { type Attributes, isOn } from './attributes.ts';

const advice = 'name another queue, or ask the site for access';

/** A list that says who may submit, and whom it knows. */
interface AccessList {
  readonly names: readonly string[];
  readonly attribute: string;
  readonly title: string;
}

/**
 * Why a server or queue lets in nobody who is called so; undefined if it does, or if nobody can say: a list names hosts,
 * too, and groups are those of the server's machine.
 */
export function accessProblem(
  subject: string,
  attributes: Attributes,
  { user, groups }: WhoAsks,
): QueueProblem | undefined {
  const lists: readonly (AccessList & { readonly enable: string })[] = [
    { enable: 'acl_user_enable', attribute: 'acl_users', names: [user], title: `the user ${user}` },
    {
      enable: 'acl_group_enable',
      attribute: 'acl_groups',
      names: groups,
      title: `the groups of ${user} (${groups.join(', ')})`,
    },
  ];
  const enabled = lists.filter(({ enable }) => isOn(attributes, enable) === true);
  const closed = enabled.filter((list) => !mayEnter(attributes.get(list.attribute), list.names));
  // Torque: whom one of the lists knows may enter.
  const oneIsEnough = isOn(attributes, 'acl_logic_or') === true;
  const [first] = closed;
  if (!first || (oneIsEnough && closed.length < enabled.length)) return undefined;
  return {
    kind: 'configuration',
    text: `${subject} does not let in ${first.title}: ${first.attribute} is ${attributes.get(first.attribute)}`,
    advice,
  };
}

/** Whether a server or queue lets in some people only. */
export const hasAccessList = (attributes: Attributes): boolean =>
  isOn(attributes, 'acl_user_enable') === true || isOn(attributes, 'acl_group_enable') === true;

/** The first entry that fits counts; a minus is a no, and so is no entry at all. */
function mayEnter(list: string | undefined, names: readonly string[]): boolean {
  // An empty list is not the same everywhere.
  if (list === undefined || list.trim() === '') return true;
  const entries = list.split(',').map((entry) => entry.trim());
  return names.some((name) => {
    const decisive = entries.find((entry) => decides(entry, name));
    return decisive !== undefined && !decisive.startsWith('-');
  });
}

/** Whether an entry settles it for a name. A no for some hosts only does not: this may be none of them. */
function decides(entry: string, name: string): boolean {
  const [who = '', host = '*'] = entry.replace(/^[+-]/, '').split('@');
  const isMeant = who === name || who === '*' || who === '';
  return isMeant && (host === '*' || !entry.startsWith('-'));
}

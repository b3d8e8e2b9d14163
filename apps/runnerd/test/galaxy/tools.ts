import type { GalaxyApi } from '../../../../test-fixtures/real-galaxy/real-galaxy.ts';

/** The inputs of a tool of the fixture, by name. */
export type ToolInputs = Readonly<Record<string, unknown>>;

const hda = (id: string) => ({ src: 'hda', id });

/** What each tool is given whose job a user could not tell apart, wherever it runs. */
export async function comparableTools(
  galaxy: GalaxyApi,
  historyId: string,
): Promise<Readonly<Record<string, ToolInputs>>> {
  const text = hda(await galaxy.upload(historyId, 'first text', 'one\ntwo\nthree\nvier für ünï\nfive\n'));
  const other = hda(await galaxy.upload(historyId, 'second text', 'another\n'));
  return {
    single: { input: text },
    fails: {},
    killed: {},
    complains: {},
    complains_of_old: {},
    judged: {},
    lists: {},
    extra_files: {},
    joins: { inputs: { batch: false, values: [text, other] }, title: 'a title' },
    names: {},
    links: { input: text },
    large: { mebibytes: 64 },
    speaks: { words: 'it\'s "quoted" $HOME `date` ünï \\ &' },
    splits: { input: text },
    nothing: {},
  };
}

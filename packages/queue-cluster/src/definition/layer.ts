import type { z } from 'zod';
import { nearest } from './nearest.ts';
import { type Places, readYaml } from './places.ts';
import { type DefinitionProblem, type SettingPath, shown } from './problem.ts';
import {
  type ClusterSettings,
  clusterSettingsSchema,
  defaultSettingsSchema,
  masterSettingsSchema,
  poolSettingsSchema,
  programSettingsSchema,
  siteSettingsSchema,
} from './settings.ts';

/** The command line, the cluster's file, or that of the site. */
export type LayerKind = 'options' | 'cluster' | 'site';

/** What one place says of a cluster: the command line, the cluster's file, the site's. */
export interface SettingsLayer {
  readonly kind: LayerKind;
  readonly settings: ClusterSettings;
  /** Where it says something; undefined where it does not. */
  placeOf(path: SettingPath): string | undefined;
}

/** A layer, or all that is wrong with it. */
export type ReadLayer =
  | { readonly layer: SettingsLayer; readonly problems: readonly [] }
  | { readonly layer?: never; readonly problems: readonly DefinitionProblem[] };

/** Reads a cluster file, or that of a site, which has no pools. `file` is its name in messages. */
export function readLayer(text: string, file: string, kind: 'cluster' | 'site'): ReadLayer {
  const yaml = readYaml(text, file);
  if (yaml.problems.length > 0) return { problems: yaml.problems };
  return checkLayer(yaml.value, yaml, kind);
}

/** Checks what was said; every mistake is told, in the order in which they stand. */
export function checkLayer(value: unknown, places: Places, kind: LayerKind): ReadLayer {
  const schema = kind === 'site' ? siteSettingsSchema : clusterSettingsSchema;
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, value, places, kind));
    return { problems: problems.toSorted(byPlace) };
  }
  const placeOf = (path: SettingPath) =>
    valueAt(value, path) === undefined ? undefined : places.placeOf(path);
  return { layer: { kind, settings: parsed.data, placeOf }, problems: [] };
}

function problemsOf(
  issue: z.core.$ZodIssue,
  value: unknown,
  places: Places,
  kind: LayerKind,
): DefinitionProblem[] {
  const { path } = issue;
  const name = path.map(String).join('.');
  const named = (text: string) => (name === '' ? text : `${name}: ${text}`);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const place = places.placeOfKey([...path, key]);
        return { place, text: `${[...path, key].map(String).join('.')}: ${unknownName(key, path, kind)}` };
      });
    case 'invalid_key':
      return [{ place: places.placeOfKey(path), text: named(issue.issues[0]?.message ?? issue.message) }];
    case 'invalid_type':
      return [
        { place: places.placeOf(path), text: named(`expected a mapping; ${shown(valueAt(value, path))}`) },
      ];
    default:
      return [{ place: places.placeOf(path), text: named(issue.message) }];
  }
}

function unknownName(key: string, path: SettingPath, kind: LayerKind): string {
  const names = namesAt(path, kind);
  const near = nearest(key, names);
  const advice = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  return `there is no such setting; ${advice}`;
}

/** The settings that may stand in a mapping. */
function namesAt([first, ...rest]: SettingPath, kind: LayerKind): readonly string[] {
  if (first === 'programs') return Object.keys(programSettingsSchema.shape);
  if (first === 'master') return Object.keys(masterSettingsSchema.out.shape);
  if (first === 'defaults') return Object.keys(defaultSettingsSchema.shape);
  if (first === 'pools' && rest.length > 0) return Object.keys(poolSettingsSchema.shape);
  return Object.keys((kind === 'site' ? siteSettingsSchema : clusterSettingsSchema).shape);
}

const valueAt = (value: unknown, path: SettingPath): unknown =>
  path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null ? (Reflect.get(found, key) as unknown) : undefined,
    value,
  );

function byPlace(a: DefinitionProblem, b: DefinitionProblem): number {
  const [lineA = 0, columnA = 0] = a.place.split(':').slice(-2).map(Number);
  const [lineB = 0, columnB = 0] = b.place.split(':').slice(-2).map(Number);
  return lineA - lineB || columnA - columnB;
}

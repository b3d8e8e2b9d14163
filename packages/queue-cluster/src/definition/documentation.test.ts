import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defineCluster } from './define-cluster.ts';
import {
  clusterSettingsSchema,
  defaultSettingsSchema,
  masterSettingsSchema,
  programSettingsSchema,
} from './settings.ts';

const text = readFileSync(new URL('../../../../docs/clusters.md', import.meta.url), 'utf8');

/** The settings of a mapping as a table has them. */
const rowsOf = (shape: Readonly<Record<string, { readonly description?: string | undefined }>>): string[] =>
  Object.entries(shape).flatMap(([name, { description }]) =>
    description === undefined ? [] : [`| \`${name}\` | ${description} |`],
  );

/** The rows of the table below a comment. */
const tableOf = (name: string): string[] =>
  (new RegExp(`<!-- ${name} -->\n\n([\\s\\S]*?)\n\n`).exec(text)?.[1] ?? '').split('\n').slice(2);

describe('docs/clusters.md', () => {
  it.each([
    ['cluster', clusterSettingsSchema.shape],
    ['pool', defaultSettingsSchema.shape],
    ['programs', programSettingsSchema.shape],
  ])('has every setting of a %s, with what it means', (name, shape) => {
    expect(tableOf(name)).toEqual(rowsOf(shape));
  });

  it('names every setting of a master', () => {
    for (const name of Object.keys(masterSettingsSchema.out.shape)) expect(text).toContain(`\`${name}\``);
  });

  it('has files that are right', () => {
    const files = [...text.matchAll(/```yaml\n# (cluster|site)\.yaml\n([\s\S]*?)```/g)];
    const site = files.find(([, kind]) => kind === 'site')?.[2] ?? '';
    const clusters = files.filter(([, kind]) => kind === 'cluster');
    expect(clusters.length).toBeGreaterThan(0);
    for (const [, , cluster = ''] of clusters) {
      const sites = [{ text: site, name: 'site.yaml' }];
      const file = { text: cluster, name: 'cluster.yaml' };
      expect(Object.keys(defineCluster({ name: 'mine', options: {}, file, sites }).pools)).not.toEqual([]);
    }
  });
});

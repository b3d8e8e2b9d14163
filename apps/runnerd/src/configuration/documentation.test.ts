import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { daemonOptions } from './flags.ts';
import { describeProblem } from './problem.ts';
import { readConfiguration } from './read-configuration.ts';
import { configurationSchema } from './schema.ts';
import { describeSettings } from './setting-names.ts';
import { settingsTable, withSettingsTable } from './settings-table.ts';

const file = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

const settings = describeSettings(configurationSchema);

describe('the documentation', () => {
  it('has every setting in the table of the README, with its default and what it means', () => {
    const readme = file('README.md');
    const written = withSettingsTable(readme, settingsTable(configurationSchema));
    expect(readme, 'npm run settings -w @galaxy-mesos/runnerd writes the table anew').toBe(written);
    expect(readme).toContain(
      '\n| `listen` | address and port; port 0 takes a free one (`127.0.0.1:8913`) |\n',
    );
  });

  it('says of every setting what it means', () => {
    expect(settings.filter(({ description }) => description === '').map(({ name }) => name)).toEqual([]);
  });

  it('has every flag in the README', () => {
    const readme = file('README.md');
    for (const { flags } of daemonOptions) expect(readme).toContain(`\`${flags}\``);
  });

  it('has an example file that is right', () => {
    const { problems, configuration } = readConfiguration(file('galaxy-mesos.example.yml'), 'example');
    expect(problems.map(describeProblem)).toEqual([]);
    expect(configuration?.resources.defaults.mem).toBe(4096);
  });

  it('has a unit for systemd that starts the daemon with a configuration', () => {
    const unit = file('galaxy-mesos.service');
    expect(unit).toMatch(/^ExecStart=.* galaxy-mesos daemon --config /m);
    expect(unit).toMatch(/^ExecReload=.*-HUP/m);
    // Else jobs on this machine would end with the daemon.
    expect(unit).toMatch(/^KillMode=process$/m);
  });
});

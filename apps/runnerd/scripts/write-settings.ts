// `npm run settings`: writes the table of all settings in the README by the schema of the configuration.

import { readFileSync, writeFileSync } from 'node:fs';
import { configurationSchema } from '../src/configuration/schema.ts';
import { settingsTable, withSettingsTable } from '../src/configuration/settings-table.ts';

const readme = new URL('../README.md', import.meta.url);
writeFileSync(readme, withSettingsTable(readFileSync(readme, 'utf8'), settingsTable(configurationSchema)));

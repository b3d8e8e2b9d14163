import { writeFileSync } from 'node:fs';
import { jobSchemaJson } from '../src/document/job-schema-json.ts';

const file = new URL('../job.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(jobSchemaJson(), null, 2)}\n`);

import { z } from 'zod';
import { jobDocumentSchema } from './job-document.ts';

/** The JSON Schema of job documents: `job.schema.json` of this package, which editors and other languages read. */
export const jobSchemaJson = (): Record<string, unknown> =>
  z.toJSONSchema(jobDocumentSchema, { io: 'input' });

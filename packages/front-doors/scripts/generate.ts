import { mkdir, writeFile } from 'node:fs/promises';
import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { openApiDocument } from '../src/api/open-api-document.ts';

// Makes the types of the client from the document that the daemon serves, so that the two cannot differ.

const directory = new URL('../src/gen/', import.meta.url);
const document = await openApiDocument('0.0.0');
const types = await openapiTypescript(document as OpenAPI3, { immutable: true, alphabetize: true });
await mkdir(directory, { recursive: true });
const text = `// Written by scripts/generate.ts from src/api. Changes made here are lost.\n${astToString(types)}`;
await writeFile(new URL('api.ts', directory), text);

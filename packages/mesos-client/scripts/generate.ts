// Writes src/gen/ from proto/: a TypeScript file per package, a decoder for every message, tables of all.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { emitJsonReaders } from './emit-json-readers.ts';
import { emitProtobufDecoders } from './emit-protobuf-decoders.ts';
import { emitShapes } from './emit-shapes.ts';
import { emitPackage, enumsOf, messagesOf, moduleOf, referenceTo } from './emit-types.ts';
import { loadProtoRoot } from './proto-root.ts';

const outputFolder = fileURLToPath(new URL('../src/gen/', import.meta.url));
const header = '// Written by scripts/generate.ts from proto/. Changes made here are lost.\n';

function packagesOf(namespace: protobuf.NamespaceBase): protobuf.Namespace[] {
  return namespace.nestedArray.flatMap((object) => {
    if (!(object instanceof protobuf.Namespace) || object instanceof protobuf.Type) return [];
    const own = object.nestedArray.some((inner) => inner instanceof protobuf.Type) ? [object] : [];
    return [...own, ...packagesOf(object)];
  });
}

function write(name: string, text: string): void {
  writeFileSync(outputFolder + name, header + text);
}

function emitMessageTable(root: protobuf.Root, modules: readonly string[]): string {
  const imports = modules.map((module) => `import type * as ${module} from './${module}.ts';`);
  const rows = messagesOf(root).map(
    (type) => `  readonly '${type.fullName.slice(1)}': ${referenceTo(type)};`,
  );
  const comment = '/** Every message by its full name. */';
  return [...imports, '', comment, 'export interface Messages {', ...rows, '}', ''].join('\n');
}

const root = loadProtoRoot();
const packages = packagesOf(root);
const modules = packages.map((namespace) => moduleOf(namespace.fullName.slice(1))).sort();
rmSync(outputFolder, { recursive: true, force: true });
mkdirSync(outputFolder, { recursive: true });
for (const namespace of packages)
  write(`${moduleOf(namespace.fullName.slice(1))}.ts`, emitPackage(namespace, modules));
write('messages.ts', emitMessageTable(root, modules));
const messages = messagesOf(root);
const enums = enumsOf(root);
write('shapes.ts', emitShapes(messages, enums));
write('protobuf-decoders.ts', emitProtobufDecoders(messages, enums));
write('json-readers.ts', emitJsonReaders(messages, enums));

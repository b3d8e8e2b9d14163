import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const protoFolder = fileURLToPath(new URL('../../../proto/', import.meta.url));

/** Reads every file below `proto/`; names stay as they are on the wire. Throws what protobufjs throws. */
export function loadProtoRoot(): protobuf.Root {
  const root = new protobuf.Root();
  // `google/protobuf/duration.proto` ships with protobufjs and keeps its own path.
  root.resolvePath = (_origin, target) => (target.startsWith('google/') ? target : join(protoFolder, target));
  const files = readdirSync(protoFolder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.proto'),
  );
  root.loadSync(files.sort(), { keepCase: true });
  root.resolveAll();
  return root;
}

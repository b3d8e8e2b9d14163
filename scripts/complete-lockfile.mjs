// Completes package-lock.json after npm wrote it, so that `npm ci` takes it.
//
// Why: tools such as esbuild or biome come as one optional package per platform. A registry mirror may carry only
// the platforms that it serves; npm leaves the others out of the lock without a word, and then `npm ci` refuses the
// lock ("Missing: @biomejs/cli-darwin-arm64@2.6.8 from lock file"). What is left out is added here with the
// version that its parent asks for, and with the platform that its name tells. These entries have no integrity hash.
import { readFileSync, writeFileSync } from 'node:fs';

const systems = new Map([
  ...[
    'aix',
    'android',
    'darwin',
    'freebsd',
    'linux',
    'netbsd',
    'openbsd',
    'openharmony',
    'sunos',
    'win32',
  ].map((name) => [name, name]),
  ['windows', 'win32'],
]);
const processors = new Map([
  ...['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'].map((name) => [
    name,
    name,
  ]),
  ['64', 'x64'],
]);

const file = 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = [];
for (const [parent, manifest] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(manifest.optionalDependencies ?? {})) {
    // Platform packages are asked for by their exact version; ranges are other optional dependencies.
    if (isLocked(parent, name) || !/^\d/.test(version)) continue;
    lock.packages[`${folderAbove(parent)}node_modules/${name}`] = entryFor(name, version, manifest.dev);
    added.push(name);
  }
}
// In npm's own order, here and within an entry, so that npm changes nothing the next time.
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${file}: ${added.length} platform packages added`);

/** Whether Node would find `name` from the package in `parent`: looks there, then in every folder above. */
function isLocked(parent, name) {
  for (let folder = parent; ; folder = folderAbove(folder).replace(/\/$/, '')) {
    if (lock.packages[`${folder && `${folder}/`}node_modules/${name}`]) return true;
    if (!folder) return false;
  }
}

/** The folder whose node_modules holds the package, with a slash at its end; empty for the root. */
function folderAbove(where) {
  return where.slice(0, Math.max(0, where.lastIndexOf('node_modules/')));
}

function entryFor(name, version, isForDevelopment) {
  const words = name.split(/[@/_-]/);
  const told = (known) => words.map((word) => known.get(word)).find(Boolean);
  const system = told(systems);
  const processor = told(processors);
  return {
    version,
    ...(processor && { cpu: [processor] }),
    ...(isForDevelopment && { dev: true }),
    ...(words.includes('musl') && { libc: ['musl'] }),
    optional: true,
    ...(system && { os: [system] }),
  };
}

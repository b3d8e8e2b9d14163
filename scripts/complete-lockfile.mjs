// Adds the platform packages that the registry at hand does not serve, so that `npm ci` accepts the lock.
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const p = lock.packages;
let added = 0;
const OS = {
  darwin: 'darwin',
  win32: 'win32',
  windows: 'win32',
  linux: 'linux',
  android: 'android',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
  sunos: 'sunos',
  aix: 'aix',
  openharmony: 'openharmony',
};
const CPU = ['x64', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'arm', 'mips64el', '64'];
const find = (from, name) => {
  for (let at = from; ; ) {
    const k = (at ? at + '/' : '') + 'node_modules/' + name;
    if (p[k]) return k;
    if (!at) return;
    const i = at.lastIndexOf('node_modules/');
    at = i <= 0 ? '' : at.slice(0, i - 1);
  }
};
for (const [where, pkg] of Object.entries(p))
  for (const [name, version] of Object.entries(pkg.optionalDependencies ?? {})) {
    if (find(where, name) || !/^\d/.test(version)) continue;
    const words = name.split(/[@/_-]/);
    const os = words.map((w) => OS[w]).find(Boolean);
    let cpu = CPU.find((c) => words.includes(c));
    if (cpu === '64') cpu = 'x64';
    const parent = where.lastIndexOf('node_modules/');
    const base = parent > 0 ? where.slice(0, parent) : '';
    const entry = {
      version,
      optional: true,
      ...(pkg.dev && { dev: true }),
      ...(os && { os: [os] }),
      ...(cpu && { cpu: [cpu] }),
      ...(words.includes('musl') && { libc: ['musl'] }),
    };
    p[`${base}node_modules/${name}`] = entry;
    added++;
  }
lock.packages = Object.fromEntries(Object.entries(p).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync('package-lock.json', JSON.stringify(lock, null, 2) + '\n');
console.log('added', added);

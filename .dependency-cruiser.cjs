// The layers of the design as one table: what each package may import of the others. Rules are made from it.
const mayImport = {
  'mesos-client': [],
  'galaxy-jobs': [],
  formats: [],
  scheduler: [],
  parallelism: ['galaxy-jobs', 'formats'],
  drivers: ['scheduler', 'mesos-client'],
  'job-store': ['scheduler', 'galaxy-jobs'],
  'job-runner': ['scheduler', 'parallelism', 'galaxy-jobs'],
  'queue-cluster': ['mesos-client'],
  'front-doors': ['galaxy-jobs'],
  workflows: ['job-runner', 'parallelism', 'galaxy-jobs'],
};
// For tests: may import any package, and only tests may import it.
const testPackages = ['mesos-testkit', 'strategy-testkit', 'queue-testkit'];

// The apps that the command line starts.
const commandLineStarts = ['^apps/runnerd/'];

const packages = [...Object.keys(mayImport), ...testPackages];
const anyOf = (names) => `(?:${names.join('|')})`;
const tests = '(?:\\.test\\.ts$|/test/|/test-helpers/)';

/**
 * A package imports those of its row in the table, its unit tests the packages for tests, too. Its integration
 * tests, in test/, may put it together with whatever stands beside it.
 */
const layerRule = ([name, allowed]) => ({
  name: `${name}-imports-${allowed.join('-and-') || 'no-other-package'}`,
  comment: 'See the table in .dependency-cruiser.cjs: arrows point down, and only to what the table names.',
  severity: 'error',
  from: { path: `^packages/${name}/`, pathNot: `^packages/${name}/test/` },
  to: { path: '^(?:packages|apps)/', pathNot: `^packages/${anyOf([name, ...allowed, ...testPackages])}/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(mayImport).map(layerRule),
    {
      name: 'package-is-in-the-table',
      comment: 'Add the package to the table in .dependency-cruiser.cjs, and to the design.',
      severity: 'error',
      from: { path: '^packages/', pathNot: `^packages/${anyOf(packages)}/` },
      to: {},
    },
    {
      name: 'nothing-imports-an-app',
      comment: 'Applications stand above everything, test packages included.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'only-tests-import-test-packages',
      comment: 'What ships does not depend on packages and fixtures for tests.',
      severity: 'error',
      from: { path: '^(?:packages|apps)/', pathNot: [tests, `^packages/${anyOf(testPackages)}/`] },
      to: { path: `^(?:packages/${anyOf(testPackages)}|test-fixtures)/` },
    },
    {
      name: 'import-packages-by-name',
      comment: "Another package's exports are its only door: no relative path into its files.",
      severity: 'error',
      from: { path: '^((?:packages|apps)/[^/]+)/' },
      to: { path: '^(?:packages|apps)/', pathNot: '^$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'imports-resolve',
      comment: 'A file that is not there, or one that the exports of its package do not name.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one thing in two places.',
      severity: 'error',
      from: {},
      // What is imported for its types only is gone when the code runs.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-the-command-line-imports-an-app',
      comment:
        'The command galaxy-mesos is also the way to start the daemon; otherwise apps stand side by side.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: ['^apps/$1/', ...commandLineStarts] },
    },
    {
      name: 'nothing-imports-the-command-line',
      severity: 'error',
      from: { path: '^apps/', pathNot: '^apps/cli/' },
      to: { path: '^apps/cli/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(?:^|/)(?:dist|src/gen)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@galaxy-mesos/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
    },
  },
};

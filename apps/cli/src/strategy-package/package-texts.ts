import { strategyKeyword } from '@galaxy-mesos/parallelism';

/** The manifest of a strategy's package. */
export const manifestOf = (name: string): string =>
  `${JSON.stringify(
    {
      name,
      version: '0.1.0',
      description: 'A strategy and a merge for Galaxy on Mesos.',
      keywords: [strategyKeyword],
      license: 'Apache-2.0',
      type: 'module',
      engines: { node: '>=22.19' },
      exports: './src/index.js',
      files: ['src'],
      scripts: { test: 'node --test' },
      dependencies: { zod: '^4.0.0' },
      peerDependencies: { '@galaxy-mesos/parallelism': '*' },
      devDependencies: { '@galaxy-mesos/parallelism': '*', '@galaxy-mesos/strategy-testkit': '*' },
    },
    null,
    2,
  )}\n`;

/** What a reader of the package is told first. */
export const readmeOf = (name: string): string => `# ${name}

A strategy and a merge for [Galaxy on Mesos](https://www.npmjs.com/package/@galaxy-mesos/cli).

- The strategy \`${name}\` cuts a text into chapters, each of which begins with a line that begins with \`#\`.
- The merge \`${name}-total\` adds up results that are single numbers.

\`\`\`sh
npm install
npm test
galaxy-mesos strategies ./
galaxy-mesos map --strategy ./ --set chapters=2 --merge ${name}-total \\
  --input README.md --output words.txt -- 'wc -w < {input}'
\`\`\`

A daemon takes it by its configuration:

\`\`\`yaml
strategies: [/path/to/${name}]
\`\`\`

## Changing it

\`src/strategy.js\` says where a file is cut, \`src/merge.js\` how results become one, and \`src/index.js\` is what is loaded.
\`test/laws.test.js\` checks what every strategy and merge must hold; give it the files that are special in your format.
`;

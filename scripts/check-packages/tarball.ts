import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { execute } from './execute.ts';
import type { Manifest, PackedWorkspace } from './workspaces.ts';

/** What is wrong with one tarball, a line for each problem. */
export async function checkTarball(packed: PackedWorkspace, root: string): Promise<readonly string[]> {
  const problems = [
    ...checkTexts(packed, root),
    ...checkNoTests(packed),
    ...(await checkManifest(packed)),
    ...checkTypes(packed, root),
  ];
  return problems.map((problem) => `${packed.manifest.name}: ${problem}`);
}

function checkTexts({ manifest, unpacked }: PackedWorkspace, root: string): readonly string[] {
  const { description = '' } = manifest;
  const problems: string[] = [];
  const read = (file: string): string =>
    existsSync(path.join(unpacked, file)) ? readFileSync(path.join(unpacked, file), 'utf8') : '';
  if (read('LICENSE') !== readFileSync(path.join(root, 'LICENSE'), 'utf8')) {
    problems.push("LICENSE is missing or is not the repository's");
  }
  if (!/^[A-Z][^.]*(?:\.\w[^.]*)*\.$/.test(description)) {
    problems.push(`the description must be one sentence with a full stop: ${JSON.stringify(description)}`);
  }
  const beginning = readmeBeginning(manifest);
  if (!oneLine(read('README.md')).startsWith(beginning)) {
    problems.push(`README.md is missing or does not begin with: ${beginning}`);
  }
  return problems;
}

/** A library says what it is in the words of its package.json; a command is known by its name. */
function readmeBeginning({ name, description = '', bin }: Manifest): string {
  const [command] = Object.keys(bin ?? {});
  return command ? `# ${command}` : `# ${name} ${description.slice(0, -1)}`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function checkNoTests({ unpacked }: PackedWorkspace): readonly string[] {
  const found = execute('find', ['.', '-name', '*.test.*', '-o', '-path', './test*'], unpacked).stdout;
  return found ? [`tests are in the tarball: ${found.trim().replaceAll('\n', ' ')}`] : [];
}

async function checkManifest({ unpacked }: PackedWorkspace): Promise<readonly string[]> {
  const { messages, pkg } = await publint({ pkgDir: unpacked, pack: false, strict: true });
  return messages
    .filter(({ type }) => type !== 'suggestion')
    .map((message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`);
}

/** A package without entry points, such as one with commands only, has no types to be checked. */
function checkTypes({ manifest, tarball }: PackedWorkspace, root: string): readonly string[] {
  if (!manifest.exports['.']) return [];
  const attw = path.join(root, 'node_modules/.bin/attw');
  const { succeeded, output } = execute(attw, [tarball, '--profile', 'esm-only', '--no-color'], root);
  return succeeded ? [] : [`attw: ${output}`];
}

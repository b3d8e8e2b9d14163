import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { execute } from './execute.ts';
import type { PackedWorkspace } from './workspaces.ts';

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
  const { name, description = '' } = manifest;
  const problems: string[] = [];
  const read = (file: string): string =>
    existsSync(path.join(unpacked, file)) ? readFileSync(path.join(unpacked, file), 'utf8') : '';
  if (read('LICENSE') !== readFileSync(path.join(root, 'LICENSE'), 'utf8')) {
    problems.push("LICENSE is missing or is not the repository's");
  }
  if (!/^[A-Z][^.]*(?:\.\w[^.]*)*\.$/.test(description)) {
    problems.push(`the description must be one sentence with a full stop: ${JSON.stringify(description)}`);
  }
  const readme = read('README.md');
  const [title, firstParagraph = ''] = readme.split(/\n{2,}/);
  if (!readme) problems.push('README.md is missing');
  else if (title !== `# ${name}`) problems.push(`README.md must begin with the title # ${name}`);
  else if (!oneLine(firstParagraph).startsWith(description.slice(0, -1))) {
    problems.push(`README.md must go on with the description of package.json: ${description}`);
  }
  return problems;
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

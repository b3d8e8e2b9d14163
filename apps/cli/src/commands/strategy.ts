import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { newStrategyPackage } from '../strategy-package/new-strategy-package.ts';

const help = `
Example:
  galaxy-mesos strategy new every-chapter
  cd every-chapter && npm install && npm test
  galaxy-mesos map --strategy ./every-chapter --input book.txt --output words.txt -- 'wc -w < {input}'`;

/** `galaxy-mesos strategy`: what those need who write strategies and merges of their own. */
export function defineStrategy(command: Command, exit: (code: number) => void): void {
  command.description('Begins strategies and merges of your own.');
  command
    .command('new')
    .argument('<name>', 'of the package, of its directory and of the strategy in it')
    .description('Makes a package with a small strategy, a merge and their tests, for you to change.')
    .addHelpText('after', help)
    .action(async (name: string) => {
      const files = await newStrategyPackage(name, process.cwd());
      const listed = files.map((file) => `  ${name}/${file}\n`).join('');
      process.stdout.write(`made\n${listed}Its tests: cd ${name} && npm install && npm test\n`);
      exit(exitCodes.ok);
    });
}

import type { BatchJobRequest, QueueCommand } from '../dialect.ts';
import { directiveLine, directiveValue, withDirectives } from '../directives.ts';
import { keeperProgram, submitProgram } from './programs.ts';

/** The script, with directives as the comments that they are here: those for a queue do no harm without one. */
export const render = (request: BatchJobRequest): string =>
  withDirectives(
    request.script,
    request.extra.map((line) =>
      directiveLine(line, { form: /^#/, title: 'the shell', example: '# of no effect here' }),
    ),
  );

/** Starts a process that looks after the job from then on, whatever becomes of who has asked. */
export const submit = (request: BatchJobRequest): QueueCommand => ({
  program: 'sh',
  arguments: [
    '-c',
    submitProgram,
    'sh',
    keeperProgram,
    directiveValue('the name', request.name),
    directiveValue('the directory', request.directory),
    directiveValue('the log', request.log),
    String(Math.ceil(request.walltimeSeconds)),
    String(Math.ceil(request.warningSeconds)),
  ],
  input: render(request),
});

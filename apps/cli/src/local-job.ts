import path from 'node:path';
import { inputPaths, type Job, type JobDocument, jobOfDocument } from '@galaxy-mesos/galaxy-jobs';
import { chosenWorkDirectory, fileDestination, refuseInputs } from './destination.ts';
import { existingFile } from './input-files.ts';
import { newJobId, workDirectoryFor } from './job-work.ts';

/**
 * The job that a document describes, and where its state is kept while it is run by this command.
 * @throws UsageError, JobDescriptionError
 */
export function localJob(
  document: JobDocument,
  file: string,
  workDirectory: string | undefined,
): { readonly job: Job; readonly directory: string } {
  const inputs = Object.entries(document.inputs).map(([name, given]) => ({
    name,
    files: inputPaths(given).map((file) => ({ name, ...existingFile(file, `inputs.${name}`) })),
  }));
  const files = inputs.flatMap((input) => input.files);
  const job = jobOfDocument(document, {
    id: newJobId(),
    inputs: Object.fromEntries(inputs.map((input) => [input.name, input.files])),
  });
  const outputs = job.outputs.map((output) => {
    const subject = `outputs.${output.name}`;
    const destination = fileDestination(output.destination, subject);
    refuseInputs(destination, files, `${subject} ${output.destination}`);
    return { ...output, destination };
  });
  const target = outputs[0]?.destination ?? path.resolve(file === '-' ? `${job.name}.json` : file);
  return {
    job: { ...job, outputs },
    directory: workDirectoryFor(target, chosenWorkDirectory(workDirectory)),
  };
}

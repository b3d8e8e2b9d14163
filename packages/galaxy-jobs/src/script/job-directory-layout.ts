/**
 * Where things lie in the directory of a job, relative to it: the layout of Pulsar, which Galaxy knows by heart. It
 * takes the parent of `working` for the job directory and sends a tool's streams to `../metadata/`.
 */
export const jobDirectoryLayout = {
  inputs: 'inputs',
  working: 'working',
  outputs: 'outputs',
  configs: 'configs',
  toolFiles: 'tool_files',
  metadata: 'metadata',
  unstructured: 'unstructured',
  home: 'home',
  tmp: 'tmp',
  returnCode: 'return_code',
  jobStdout: 'metadata/job_stdout',
  jobStderr: 'metadata/job_stderr',
  toolStdout: 'metadata/tool_stdout',
  toolStderr: 'metadata/tool_stderr',
} as const;

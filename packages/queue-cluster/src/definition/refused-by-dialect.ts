import type { BatchJobRequest } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import { QueueClusterError } from '../queue-cluster-error.ts';
import type { BatchJobShape } from './definition.ts';

const settings = ['extra', 'queue', 'account'] as const;

/** Settings of a batch job that its queueing system cannot be told, and why: better known before anything is started. */
export function refusedByDialect(
  shape: BatchJobShape,
): readonly { readonly setting: (typeof settings)[number]; readonly why: string }[] {
  const { dialect: name, cpus, memMb, walltimeSeconds } = shape;
  const { render } = dialectNamed(name);
  const least: BatchJobRequest = {
    ...{ name: 'gm-a-b-cccccccc', script: '#!/bin/bash\n', directory: '/', log: '/log', excludedNodes: [] },
    ...{ cpus, memMb, walltimeSeconds, gpus: 0, warningSeconds: 0, extra: [] },
  };
  return settings.flatMap((setting) => {
    const value = shape[setting];
    if (value === undefined) return [];
    try {
      render({ ...least, [setting]: value });
      return [];
    } catch (error) {
      if (error instanceof QueueClusterError)
        return [{ setting, why: error.message.replace(/^\[\w+\] /, '') }];
      throw error;
    }
  });
}

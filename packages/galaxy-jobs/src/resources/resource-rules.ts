import { z } from 'zod';
import { resourceParameters as parameter, type ResourceParameters } from './parameters.ts';
import { type SplitParameters, splitParameters as split } from './split-parameters.ts';
import { fitsTool } from './tool-pattern.ts';

const defaultsSchema = z
  .strictObject({
    cpus: parameter.cpus.exactOptional(),
    mem: parameter.mem.exactOptional(),
    disk: parameter.disk.exactOptional(),
    gpus: parameter.gpus.exactOptional(),
    walltime: parameter.walltime.exactOptional(),
    priority: parameter.priority.exactOptional(),
    queue: parameter.queue.exactOptional(),
    container: parameter.container.exactOptional(),
    container_runtime: parameter.container_runtime.exactOptional(),
    container_volumes: parameter.container_volumes.exactOptional(),
    mem_retry_factor: parameter.mem_retry_factor.exactOptional(),
    mem_retry_max: parameter.mem_retry_max.exactOptional(),
    strategy: split.strategy.exactOptional(),
    strategy_inputs: split.strategy_inputs.exactOptional(),
    strategy_parts: split.strategy_parts.exactOptional(),
    strategy_size: split.strategy_size.exactOptional(),
    strategy_bytes: split.strategy_bytes.exactOptional(),
    strategy_minutes: split.strategy_minutes.exactOptional(),
    strategy_format: split.strategy_format.exactOptional(),
    strategy_parameters: split.strategy_parameters.exactOptional(),
    merge: split.merge.exactOptional(),
  })
  .describe('what holds where a job says nothing; brought down to the limits');

const limitsSchema = z
  .strictObject({
    cpus: parameter.cpus.exactOptional(),
    mem: parameter.mem.exactOptional(),
    disk: parameter.disk.exactOptional(),
    gpus: parameter.gpus.exactOptional(),
    walltime: parameter.walltime.exactOptional(),
    priority: parameter.priority.exactOptional(),
  })
  .describe('what a job may ask for at most; one that asks for more is refused');

/** What jobs get and may ask for, in general and by tool, as the daemon's configuration has it. */
export const resourceRulesSchema = z.strictObject({
  defaults: defaultsSchema.default({}),
  limits: limitsSchema.default({}),
  tools: z
    .array(
      z.strictObject({
        tool: z
          .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
            error: 'expected a pattern for ids of tools, such as "bwa*", or a list of them',
          })
          .describe('for tools whose id fits this pattern or one of these: * is any text, ? any character'),
        defaults: defaultsSchema.default({}),
        limits: limitsSchema.default({}),
      }),
    )
    .default([])
    .describe('defaults and limits for some tools; where several fit, what a later one says holds'),
});

/** See {@link resourceRulesSchema}. */
export type ResourceRules = z.output<typeof resourceRulesSchema>;
/** What a job may ask for at most. */
export type ResourceLimits = ResourceRules['limits'];

/** No defaults but the built-in ones, no limits. */
export const noResourceRules: ResourceRules = { defaults: {}, limits: {}, tools: [] };

/** What the rules say for one tool, or for a job that names none. */
export function rulesForTool(
  { defaults, limits, tools }: ResourceRules,
  toolId?: string,
): { readonly defaults: ResourceParameters & SplitParameters; readonly limits: ResourceLimits } {
  const fitting = tools.filter(
    ({ tool }) => toolId !== undefined && [tool].flat().some((pattern) => fitsTool(pattern, toolId)),
  );
  return {
    defaults: Object.assign({}, defaults, ...fitting.map((rule) => rule.defaults)),
    limits: Object.assign({}, limits, ...fitting.map((rule) => rule.limits)),
  };
}

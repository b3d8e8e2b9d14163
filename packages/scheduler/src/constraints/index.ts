export type { RuleGroups } from './agent-rules.ts';
export { type CompiledConstraints, compileConstraints } from './compile.ts';
export { type CountedTask, TagCounts } from './tag-counts.ts';
export { type ConstrainedTask, validateConstraints } from './validate.ts';

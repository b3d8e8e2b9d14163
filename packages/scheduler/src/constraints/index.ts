export type { RuleGroups } from './agent-rules.ts';
export { type CompiledConstraints, compileConstraints } from './compile.ts';
export { TagCounts } from './tag-counts.ts';
export { validateConstraints } from './validate.ts';

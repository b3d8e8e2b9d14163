export { describeBriefly, describeExplanation, describeImpossible } from './describe.ts';
export {
  type Explanation,
  explainClass,
  type Fallen,
  type Funnel,
  isImpossible,
  type Reason,
} from './explain-class.ts';
export type { Lack } from './lack.ts';
export {
  type HelpfulSize,
  type MissingResources,
  type ScalingAdvice,
  type Shortfall,
  scalingAdvice,
} from './shortfall.ts';
export type { AgentView, DemandView, FreeResources } from './views.ts';

export { type PilotFacts, parseFacts } from './facts.ts';
export type { PilotLimits } from './limits.ts';
export { type Orders, parseOrders, printOrders } from './orders.ts';
export { attributeText, type PilotScriptOptions, renderPilotScript } from './pilot-script.ts';

export { ManualClock, untilIdle } from './manual-clock.ts';
export { MemoryTaskStore } from './memory-task-store.ts';
export { type DriverCall, ScriptedDriver } from './scripted-driver.ts';

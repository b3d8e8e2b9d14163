export { MemoryTaskStore } from './memory-task-store.ts';

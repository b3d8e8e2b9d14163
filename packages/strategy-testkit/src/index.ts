/**
 * What every strategy and every merge must hold, as tests for those who write one.
 *
 * @module
 */
export {};

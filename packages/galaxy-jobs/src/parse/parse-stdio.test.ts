import { expect, test } from 'vitest';
import type { StdioRules } from '../job.ts';
import { parseTool } from './parse-tool.ts';

function stdioOf(options: { profile?: string; command?: string; stdio?: string }): StdioRules {
  const profile = options.profile === undefined ? '' : ` profile="${options.profile}"`;
  const command = `<command ${options.command ?? ''}>true</command>`;
  return parseTool(`<tool id="a" name="a"${profile}>${command}${options.stdio ?? ''}</tool>`).stdio;
}

const nonZero = [
  { from: null, to: -1, level: 'fatal' },
  { from: 1, to: null, level: 'fatal' },
];

test('an old tool without rules fails by what it writes to stderr, and by nothing else', () => {
  const legacy = { exitCodes: [], failOnStderr: true, failOnPhrases: [] };
  expect(stdioOf({})).toEqual(legacy);
  expect(stdioOf({ profile: '16.01' })).toEqual(legacy);
});

test('a newer tool without rules fails by its exit code', () => {
  expect(stdioOf({ profile: '16.04' })).toEqual({
    exitCodes: nonZero,
    failOnStderr: false,
    failOnPhrases: [],
  });
});

test('detect_errors applies to every profile', () => {
  expect(stdioOf({ command: 'detect_errors="exit_code"' }).exitCodes).toEqual(nonZero);
  const aggressive = stdioOf({ command: 'detect_errors="aggressive"' });
  expect(aggressive.exitCodes).toEqual(nonZero);
  expect(aggressive.failOnPhrases).toContain('error:');
  expect(() => stdioOf({ command: 'detect_errors="never"' })).toThrow(
    'must be default, exit_code or aggressive',
  );
});

test('running out of memory is told by its exit code before all others', () => {
  const { exitCodes } = stdioOf({ command: 'detect_errors="exit_code" oom_exit_code="137"' });
  expect(exitCodes[0]).toEqual({ from: 137, to: 137, level: 'fatal_oom' });
});

test('ranges of exit codes are read with open ends, and the gravest comes first', () => {
  const stdio = `<stdio>
    <exit_code range="3" level="warning"/>
    <exit_code range="1:"/>
    <exit_code range=":-1" level="log"/>
    <exit_code range="2:5" level="fatal_oom"/>
  </stdio>`;
  expect(stdioOf({ profile: '24.0', stdio }).exitCodes).toEqual([
    { from: 2, to: 5, level: 'fatal_oom' },
    { from: 1, to: null, level: 'fatal' },
    { from: 3, to: 3, level: 'warning' },
    { from: null, to: -1, level: 'log' },
  ]);
});

test.each(['5:2', 'x', '', '1:2:3', '1-2'])('the range "%s" is refused', (range) => {
  const stdio = `<stdio><exit_code range="${range}"/></stdio>`;
  expect(() => stdioOf({ stdio })).toThrow('must be N, N:M, :M or N:');
});

test('a plain text in both streams is a phrase', () => {
  const stdio = String.raw`<stdio><regex match="disk full\." source="both" level="fatal"/></stdio>`;
  expect(stdioOf({ profile: '24.0', stdio })).toEqual({
    exitCodes: [],
    failOnStderr: false,
    failOnPhrases: ['disk full.'],
  });
});

test.each([
  'match="a.b"',
  'match="a|b"',
  'match="a" source="stderr"',
  'match="a" level="warning"',
  'match="\\d"',
])('the pattern %s is refused', (attributes) => {
  expect(() => stdioOf({ stdio: `<stdio><regex ${attributes}/></stdio>` })).toThrow('[UNSUPPORTED]');
});

test('an empty <stdio> leaves only stderr to go by', () => {
  expect(stdioOf({ profile: '24.0', stdio: '<stdio/>' }).failOnStderr).toBe(true);
});

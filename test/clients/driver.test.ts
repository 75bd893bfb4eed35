/**
 * Goal: the driver calls wrong what is wrong. Method: its parts by tables, and scenarios that must fail with a real client.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readClient } from './driver/client-commands.ts';
import { mismatch } from './driver/match.ts';
import { runScenario } from './driver/run-scenario.ts';
import { readScenarios, type Step } from './driver/scenario.ts';
import { type ScenarioBus, startScenarioBus } from './driver/scenario-bus.ts';
import { substitute } from './driver/variables.ts';

describe('mismatch', () => {
  test.each<[string, unknown, unknown]>([
    ['a part of an object', { a: 1 }, { a: 1, b: 2 }],
    ['the same list', [1, { a: 1 }], [1, { a: 1, b: 2 }]],
    ['null as null', { a: null }, { a: null }],
    ['something', { a: { $any: true } }, { a: 0 }],
    ['nothing', { a: { $absent: true } }, { b: 1 }],
    ['a part of a text', { $contains: 'bc' }, 'abcd'],
    ['a number that is large enough', { $at_least: 3 }, '3'],
    ['one of several', { $one_of: [1, { $absent: true }] }, undefined],
  ])('lets pass %s', (_, expected, actual) => expect(mismatch(expected, actual)).toBeUndefined());

  test.each<[name: string, pair: readonly [expected: unknown, actual: unknown], problem: string]>([
    ['another value', [{ a: { b: 1 } }, { a: { b: 2 } }], 'at .a.b expected 1, got 2'],
    ['a missing field', [{ a: 1 }, {}], 'at .a expected 1, got nothing'],
    ['a longer list', [[1], [1, 2]], 'at the top expected [1], got [1,2]'],
    ['an object in place of null', [{ a: null }, { a: {} }], 'at .a expected null, got {}'],
    ['a field that must not be there', [{ a: { $absent: true } }, { a: null }], 'at .a'],
    ['a field that must be there', [{ a: { $any: true } }, { a: null }], 'at .a'],
    ['another text', [{ $contains: 'x' }, 'abc'], 'at the top'],
    ['a smaller number', [{ $at_least: 3 }, 2], 'at the top'],
    ['none of several', [{ $one_of: [1, 2] }, 3], 'at the top'],
  ])('tells of %s', (_, [expected, actual], problem) => expect(mismatch(expected, actual)).toContain(problem));
});

describe('substitute', () => {
  const variables = new Map<string, unknown>([
    ['count', 3],
    ['name', 'x'],
  ]);
  test.each<[unknown, unknown]>([
    ['$count', 3],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how scenarios write it.
    ['t-${name}', 't-x'],
    [{ a: ['$name'] }, { a: ['x'] }],
    [{ $text: 12 }, 'abcdefghijab'],
    [{ $base64_bytes: 3 }, 'AAEC'],
  ])('makes of %j %j', (value, expected) => expect(substitute(value, variables)).toEqual(expected));

  test('refuses a name that nothing has', () => {
    expect(() => substitute('$other', variables)).toThrow('no variable other');
  });
});

test('scenarios have variables and names of their own', () => {
  const scenarios = readScenarios();
  expect(new Set(scenarios.map(({ goal }) => goal)).size).toBe(scenarios.length);
});

describe('a scenario fails', () => {
  const client = readClient('typescript');
  let bus: ScenarioBus;
  beforeAll(async () => {
    bus = await startScenarioBus({});
  });
  afterAll(() => bus.end());

  const join: Step[] = [
    { do: 'agent.connect', with: { agent: 'a', agent_id: '$worker' } },
    { do: 'agent.ready', with: { agent: 'a' } },
  ];
  test.each<[string, Step[], string]>([
    ['when a result is another one', [...join.slice(0, 1), { ...join[1], expect: { a: 1 } } as Step], 'step 2'],
    ['when a command is refused', [{ do: 'agent.nonsense' }], 'was refused'],
    [
      'when a command that must be refused is not',
      [...join.slice(0, 1), { ...join[1], error: {} } as Step],
      'was not refused',
    ],
    ['when there were more events', [...join, { count: 'status', is: 0 }], 'such events'],
    [
      'when the bus says something else',
      [...join, { rpc: 'AgentService/GetAgent', body: { agent_id: '$worker' }, expect: { agent: { status: 'x' } } }],
      'at .agent.status',
    ],
    ['when the bus refuses', [{ rpc: 'AgentService/GetAgent', body: { agent_id: 'no://body' } }], 'AGENT_NOT_FOUND'],
  ])('%s', async (_, steps, problem) => {
    await expect(runScenario(client, { name: 'x', goal: 'x', steps }, bus)).rejects.toThrow(problem);
  });
});

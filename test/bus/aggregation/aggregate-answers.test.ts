import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AggregationMethod } from '../../../gen/ts/agentbus/v1/aggregation_pb.js';
import { aggregateAnswers } from '../../../src/bus/aggregation/aggregate-answers.ts';
import type { Answer } from '../../../src/bus/aggregation/answer.ts';
import { canonicalJson } from '../../../src/bus/aggregation/canonical-json.ts';
import { answer } from './answers.ts';

const { CONSENSUS, CONFIDENCE_WEIGHTED, SPECIALIST_PRIORITY, MANUAL } = AggregationMethod;
const A = 'codex://a';
const B = 'codex://b';
const C = 'codex://c';
const LEAD = 'claude-code://lead';
const ROSTER = [
  { agentId: A, role: 'implementer' },
  { agentId: B, role: 'reviewer' },
  { agentId: C, role: 'implementer' },
  { agentId: LEAD, role: 'orchestrator' },
];

function aggregate(method: AggregationMethod, answers: readonly Answer[], roleOrder: readonly string[] = []) {
  return aggregateAnswers(answers, { method, roleOrder, roster: ROSTER });
}

interface Expected {
  readonly unified: JsonObject;
  readonly confidence: number;
}

// Goal: each method decides as the contract says, and is as sure as the contract says.
// Method: a table for each; who is not named in a case abstains.
describe('CONSENSUS', () => {
  test.each<[string, Answer[], Expected]>([
    ['no answer', [], { unified: {}, confidence: 0 }],
    ['an answer without keys', [answer(A, {})], { unified: {}, confidence: 0 }],
    ['one answer', [answer(A, { x: 1 })], { unified: { x: 1 }, confidence: 1 }],
    ['all agree', [answer(A, { x: 1 }), answer(B, { x: 1 })], { unified: { x: 1 }, confidence: 1 }],
    [
      'a majority',
      [answer(A, { x: 1 }), answer(B, { x: 2 }), answer(C, { x: 2 })],
      { unified: { x: 2 }, confidence: 2 / 3 },
    ],
    [
      'a tie goes to the value given first',
      [answer(B, { x: 2 }), answer(A, { x: 1 })],
      { unified: { x: 2 }, confidence: 1 / 2 },
    ],
    [
      'whoever lacks the key abstains',
      [answer(A, { x: 1 }), answer(B, { y: 2 })],
      { unified: { x: 1, y: 2 }, confidence: 1 },
    ],
    [
      'the mean over the keys',
      [answer(A, { x: 1, y: 1 }), answer(B, { x: 1, y: 2 })],
      { unified: { x: 1, y: 1 }, confidence: 3 / 4 },
    ],
    ['null is a value', [answer(A, { x: null }), answer(B, { x: 0 })], { unified: { x: null }, confidence: 1 / 2 }],
    [
      'objects are compared whole, whatever the order of their keys',
      [answer(A, { x: { a: 1, b: [2] } }), answer(B, { x: { a: 1 } }), answer(C, { x: { b: [2], a: 1 } })],
      { unified: { x: { a: 1, b: [2] } }, confidence: 2 / 3 },
    ],
    [
      'lists are compared in order',
      [answer(A, { x: [1, 2] }), answer(B, { x: [2, 1] })],
      { unified: { x: [1, 2] }, confidence: 1 / 2 },
    ],
    [
      'stated confidence weighs nothing, and is no key',
      [answer(A, { x: 1, confidence: 1 }), answer(B, { x: 2, confidence: 0 }), answer(C, { x: 2, confidence: 0.1 })],
      { unified: { x: 2 }, confidence: 2 / 3 },
    ],
    ['status is a key', [answer(A, { status: 'approved' })], { unified: { status: 'approved' }, confidence: 1 }],
    [
      'an agent has one voice, its newest',
      [answer(A, { x: 1 }), answer(A, { x: 1 }), answer(B, { x: 2 }), answer(C, { x: 2 })],
      { unified: { x: 2 }, confidence: 2 / 3 },
    ],
    [
      'whoever corrects itself agrees',
      [answer(A, { x: 1 }), answer(B, { x: 2 }), answer(A, { x: 2 })],
      { unified: { x: 2 }, confidence: 1 },
    ],
    [
      'what is not said again still stands',
      [answer(A, { x: 1, y: 1 }), answer(A, { y: 2 })],
      { unified: { x: 1, y: 2 }, confidence: 1 },
    ],
  ])('%s', (_, answers, { unified, confidence }) => {
    const result = aggregate(CONSENSUS, answers);
    expect(result.unifiedResult).toEqual(unified);
    expect(result.confidence).toBeCloseTo(confidence, 12);
  });
});

describe('CONFIDENCE_WEIGHTED', () => {
  test.each<[string, Answer[], Expected]>([
    [
      'one that is sure outweighs one that is not',
      [answer(A, { x: 1, confidence: 0.4 }), answer(B, { x: 2, confidence: 0.9 })],
      { unified: { x: 2 }, confidence: 0.45 },
    ],
    [
      'whoever does not say counts in full',
      [answer(A, { x: 1, confidence: 0.9 }), answer(B, { x: 2 })],
      { unified: { x: 2 }, confidence: 1 / 2 },
    ],
    [
      'a sum outweighs one',
      [
        answer(A, { x: 1, confidence: 0.9 }),
        answer(B, { x: 2, confidence: 0.5 }),
        answer(C, { x: 2, confidence: 0.5 }),
      ],
      { unified: { x: 2 }, confidence: 1 / 3 },
    ],
    [
      'one voice alone is as sure as it says',
      [answer(A, { x: 1, confidence: 0.2 })],
      { unified: { x: 1 }, confidence: 0.2 },
    ],
    [
      'nobody is sure: the value given first',
      [answer(A, { x: 1, confidence: 0 }), answer(B, { x: 2, confidence: 0 })],
      { unified: { x: 1 }, confidence: 0 },
    ],
    // In floating point 0.1 + 0.2 is more than 0.3.
    [
      'a tie of sums goes to the value given first',
      [
        answer(C, { x: 3, confidence: 0.3 }),
        answer(A, { x: 1, confidence: 0.1 }),
        answer(B, { x: 1, confidence: 0.2 }),
      ],
      { unified: { x: 3 }, confidence: 0.1 },
    ],
    [
      'what is no number from 0 to 1 does not count as said',
      [
        answer(A, { x: 1, confidence: 95 }),
        answer(B, { x: 1, confidence: 'high' }),
        answer(C, { x: 1, confidence: -1 }),
      ],
      { unified: { x: 1 }, confidence: 1 },
    ],
  ])('%s', (_, answers, { unified, confidence }) => {
    const result = aggregate(CONFIDENCE_WEIGHTED, answers);
    expect(result.unifiedResult).toEqual(unified);
    expect(result.confidence).toBeCloseTo(confidence, 12);
  });
});

describe('SPECIALIST_PRIORITY', () => {
  const all = [
    answer(LEAD, { x: 'lead' }),
    answer(C, { x: 'c', confidence: 0.5 }),
    answer(B, { x: 'b', confidence: 0.25 }),
    answer(A, { x: 'a', confidence: 0.75 }),
  ];
  test.each<[string, Answer[], Expected & { roleOrder: string[] }]>([
    [
      'the role that is named first',
      all,
      { roleOrder: ['reviewer', 'implementer'], unified: { x: 'b' }, confidence: 0.25 },
    ],
    [
      'within a role the roster',
      all,
      { roleOrder: ['implementer', 'reviewer'], unified: { x: 'a' }, confidence: 0.75 },
    ],
    ['without an order the roster', all, { roleOrder: [], unified: { x: 'a' }, confidence: 0.75 }],
    ['roles that are not named come after', all, { roleOrder: ['reviewer'], unified: { x: 'b' }, confidence: 0.25 }],
    ['roles that nobody has change nothing', all, { roleOrder: ['poet'], unified: { x: 'a' }, confidence: 0.75 }],
    ['the orchestrator comes last', all.slice(0, 2), { roleOrder: [], unified: { x: 'c' }, confidence: 0.5 }],
    ['unless its role is named', all, { roleOrder: ['orchestrator'], unified: { x: 'lead' }, confidence: 1 }],
    [
      'a role that is named twice has its first place',
      all,
      { roleOrder: ['reviewer', 'implementer', 'reviewer'], unified: { x: 'b' }, confidence: 0.25 },
    ],
    [
      'for each key whoever has it',
      [answer(A, { x: 1, y: 1, confidence: 0.5 }), answer(B, { x: 2 })],
      { roleOrder: ['reviewer'], unified: { x: 2, y: 1 }, confidence: 0.75 },
    ],
  ])('%s', (_, answers, { roleOrder, unified, confidence }) => {
    const result = aggregate(SPECIALIST_PRIORITY, answers, roleOrder);
    expect(result.unifiedResult).toEqual(unified);
    expect(result.confidence).toBeCloseTo(confidence, 12);
  });
});

test('MANUAL judges nothing and lists the conflicts', () => {
  expect(aggregate(MANUAL, [answer(A, { x: 1 }), answer(B, { x: 2 })])).toEqual({
    confidence: 0,
    conflicts: [
      {
        key: 'x',
        values: [
          { value: 1, agentIds: [A] },
          { value: 2, agentIds: [B] },
        ],
      },
    ],
  });
});

test('an aggregation without a method is a fault of the program', () => {
  expect(() => aggregate(AggregationMethod.UNSPECIFIED, [])).toThrow('without a method');
});

// Goal: what agents disagree on is told, and by whom, whatever the method.
describe('conflicts', () => {
  test.each([CONSENSUS, CONFIDENCE_WEIGHTED, SPECIALIST_PRIORITY, MANUAL])('are the same by method %i', (method) => {
    const answers = [
      answer(A, { same: [1], x: { a: 1, b: 2 }, own: true, confidence: 0.1 }),
      answer(B, { same: [1], x: 'b', confidence: 0.2 }),
      answer(C, { same: [1], x: { b: 2, a: 1 }, confidence: 0.3 }),
    ];
    expect(aggregate(method, answers).conflicts).toEqual([
      {
        key: 'x',
        values: [
          { value: { a: 1, b: 2 }, agentIds: [A, C] },
          { value: 'b', agentIds: [B] },
        ],
      },
    ]);
  });

  test('an agent that corrects itself does not contradict itself', () => {
    expect(aggregate(CONSENSUS, [answer(A, { x: 1 }), answer(A, { x: 2 })]).conflicts).toEqual([]);
  });
});

// Goal: answers come from agents, who may be hostile. Method: keys that mean something to JavaScript objects.
describe('hostile keys', () => {
  const hostile = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":1,"deep":[{"__proto__":1}],"toString":2,"x":3}',
  );

  test.each([CONSENSUS, CONFIDENCE_WEIGHTED, SPECIALIST_PRIORITY])('leave no trace by method %i', (method) => {
    const { unifiedResult, conflicts } = aggregate(method, [answer(A, hostile), answer(B, { x: 3 })]);
    expect(Object.keys(unifiedResult ?? {})).toEqual(['toString', 'x']);
    expect(Object.getPrototypeOf(unifiedResult)).toBe(Object.prototype);
    expect(Object.assign({}, unifiedResult)).not.toHaveProperty('polluted');
    expect({}).not.toHaveProperty('polluted');
    expect(conflicts).toEqual([]);
  });

  test('keys that every object inherits are not taken for an answer of those who lack them', () => {
    const { conflicts } = aggregate(CONSENSUS, [answer(A, { toString: 1, valueOf: 1 }), answer(B, { x: 1 })]);
    expect(conflicts).toEqual([]);
  });
});

// Goal: what holds for all answers. Method: random ones of few agents, keys and values, so that they meet.
describe('for random answers', () => {
  const content = fc.dictionary(
    fc.constantFrom('x', 'y', 'z', 'confidence', '__proto__'),
    fc.oneof(fc.constantFrom(0, 1, 0.5, 'a', null), fc.jsonValue({ maxDepth: 2 })),
  ) as fc.Arbitrary<JsonObject>;
  const judging = fc.constantFrom(CONSENSUS, CONFIDENCE_WEIGHTED, SPECIALIST_PRIORITY);
  const agent = fc.constantFrom(A, B, C, LEAD);
  const answers = fc.array(fc.tuple(agent, content).map(([agentId, payload]) => answer(agentId, payload)));
  const roleOrder = fc.array(fc.constantFrom('reviewer', 'implementer', 'orchestrator'));

  test('each value is one that somebody gave, and the confidence is from 0 to 1', () => {
    fc.assert(
      fc.property(judging, answers, roleOrder, (method, given, order) => {
        const { unifiedResult = {}, confidence } = aggregate(method, given, order);
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
        for (const [key, value] of Object.entries(unifiedResult)) {
          const texts = given.flatMap((one) =>
            Object.hasOwn(one.content, key) ? [one.content[key] as JsonValue] : [],
          );
          expect(texts.map(canonicalJson)).toContain(canonicalJson(value));
        }
      }),
    );
  });

  test('a key is in conflict exactly when agents stand by different values', () => {
    fc.assert(
      fc.property(judging, answers, (method, given) => {
        const { conflicts } = aggregate(method, given);
        const told = conflicts.map(({ key, values }) => [
          key,
          values
            .flatMap(({ value, agentIds }) => agentIds.map((agentId) => `${agentId} ${canonicalJson(value)}`))
            .sort(),
        ]);
        expect(Object.fromEntries(told)).toEqual(Object.fromEntries(differences(given)));
      }),
    );
  });

  /** Keys on which agents differ, with each agent's last word, worked out in the plainest way. */
  function differences(given: readonly Answer[]): [string, string[]][] {
    return ['x', 'y', 'z'].flatMap((key) => {
      const words = new Map<string, string>();
      for (const { agentId, content: payload } of given) {
        if (key in payload && !isHostile(payload[key])) words.set(agentId, canonicalJson(payload[key]!));
      }
      const isConflict = new Set(words.values()).size > 1;
      return isConflict ? [[key, [...words].map((word) => word.join(' ')).sort()]] : [];
    });
  }

  function isHostile(value: JsonValue | undefined): boolean {
    return /"(__proto__|constructor|prototype)":/.test(JSON.stringify(value));
  }

  test('the order of answers of different agents decides ties and nothing else', () => {
    const one = fc.tuple(content, content, content, content);
    fc.assert(
      fc.property(judging, one, fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), (method, contents, order) => {
        const inOrder = contents.map((payload, index) => answer(ROSTER[index]!.agentId, payload));
        const shuffled = order.map((index) => inOrder[index]!);
        const before = aggregate(method, inOrder);
        const after = aggregate(method, shuffled);
        expect(after.confidence).toBeCloseTo(before.confidence, 12);
        const tied = method === SPECIALIST_PRIORITY ? new Set<string>() : tiedKeys(method, inOrder);
        const untied = (result: JsonObject = {}) => Object.entries(result).filter(([key]) => !tied.has(key));
        expect(Object.fromEntries(untied(after.unifiedResult))).toEqual(
          Object.fromEntries(untied(before.unifiedResult)),
        );
      }),
    );
  });

  /** Keys for which several values have the greatest weight, worked out in the plainest way. */
  function tiedKeys(method: AggregationMethod, given: readonly Answer[]): Set<string> {
    const weights = new Map<string, Map<string, number>>();
    for (const { content: payload, confidence } of given) {
      for (const [key, value] of Object.entries(payload)) {
        const ofKey = weights.get(key) ?? new Map<string, number>();
        const text = canonicalJson(value);
        const weight = method === CONSENSUS ? 1 : Math.round(confidence * 1e9);
        weights.set(key, ofKey.set(text, (ofKey.get(text) ?? 0) + weight));
      }
    }
    const isTied = ([, ofKey]: [string, Map<string, number>]) =>
      [...ofKey.values()].filter((weight) => weight === Math.max(...ofKey.values())).length > 1;
    return new Set([...weights].filter(isTied).map(([key]) => key));
  }
});

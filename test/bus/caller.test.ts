import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actorOf, matchesPattern, maySpeakAs, requireSpeaker } from '../../src/bus/caller.ts';
import { callerFor } from '../open-bus.ts';

// Goal: a key speaks as exactly the agents that its patterns name.
// Method: a table of cases, and the same answer as a regular expression for random patterns and names.
describe('matchesPattern', () => {
  test.each([
    ['*', 'codex://frontend', true],
    ['codex://*', 'codex://frontend', true],
    ['codex://*', 'codex2://frontend', false],
    ['codex://frontend', 'codex://frontend', true],
    ['codex://frontend', 'codex://frontend2', false],
    ['*://qa', 'claude-code://qa', true],
    ['*://qa', 'claude-code://qa/2', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c', false],
    ['ab*ba', 'aba', false],
    ['', 'codex://frontend', false],
  ])('%s on %s is %s', (pattern, agentId, expected) => {
    expect(matchesPattern(pattern, agentId)).toBe(expected);
  });

  test('agrees with a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '/'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, text, (glob, name) => {
        const expression = new RegExp(`^${glob.replaceAll('*', '.*')}$`);
        expect(matchesPattern(glob, name)).toBe(expression.test(name));
      }),
    );
  });
});

describe('identity', () => {
  test('a key of several patterns may speak as any of them, and as nobody else', () => {
    const caller = callerFor('codex://*', 'claude-code://qa');
    expect(maySpeakAs(caller, 'claude-code://qa')).toBe(true);
    expect(() => requireSpeaker(caller, 'claude-code://orchestrator')).toThrow(
      expect.objectContaining({ reason: 'AGENT_NOT_ALLOWED', facts: { agent_id: 'claude-code://orchestrator' } }),
    );
  });

  test.each([
    [callerFor('codex://frontend'), 'codex://frontend'],
    [callerFor('codex://*'), 'principal:test'],
    [callerFor('codex://a', 'codex://b'), 'principal:test'],
    [{ ...callerFor('codex://*'), agentId: 'codex://a' }, 'codex://a'],
  ])('the actor of a call is the agent it acts for, if that is one (%#)', (caller, actor) => {
    expect(actorOf(caller)).toBe(actor);
  });
});

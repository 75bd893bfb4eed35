import { expect, test } from 'vitest';
import { createDepartures } from '../../src/bus/agent/departures.ts';
import { AGENT_LIMITS } from '../../src/limits.ts';
import { createFakeClock } from '../fake-clock.ts';

test('knows the latest departures, and no more than so many', () => {
  const clock = createFakeClock(1_000);
  const departures = createDepartures(clock);
  departures.add('codex://a');
  for (let index = 1; index < AGENT_LIMITS.maxAgents; index++) departures.add(`codex://x${index}`);
  clock.advance(5);
  departures.add('codex://a');
  departures.add('codex://last');
  expect(departures.of('codex://a')).toBe(1_005);
  expect(departures.of('codex://x1')).toBeUndefined();
  expect(departures.of('codex://x2')).toBe(1_000);
});

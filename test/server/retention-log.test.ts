import pino from 'pino';
import { expect, it } from 'vitest';
import type { Forgotten } from '../../src/engine/engine.ts';
import { createRetentionLog } from '../../src/server/retention-log.ts';
import { createFakeClock } from '../fake-clock.ts';

// Goal: an operator hears what went before its time, and not so often that it drowns the rest of the log.
// Method: the log alone, fed by hand, on a clock of the test's own.

function open() {
  const clock = createFakeClock();
  const lines: object[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line) as object) });
  const told = createRetentionLog({ log, clock, everyMs: 60_000 });
  const forget = (kind: Forgotten['kind'], count: number, because: Forgotten['because'] = 'size') =>
    told({ kind, count, because });
  const counts = () => lines.map((line) => ({ ...line }) as { kind: string; count: number; level: number });
  return { clock, forget, counts };
}

it('tells of the first at once, and of those that follow together', () => {
  const { clock, forget, counts } = open();
  forget('dead_letter', 2);
  forget('dead_letter', 3);
  forget('dead_letter', 4);
  expect(counts()).toMatchObject([{ level: 40, kind: 'dead_letter', count: 2 }]);
  clock.advance(60_000);
  expect(counts().map(({ count }) => count)).toEqual([2, 7]);
  clock.advance(60_000);
  forget('dead_letter', 1);
  expect(counts().map(({ count }) => count)).toEqual([2, 7, 1]);
});

it('tells of each kind by itself, and which setting it is about', () => {
  const { forget, counts } = open();
  for (const kind of ['message_record', 'dead_letter', 'session'] as const) forget(kind, 1);
  expect(counts()).toMatchObject([
    { kind: 'message_record', msg: expect.stringContaining('--max-message-records') },
    { kind: 'dead_letter', msg: expect.stringContaining('--max-dead-letter-bytes') },
    { kind: 'session', msg: expect.stringContaining('--max-ended-session-bytes') },
  ]);
});

it('says nothing of what went because its time was over', () => {
  const { forget, counts } = open();
  forget('session', 1_000, 'age');
  expect(counts()).toEqual([]);
});

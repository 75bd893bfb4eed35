import { expect, test } from 'vitest';
import { faultsOf, judge, type Phase, type Sample } from './judge.ts';

// Goal: a soak is green only if memory was flat after the warm-up and everything that was tried worked.
// Method: readings and outcomes made by hand, each wrong in one way.

const MiB = 1024 * 1024;

/** Readings once a second, of which the first hundred are warm-up. */
function samples(rssAt: (second: number) => number): Sample[] {
  return Array.from({ length: 301 }, (_, atSeconds) => ({
    atSeconds,
    rss: rssAt(atSeconds) * MiB,
    handles: 0,
    files: 0,
    loopDelayP99Ms: 0,
  }));
}

test('memory that grows only during the warm-up is flat', () => {
  const { drift, excess } = judge(
    samples((second) => Math.min(second, 100)),
    [],
    100,
  );
  expect(drift).toBeCloseTo(0);
  expect(excess).toBeCloseTo(0);
});

test('memory that grows by a tenth after the warm-up drifts by a tenth', () => {
  const { drift } = judge(
    samples((second) => 95 + (second - 100) / 20),
    [],
    100,
  );
  expect(drift).toBeCloseTo(10, 0);
});

test('a single peak is no drift, and exceeds the median', () => {
  const { drift, excess } = judge(
    samples((second) => (second === 200 ? 150 : 100)),
    [],
    100,
  );
  expect(drift).toBeCloseTo(0, 0);
  expect(excess).toBeCloseTo(50);
});

test('the median of the phases with stalled readers is compared with that of the others', () => {
  const phases = [
    [true, 30],
    [false, 10],
    [true, 20],
    [false, 10],
    [true, 1_000],
  ].map(([stalled, p99Ms]) => ({ stalled, figures: { p99Ms } }) as Phase);
  expect(
    judge(
      samples(() => 100),
      phases,
      100,
    ),
  ).toMatchObject({ p99StalledMs: 30, p99CalmMs: 10, p99Ratio: 3 });
});

const good = { ledger: { lost: [], refused: {} }, counts: { sessions: 3 }, failures: {}, exitCode: 0 };

test('a run in which all worked has no faults', () => {
  expect(faultsOf(good)).toEqual([]);
});

test.each([
  ['a lost message', { ledger: { lost: ['m'], refused: {} } }, '1 messages were lost'],
  ['a refused message', { ledger: { lost: [], refused: { DRAINING: 2 } } }, 'refused 2 times: DRAINING'],
  ['a failure beside the messages', { failures: { 'Error: no': 1 } }, 'failed 1 times: Error: no'],
  ['a kind of work that never happened', { counts: { sessions: 0 } }, 'never happened: sessions'],
  ['a bus that did not end in good order', { exitCode: 1 }, 'the bus ended with 1'],
])('%s is a fault', (_, wrong, fault) => {
  expect(faultsOf({ ...good, ...wrong } as Parameters<typeof faultsOf>[0])).toEqual([fault]);
});

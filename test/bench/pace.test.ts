// Goal: a closed loop never has more under way than its window, and an open loop keeps its timetable whatever the server does.
// Method: ledgers and paces with times that the test chooses.
import { describe, expect, it } from 'vitest';
import { createHistogram } from '../../bench/histogram.ts';
import { createDriver } from '../../bench/load/drive.ts';
import { createLedger } from '../../bench/load/ledger.ts';
import { createMeter } from '../../bench/load/meter.ts';
import { createClosedLoop, createOpenLoop } from '../../bench/load/pace.ts';

describe('a closed loop', () => {
  it('fills its window with whole batches, and again when a batch has settled', () => {
    const ledger = createLedger({ meter: createMeter(), capacity: 32 });
    const sent: [number, number][] = [];
    const pace = createClosedLoop(ledger, { window: 10, batch: 4 });
    const driver = createDriver({ ledger, pace, batch: 4, send: (first, count) => sent.push([first, count]) });
    driver.look();
    expect(sent).toEqual([
      [0, 4],
      [4, 4],
    ]);
    const settle = (message: number) => {
      ledger.accepted(message, 0);
      ledger.delivered(message, 0);
      ledger.acknowledged(message, 0);
    };
    settle(0);
    driver.look();
    expect(sent).toHaveLength(2);
    settle(1);
    driver.look();
    expect(sent.slice(2)).toEqual([[8, 4]]);
    expect(ledger.underWay).toBe(10);
  });

  it('sends no more once it was stopped', () => {
    const ledger = createLedger({ meter: createMeter(), capacity: 32 });
    let sent = 0;
    const pace = createClosedLoop(ledger, { window: 8, batch: 1 });
    const driver = createDriver({ ledger, pace, batch: 1, send: () => void sent++ });
    driver.stop();
    driver.look();
    expect(sent).toBe(0);
  });
});

describe('an open loop', () => {
  it('has every message ready at its moment, and all that were missed when it was held up', () => {
    const ledger = createLedger({ meter: createMeter(), capacity: 32 });
    const pace = createOpenLoop(ledger, { startsAt: 1_000, perSecond: 500 });
    expect(pace.ready(999)).toBe(0);
    expect(pace.ready(1_000)).toBe(1);
    ledger.send(pace.dueAt(0, 1_000));
    expect(pace.ready(1_001.9)).toBe(0);
    expect(pace.ready(1_002)).toBe(1);
    expect(pace.ready(1_010)).toBe(5);
    expect(pace.dueAt(5, 1_500)).toBe(1_010);
  });

  it('charges a pause of the server to every message of the pause', () => {
    const meter = createMeter();
    meter.begin(0);
    const ledger = createLedger({ meter, capacity: 128 });
    const pace = createOpenLoop(ledger, { startsAt: 0, perSecond: 1_000 });
    // Nothing is answered for 100 ms; then everything at once.
    for (let message = pace.ready(99); message > 0; message--) ledger.send(pace.dueAt(ledger.next, 99));
    for (let message = 0; message < ledger.next; message++) ledger.accepted(message, 100);
    const histogram = createHistogram();
    histogram.add(meter.latencies().accepted ?? []);
    expect(histogram.count).toBe(100);
    // From 1 to 100 ms, evenly; a loop that waits for answers would have one of 100 ms and no other.
    expect(Math.abs(histogram.quantile(0.5) / 50_000 - 1)).toBeLessThan(0.02);
  });
});

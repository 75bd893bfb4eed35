// Goal: the books of a load notice whatever does not add up, and measure within the stretch alone.
// Method: entries in every wrong order, and times on both sides of the stretch.
import { describe, expect, it } from 'vitest';
import { createLedger } from '../../bench/load/ledger.ts';
import { createMeter } from '../../bench/load/meter.ts';

function open(capacity = 4) {
  const meter = createMeter();
  let settled = 0;
  const ledger = createLedger({ meter, capacity, settled: () => settled++ });
  return { meter, ledger, settled: () => settled };
}

describe('a ledger', () => {
  it('settles a message that was accepted, delivered and acknowledged, in whatever order the news come', () => {
    const { ledger, settled } = open();
    ledger.send(0);
    ledger.send(0);
    expect(ledger.delivered(1, 1)).toBe(true);
    ledger.acknowledged(1, 2);
    expect(ledger.underWay).toBe(2);
    ledger.accepted(1, 3);
    expect(ledger.underWay).toBe(1);
    ledger.accepted(0, 4);
    ledger.delivered(0, 5);
    ledger.acknowledged(0, 6);
    expect(ledger.underWay).toBe(0);
    expect(settled()).toBe(2);
    expect(ledger.counts).toEqual({ sent: 2, accepted: 2, due: 2, delivered: 2, acknowledged: 2 });
  });

  it('counts a message that is delivered again once', () => {
    const { ledger } = open();
    ledger.send(0);
    expect(ledger.delivered(0, 1)).toBe(true);
    expect(ledger.delivered(0, 2)).toBe(false);
    ledger.accepted(0, 3);
    ledger.acknowledged(0, 3);
    expect(ledger.delivered(0, 4)).toBe(false);
    expect(ledger.counts.delivered).toBe(1);
  });

  it('refuses what was never sent, and what is confirmed twice', () => {
    const { ledger } = open();
    expect(() => ledger.accepted(0, 1)).toThrow('is not under way');
    ledger.send(0);
    ledger.accepted(0, 1);
    expect(() => ledger.accepted(0, 2)).toThrow('accepted twice');
    expect(() => ledger.acknowledged(4, 2)).toThrow('is not under way');
  });

  it('refuses to have more under way than it has room for', () => {
    const { ledger } = open(4);
    for (let message = 0; message < 4; message++) ledger.send(0);
    expect(() => ledger.send(0)).toThrow('more than 4');
  });
});

describe('a meter', () => {
  it('counts rounds that end in the stretch, and the latencies of messages that were due in it, however late they come', () => {
    const { meter, ledger } = open(8);
    const settle = (message: number, now: number) => {
      ledger.accepted(message, now);
      ledger.delivered(message, now);
      ledger.acknowledged(message, now);
    };
    ledger.send(5);
    ledger.send(6);
    settle(0, 9);
    meter.begin(10);
    settle(1, 11);
    ledger.send(12);
    ledger.send(13);
    settle(2, 14);
    meter.end(20);
    settle(3, 30);
    expect(meter.rounds).toBe(2);
    expect(meter.seconds).toBe(0.01);
    expect(meter.latencies().round?.map(([, count]) => count)).toEqual([1, 1]);
    expect(meter.latencies().round?.at(-1)?.[0]).toBeGreaterThan(16_000);
  });
});

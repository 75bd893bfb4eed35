// Goal: quantiles are right to 0.8 % at every size, and nothing is lost on the way from one process to another.
// Method: known distributions, single values over the whole range, and a merge of parts against the whole.
import { describe, expect, it } from 'vitest';
import { createHistogram } from '../../bench/histogram.ts';
import { createSeededRandom } from '../soak/seeded-random.ts';

describe('a histogram', () => {
  it('knows small values as they are', () => {
    const histogram = createHistogram();
    for (let value = 0; value < 256; value++) histogram.record(value);
    expect(histogram.quantile(0.5)).toBe(127);
    expect(histogram.quantile(1)).toBe(255);
    expect(histogram.quantile(0)).toBe(0);
  });

  it.each([256, 257, 1_000, 65_535, 65_536, 1_234_567, 2 ** 31, 2 ** 32 - 1])('knows %i to 0.8 %', (value) => {
    const histogram = createHistogram();
    histogram.record(value);
    expect(Math.abs(histogram.quantile(0.5) / value - 1)).toBeLessThan(0.008);
  });

  it('says the quantiles of what was counted', () => {
    const histogram = createHistogram();
    for (let value = 1; value <= 100_000; value++) histogram.record(value);
    for (const part of [0.5, 0.9, 0.99, 0.999]) {
      expect(Math.abs(histogram.quantile(part) / (part * 100_000) - 1)).toBeLessThan(0.008);
    }
    expect(histogram.count).toBe(100_000);
  });

  it('counts what is outside of its range at the bounds', () => {
    const histogram = createHistogram();
    histogram.record(-5);
    histogram.record(2 ** 40);
    expect(histogram.count).toBe(2);
    expect(histogram.quantile(0.5)).toBe(0);
    expect(histogram.quantile(1)).toBeGreaterThan(2 ** 31);
  });

  it('adds up from parts what it says of the whole, through JSON', () => {
    const random = createSeededRandom(7);
    const whole = createHistogram();
    const sum = createHistogram();
    for (let part = 0; part < 4; part++) {
      const histogram = createHistogram();
      for (let index = 0; index < 1_000; index++) {
        const value = 2 ** (random.next() * 30);
        histogram.record(value);
        whole.record(value);
      }
      sum.add(JSON.parse(JSON.stringify(histogram.buckets())));
    }
    expect(sum.buckets()).toEqual(whole.buckets());
    expect(sum.quantile(0.99)).toBe(whole.quantile(0.99));
  });

  it('has no quantile of nothing, and can begin anew', () => {
    const histogram = createHistogram();
    expect(histogram.quantile(0.5)).toBeNaN();
    histogram.record(3);
    histogram.reset();
    expect(histogram.count).toBe(0);
    expect(histogram.buckets()).toEqual([]);
  });
});

// Goal: a point tells those who listen to it, and nobody else. Method: subscribe as the crash tests do.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, test } from 'vitest';
import { CRASH_POINTS, crashPoint, crashPointChannel } from '../../src/lib/crash-point.ts';

test('whoever subscribes to a point is there when it is reached, before anything follows', () => {
  const seen: unknown[] = [];
  const listener = (name: unknown): void => void seen.push(name);
  const reached = crashPoint('store.before-commit');
  const reachedOther = crashPoint('store.after-commit');
  reached();
  subscribe(crashPointChannel('store.before-commit'), listener);
  reached();
  expect(seen).toEqual(['store.before-commit']);
  reachedOther();
  unsubscribe(crashPointChannel('store.before-commit'), listener);
  reached();
  expect(seen).toEqual(['store.before-commit']);
});

test.each(Object.entries(CRASH_POINTS))('%s says what a crash there means', (name, meaning) => {
  expect(name).toMatch(/^[a-z-]+\.[a-z-]+$/);
  expect(meaning).toMatch(/^[A-Z].*\.$/);
});

/** Goal: a name is recognized by all of its bytes and nothing less. Method: many names, among them those that share a place or an end. */
import { expect, it } from 'vitest';
import { RPC_LIMITS } from '../../../src/limits.ts';
import { KnownNames } from '../../../src/rpc/grpc/known-names.ts';

function find(names: KnownNames, name: string): string | undefined {
  const bytes = Buffer.from(`..${name}..`);
  return names.find(bytes, 2, bytes.length - 4);
}

function add(names: KnownNames, name: string): void {
  names.add(name, Buffer.from(`.${name}`), 1);
}

it('finds what was added, wherever it stands', () => {
  const names = new KnownNames();
  for (const name of ['a', 'codex://worker-1', 'x'.repeat(255)]) {
    expect(find(names, name)).toBeUndefined();
    add(names, name);
    expect(find(names, name)).toBe(name);
  }
});

it('takes no name for another one of the same end and length', () => {
  const names = new KnownNames();
  add(names, 'codex://a-worker-1');
  expect(find(names, 'codex://b-worker-1')).toBeUndefined();
  expect(find(names, 'xcodex://a-worker-1')).toBeUndefined();
  expect(find(names, 'odex://a-worker-1')).toBeUndefined();
});

it('finds nothing but what was asked for, when names displace each other', () => {
  const names = new KnownNames();
  const all = Array.from({ length: 4 * RPC_LIMITS.knownNames }, (_, index) => `codex://agent-${index}`);
  for (const name of all) add(names, name);
  const found = all.filter((name) => {
    const one = find(names, name);
    expect([name, undefined]).toContain(one);
    return one !== undefined;
  });
  expect(found.length).toBeGreaterThan(0);
  expect(found.length).toBeLessThanOrEqual(RPC_LIMITS.knownNames);
});

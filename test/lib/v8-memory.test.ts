/**
 * Goal: garbage in buffers does not make V8 go over the heap again and again.
 * Method: two processes that make the same garbage beside the same heap, one of them with the setting, count their full collections.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

const PROGRAM = `
  import { PerformanceObserver, constants } from 'node:perf_hooks';
  import { setImmediate } from 'node:timers/promises';
  let collections = 0;
  new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) collections++;
  }).observe({ entryTypes: ['gc'] });
  const heap = Array.from({ length: 500_000 }, (_, index) => ({ index, text: 'x' + index }));
  for (let made = 0; made < 20_000; made++) {
    new Uint8Array(64 * 1024);
    if (made % 100 === 0) await setImmediate();
  }
  await setImmediate();
  console.log(heap.length && collections);
`;

async function fullCollections(before: string): Promise<number> {
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', `${before}\n${PROGRAM}`]);
  expect(stderr).toBe('');
  return Number(stdout);
}

it('collects the heap less often for buffers when it counts them with it', async () => {
  const module = new URL('../../src/lib/v8-memory.ts', import.meta.url);
  const [usual, counted] = await Promise.all([
    fullCollections(''),
    fullCollections(`import { countBuffersWithHeap } from '${module}'; countBuffersWithHeap();`),
  ]);
  expect(counted).toBeGreaterThan(0);
  expect(counted).toBeLessThan(usual / 2);
}, 60_000);

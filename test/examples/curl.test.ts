/**
 * Goal: a session can be lived through with nothing but curl, the tutorial's message body included, and so can a review by
 * three agents. Method: the scripts of examples/curl run against a real bus; they fail by themselves at the first surprise.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

const run = promisify(execFile);
const FOLDER = new URL('../../examples/curl/', import.meta.url).pathname;

let bus: BusProcess;
beforeAll(async () => {
  bus = await startBusProcess();
});
afterAll(() => bus.stop());

function walk(env: Record<string, string>, script = 'walk.sh'): Promise<{ stdout: string; stderr: string }> {
  return run('bash', [`${FOLDER}${script}`], {
    env: { ...process.env, AGENT_BUS_URL: bus.address, AGENT_BUS_API_KEY: bus.apiKey, ...env },
  });
}

test('the walk reaches the completed session, and a second one with another task too', async () => {
  const first = await walk({});
  expect(first.stdout).toMatch(/^== Done: sess_/m);
  const second = await walk({ TASK_ID: 'task_impl_backend_2' });
  expect(second.stdout).toMatch(/^== Done: sess_/m);
});

test('the walk ends with an error at the first answer that it does not expect', async () => {
  await expect(walk({ AGENT_BUS_API_KEY: 'not the key' })).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('401'),
    stderr: 'expected 200\n',
  });
});

test('the review ends with its summary, also when it is done again', async () => {
  for (const _ of ['once', 'again']) {
    const { stdout, stderr } = await walk({}, 'review.sh');
    expect(stderr).toBe('');
    const [, summary] = stdout.split('\n# ');
    expect(summary).toMatch(/^Session `sess_/);
    for (const line of [
      '* Tasks: 5 (4 COMPLETED, 1 CANCELLED)',
      '> One finding, mended.',
      '* Agents differ on `verdict`: `"change"` (`review://ada`, `review://bob`), `"approve"` (`review://cleo`)',
      '| `review` | COMPLETED | `review://ada`, `review://bob`, `review://cleo` |',
    ])
      expect(summary).toContain(line);
    expect(summary).toMatch(/#3` \| `review` \| `review:\/\/cleo` \| COMPLETED \|/);
  }
});

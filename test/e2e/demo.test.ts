/**
 * Goal: `npm run demo` shows a whole session, and leaves nothing behind however it ends.
 * Method: the demo runs as a process with a folder of its own for temporary files; its children are found by the
 * process table, and it is interrupted or robbed of a child while it works.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';

let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'agentbus-demo-test-'));
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

interface Demo {
  readonly process: ChildProcess;
  readonly lines: AsyncIterator<string>;
  /** Everything it wrote to standard error so far. */
  errors(): string;
}

function startDemo(): Demo {
  const child = spawn(process.execPath, ['--conditions=agentbus-source', 'examples/demo/main.ts'], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  return {
    process: child,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    errors: () => errors,
  };
}

/** The next line that matches; fails the test when the output ends before. */
async function lineWith({ lines }: Demo, pattern: RegExp): Promise<string> {
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    if (pattern.test(next.value)) return next.value;
  }
  throw new Error(`the output ended without ${pattern}`);
}

/** Processes whose temporary files would go to the test's folder: the demo and all that it started. */
function processes(): { pid: number; command: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const isOurs = readFileSync(`/proc/${name}/environ`, 'latin1').includes(`TMPDIR=${temporary}`);
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
      return isOurs ? [{ pid: Number(name), command }] : [];
    } catch {
      // It ended while it was looked at.
      return [];
    }
  });
}

function expectNothingLeft(): void {
  expect(processes()).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
}

test('shows the session from its beginning to its summary, and how it survives the loss of an agent', async () => {
  const demo = startDemo();
  const exit = once(demo.process, 'exit');
  await lineWith(demo, /claude-code:\/\/orchestrator +opened the session with opencode:\/\/backend/);
  await lineWith(demo, /workflow: design done, implementation under way, review to come/);
  await lineWith(
    demo,
    /bus +codex:\/\/frontend went away with the task: opencode:\/\/backend is asked for implement-notification-center/,
  );
  await lineWith(demo, /opencode:\/\/backend +completed implement-notification-center/);
  // What the agents' answers bring about, and nobody says.
  await lineWith(demo, /opencode:\/\/backend +workflow: design done, implementation done, review under way/);
  await lineWith(demo, /claude-code:\/\/qa +completed review-notifications/);
  await lineWith(demo, /^# Session/);
  await lineWith(
    demo,
    /^> notification-service and notification-center cover real-time updates and audit logs; 6 checks passed$/,
  );
  await lineWith(demo, /^\| `implement-notification-center` .*`codex:\/\/frontend` `AGENT_GONE`/);
  expect(await exit).toEqual([0, null]);
  expect(demo.errors()).toBe('');
  expectNothingLeft();
});

test.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind when %s ends it', async (signal) => {
  const demo = startDemo();
  const exit = once(demo.process, 'exit');
  await lineWith(demo, /opened the session/);
  demo.process.kill(signal);
  expect(await exit).toEqual([1, null]);
  expect(demo.errors()).toBe(`demo: ended by ${signal}\n`);
  expectNothingLeft();
});

test('leaves nothing behind when nobody reads its output any more', async () => {
  const demo = startDemo();
  const exit = once(demo.process, 'exit');
  await lineWith(demo, /a bus at/);
  demo.process.stdout!.destroy();
  expect(await exit).toEqual([1, null]);
  expect(demo.errors()).toBe('demo: nobody reads the output\n');
  expectNothingLeft();
});

test.each(['qa', 'backend'])('says so and leaves nothing behind when the agent %s dies', async (name) => {
  const demo = startDemo();
  const exit = once(demo.process, 'exit');
  await lineWith(demo, /a bus at/);
  const agent = processes().find(({ command }) => command.includes(`agents/${name}.ts`));
  process.kill(agent!.pid, 'SIGKILL');
  expect(await exit).toEqual([1, null]);
  expect(demo.errors()).toContain(`demo: the ${name} died (SIGKILL)\n`);
  expectNothingLeft();
});

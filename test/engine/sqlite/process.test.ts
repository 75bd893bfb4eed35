/** What only real processes can show: locks, kill -9, a disk that refuses, an exit after close. */
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { refusal, text } from '../contract/rig.ts';
import { openForReal, RECEIVER } from '../programs/open-engine.ts';

type Child = ChildProcessByStdio<null, Readable, null>;

function makeDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'agentbus-process-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function program(name: string): string {
  return join(import.meta.dirname, '../programs', `${name}.ts`);
}

function start(name: string, ...args: string[]): Child {
  const child = spawn(process.execPath, [program(name), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function kill(child: Child): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

describe('a data directory', () => {
  it('is refused while another process has it open, names that process, and is free again after kill -9', async () => {
    const dataDir = makeDir();
    const holder = start('hold-open', dataDir);
    await once(createInterface(holder.stdout), 'line');
    expect(await refusal(openForReal(dataDir), 'locked')).toEqual({ dataDir, pid: holder.pid });
    await expect(openForReal(dataDir)).rejects.toThrow(`${dataDir} is in use by process ${holder.pid}`);
    await kill(holder);
    await (await openForReal(dataDir)).close();
  });

  it('is refused to a second engine of the same process, and the first one keeps it', async () => {
    const dataDir = makeDir();
    const first = await openForReal(dataDir);
    await refusal(openForReal(dataDir), 'locked');
    const second = spawnSync(process.execPath, [program('hold-open'), dataDir], { encoding: 'utf8' });
    expect(second.status).not.toBe(0);
    expect(second.stderr).toContain(`is in use by process ${process.pid}`);
    await first.close();
    await (await openForReal(dataDir)).close();
  });
});

describe('kill -9', () => {
  it.each([1, 2, 3])('loses nothing that was reported as committed, appended or acknowledged (run %i)', async () => {
    const dataDir = makeDir();
    const report = join(makeDir(), 'report');
    const child = start('commit-until-killed', dataDir, report);
    await once(createInterface(child.stdout), 'line');
    await kill(child);
    // The kill may have cut the last line short.
    const reported = readFileSync(report, 'utf8').split('\n').slice(0, -1);
    const engine = await openForReal(dataDir);
    onTestFinished(() => engine.close());
    const names = (verb: string): string[] =>
      reported.filter((line) => line.startsWith(`${verb} `)).map((line) => line.slice(verb.length + 1));
    const states = async (messageIds: string[]): Promise<Set<string | undefined>> => {
      const records = await engine.messages.find(
        messageIds.map((messageId) => ({ sender: 'test://sender', messageId })),
      );
      return new Set(records.map(([record]) => record?.state));
    };
    const acknowledged = new Set(names('acknowledged'));
    const waiting = names('committed').filter((name) => !acknowledged.has(name));
    expect(acknowledged.size).toBeGreaterThan(20);
    expect(await states([...acknowledged])).toEqual(new Set(['acknowledged']));
    // An acknowledgement may have become durable in the last moment, unreported; a message may not have got lost.
    expect(await states(waiting)).not.toContain(undefined);
    const leases = await engine.mailboxes.lease({
      agentId: RECEIVER,
      holder: 'h',
      limit: 1e6,
      maxBytes: 1e9,
      leaseMs: 1e6,
    });
    expect(leases.filter((lease) => acknowledged.has(lease.messageId))).toEqual([]);
    for (const lease of leases) {
      expect(text(lease.envelope)).toContain(lease.messageId);
      expect(lease.redeliveredBecause).toBe('bus_restarted');
    }
    await expectEvents(names('appended'), engine);
  });
});

async function expectEvents(
  appended: readonly string[],
  engine: Awaited<ReturnType<typeof openForReal>>,
): Promise<void> {
  const last = new Map<string, number>();
  for (const line of appended) {
    const [lane = '', sequence] = line.split(' ');
    last.set(lane, Math.max(last.get(lane) ?? 0, Number(sequence)));
  }
  expect(last.size).toBeGreaterThan(0);
  for (const [lane, sequence] of last) {
    const session = await engine.sessions.load(`session-${lane}`);
    expect(session?.lastSequence).toBeGreaterThanOrEqual(sequence);
    const events = session?.events.map((event) => text(event.bytes));
    expect(events).toEqual(Array.from({ length: session?.lastSequence ?? 0 }, (_, index) => `event ${index + 1}`));
  }
}

describe('a disk that refuses', () => {
  it('fails the engine for good, once, with the cause, and keeps every commit that had resolved', async () => {
    const dataDir = makeDir();
    // The signal for a file that is too large is ignored, so that the write fails instead of ending the process.
    const shell = 'trap "" XFSZ; ulimit -f 4000; exec "$0" "$1" "$2"';
    const { stdout, status } = spawnSync('sh', ['-c', shell, process.execPath, program('fill-the-disk'), dataDir], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).toMatchObject({ failures: 1, code: 'failed', after: Array(5).fill('failed') });
    expect(new Set(report.together as string[])).toEqual(new Set(['failed']));
    expect(report.cause).toMatch(/disk I\/O error|full/);

    const engine = await openForReal(dataDir);
    const leases = await engine.mailboxes.lease({
      agentId: RECEIVER,
      holder: 'h',
      limit: 1e6,
      maxBytes: 1e9,
      leaseMs: 1e6,
    });
    expect(report.committed).toBeGreaterThan(0);
    expect(leases.length).toBeGreaterThanOrEqual(report.committed as number);
    await engine.close();
  });
});

describe('a process', () => {
  it('can exit once its engine is closed', () => {
    const script = `
      import { openForReal, send } from ${JSON.stringify(program('open-engine'))};
      const engine = await openForReal(process.argv[1]);
      await send(engine, 'one');
      await engine.close();
      process.stdout.write('closed');`;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script, makeDir()], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect({ stdout, status }).toEqual({ stdout: 'closed', status: 0 });
  });
});

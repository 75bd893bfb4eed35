/**
 * Goal: whoever follows the README gets what it says.
 * Method: the blocks under "With curl" run in one shell, those under "With TypeScript" are type-checked and run as
 * programs, all against a real bus; only its address is replaced.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SETTINGS, variableOf } from '../../src/config.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';
import { codeBlocks, readPage } from './markdown.ts';

const README = readPage('README.md');
const run = promisify(execFile);

let bus: BusProcess;
beforeAll(async () => {
  bus = await startBusProcess({ apiKey: 'dev-key' });
});
afterAll(() => bus.stop());

/** The blocks of a section in one language, with the address of the bus that the test started. */
function blocksFor(heading: string, language: string): string[] {
  const blocks = codeBlocks(README, heading).filter((block) => block.language === language);
  return blocks.map(({ code }) => code.replaceAll('http://127.0.0.1:8080', bus.address));
}

describe('README', () => {
  test('takes tasks from their session to their answers with curl', async () => {
    const script = blocksFor('With curl', 'bash').join('\n');
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script]);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const [session, task, mail, acknowledged, answer, events, asked, toAll, cancelled, aggregated] = answers;
    expect(answers).toHaveLength(10);
    expect(session).toMatchObject({ session: { session_id: 'sess_notifications_1', state: 'SESSION_STATE_ACTIVE' } });
    expect(task).toMatchObject({ message_id: 'task_impl_backend', recipients: ['opencode://backend'] });
    expect(mail).toMatchObject({ deliveries: [{ attempt: 1, message: { message_id: 'task_impl_backend' } }] });
    expect(acknowledged).not.toHaveProperty('stale_delivery_ids.0');
    expect(answer).toMatchObject({ message_id: 'impl_backend_done' });
    expect(events).toMatchObject({
      events: [
        { sequence: '1', session_created: {} },
        { task_delegated: {} },
        { task_delivered: {} },
        { task_accepted: {} },
        { task_completed: {} },
        { workflow_updated: {} },
      ],
    });
    expect(asked).toMatchObject({
      message_id: 'task_docs',
      reply: { sender: { agent_id: 'opencode://backend' }, payload: { artifact: 's3://artifacts/manual.pdf' } },
    });
    expect(toAll).toMatchObject({ recipients: ['opencode://backend'] });
    expect(cancelled).toMatchObject({ task: { status: 'TASK_STATUS_CANCELLED', error: { message: 'not needed' } } });
    expect(aggregated).toMatchObject({
      unified_result: { artifact: 's3://artifacts/manual.pdf' },
      summary_markdown: expect.stringContaining('* Tasks: 3 (2 COMPLETED, 1 CANCELLED)'),
    });
  });

  test('names every setting, and none that is not there', () => {
    const [, table = ''] = README.split('## Configuration');
    const named = Array.from(
      table.matchAll(/^\| (`AGENT_BUS_.+?) \|/gm),
      ([, cell = '']) => cell.match(/\w+/g) ?? [],
    ).flat();
    expect(named).toEqual(SETTINGS.map(({ flag }) => variableOf(flag)));
  });

  // The test of the client's README runs it.
  test('shows the same agent in Python as the client for Python', () => {
    const [agent] = codeBlocks(README, 'With Python, Go, Rust or Java');
    expect(codeBlocks(readPage('clients/python/README.md'))).toContainEqual(agent);
  });

  test('makes a key for a principal', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agentbus-readme-'));
    const file = join(folder, 'keys.json');
    const [command = ''] = codeBlocks(README, 'Keys').map(({ code }) =>
      code.split('\n')[0]?.replace('keys.json', file),
    );
    const { stdout } = await run('bash', ['-euc', command]);
    expect(stdout).toMatch(/^agentbus_[\w-]{43}$/m);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ principals: [{ agents: ['codex://*'] }] });
    rmSync(folder, { recursive: true });
  });

  describe('With TypeScript', () => {
    // Inside the repository, so that the package's own name leads to its source.
    const parent = join(import.meta.dirname, '../../.tmp');
    let folder: string;
    let files: string[];
    beforeAll(() => {
      mkdirSync(parent, { recursive: true });
      folder = mkdtempSync(join(parent, 'readme-'));
      files = ['agent.ts', 'orchestrator.ts'].map((name) => join(folder, name));
      const blocks = blocksFor('With TypeScript', 'ts');
      expect(blocks).toHaveLength(files.length);
      for (const [index, file] of files.entries()) writeFileSync(file, blocks[index] ?? '');
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'] }),
      );
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    test('has the types that it shows', async () => {
      await expect(run('tsc', ['-p', folder])).resolves.toMatchObject({ stdout: '' });
    }, 60_000);

    test('takes a task from its session to its answer and its summary', async () => {
      const [agent, orchestrator] = files.map((file) =>
        spawn(process.execPath, ['--conditions=agentbus-source', file], { stdio: ['ignore', 'pipe', 'inherit'] }),
      );
      try {
        const [printed] = await Promise.all([text(orchestrator!.stdout), once(orchestrator!, 'exit')]);
        expect(printed).toContain("opencode://backend { artifact: 's3://artifacts/notification-service.zip' }");
        expect(printed).toContain('* Tasks: 1 (1 COMPLETED)');
        expect(
          printed
            .trim()
            .split('\n')
            .map((line) => line.split(' ').at(-1)),
        ).toEqual(
          expect.arrayContaining([
            'sessionCreated',
            'taskDelegated',
            'taskProgressed',
            'taskCompleted',
            'sessionCompleted',
          ]),
        );
        const exit = once(agent!, 'exit');
        agent!.kill('SIGTERM');
        expect(await exit).toEqual([0, null]);
      } finally {
        agent!.kill('SIGKILL');
      }
    });
  });
});

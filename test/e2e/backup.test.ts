/**
 * Goal: an operator backs a running bus up and restores it with two commands, and is told what is wrong when it does not work.
 * Method: the real program, beside a real bus; the commands of the README run as they are printed, but for their paths.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { callJson, type JsonAnswer } from '../call-json.ts';
import { runCommand } from '../crash/backups/run-command.ts';
import { codeBlocks, readPage } from '../docs/markdown.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

const AGENT = 'opencode://backend';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agentbus-backup-'));
  return () => rm(folder, { recursive: true, force: true });
});

function call({ address, apiKey }: BusProcess, method: string, body: object): Promise<JsonAnswer> {
  return callJson({ address, apiKey, method, body, headers: { 'x-agent-id': AGENT } });
}

async function send(bus: BusProcess, message_id: string, text = ''): Promise<void> {
  const agent_id = { agent_id: AGENT };
  const message = { message_id, sender: agent_id, recipient: agent_id, message_type: 'MESSAGE_TYPE_NOTIFICATION' };
  const { status } = await call(bus, 'MessageService/SendMessage', { message: { ...message, payload: { text } } });
  expect(status).toBe(200);
}

async function setContext(bus: BusProcess, session_id: string, round: number): Promise<void> {
  const body = { session_id, merge_patch: { round } };
  const { status } = await call(bus, 'SessionService/UpdateSharedContext', body);
  expect(status).toBe(200);
}

/** The commands under "Backup" in the README, in order, as lists of arguments, with the paths of this test. */
function documentedCommands(paths: Readonly<Record<string, string>>): string[][] {
  const script = codeBlocks(readPage('README.md'), 'Backup').map(({ code }) => code);
  const lines = script.join('\n').split('\n');
  return lines
    .filter((line) => line.startsWith('npm start -- '))
    .map((line) =>
      line
        .split(' ')
        .slice(3)
        .map((word) => paths[word] ?? word),
    );
}

test('a running bus is backed up and restored by the commands of the README', async () => {
  const bus = await startBusProcess({ dataDir: join(folder, 'data') });
  await call(bus, 'AgentService/RegisterAgent', { agent: { agent_id: AGENT } });
  await call(bus, 'SessionService/CreateSession', { session_id: 'sess_a', orchestrator: AGENT });
  await send(bus, 'before');
  const file = join(folder, 'backup.db');
  const restored = join(folder, 'restored');
  const commands = documentedCommands({ 'agentbus-backup.db': file, './restored': restored });
  const [backup = [], restore = []] = commands;
  expect(await runCommand([...backup, '--data-dir', bus.dataDir])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/backup\.db: .* MiB in .* s, checked/),
  });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await send(bus, 'after');
  await setContext(bus, 'sess_a', 1);
  await setContext(bus, 'sess_a', 2);
  await bus.kill();

  expect(await runCommand(restore)).toMatchObject({ code: 0, stdout: expect.stringContaining('checked') });
  const again = await startBusProcess({ dataDir: restored });
  const { body } = await call(again, 'MessageService/ReceiveMessages', { agent_id: AGENT, max_messages: 10 });
  expect(body.deliveries).toMatchObject([
    { message: { message_id: 'before' }, redelivered_because: 'REDELIVERY_REASON_BUS_RESTARTED' },
  ]);
  // Whoever saw more of the session than there is now is told so, and does not wait for what will never come.
  const beyond = { session_id: 'sess_a', after_sequence: 3, wait: '5s' };
  const refused = await call(again, 'SessionService/ListSessionEvents', beyond);
  expect(refused).toMatchObject({
    reason: 'SEQUENCE_OUT_OF_RANGE',
    facts: { after_sequence: '3', last_sequence: '1' },
  });
  expect(await again.stop()).toBe(0);
});

test.each([
  ['no file', ['backup'], /usage: agentbus backup FILE/],
  ['two files', ['backup', 'a', 'b'], /usage: agentbus backup FILE/],
  ['no directory to restore into', ['restore', 'a'], /usage: agentbus restore FILE --data-dir DIRECTORY/],
  ['a flag that there is not', ['backup', 'a', '--force'], /Unknown option '--force'; see --help/],
  ['memory', ['backup', 'a', '--data-dir', ':memory:'], /in memory keeps nothing/],
  ['a directory without data', ['backup', 'a', '--data-dir', '/nowhere'], /is no data directory of a bus/],
  ['a backup that is not there', ['restore', '/nowhere/a', '--data-dir', 'b'], /there is no such file/],
])('a command with %s is refused in a line', async (_name, args, message) => {
  const { code, stdout, stderr } = await runCommand(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('a backup and a restore that find the disk full leave nothing behind', async () => {
  const bus = await startBusProcess({ dataDir: join(folder, 'data') });
  await call(bus, 'AgentService/RegisterAgent', { agent: { agent_id: AGENT } });
  for (let count = 0; count < 100; count++) await send(bus, `m-${count}`, 'x'.repeat(20_000));
  const file = join(folder, 'backup.db');
  const full = { maxFileKiB: 1_000 };
  const backup = await runCommand(['backup', file, '--data-dir', bus.dataDir], full);
  expect(backup).toMatchObject({ code: 1, stderr: expect.stringMatching(/^agentbus: cannot back up .*\n$/) });
  expect(await readdir(folder)).toEqual(['data']);
  expect(await runCommand(['backup', file, '--data-dir', bus.dataDir])).toMatchObject({ code: 0 });
  const restored = join(folder, 'restored');
  const restore = await runCommand(['restore', file, '--data-dir', restored], full);
  expect(restore).toMatchObject({ code: 1, stderr: expect.stringMatching(/^agentbus: cannot restore .*\n$/) });
  expect(await readdir(restored)).toEqual(['lock']);
  // The bus itself has noticed nothing.
  await send(bus, 'one-more');
  await bus.stop();
});

// Goal: `agentbus check` says of good data that nothing is wrong with it, with exit code 0, and of damaged data what is, with 1; and the way out of
// a damaged log that is documented leads back to a bus. Method: the real program on data of a bus that was killed,
// whole, then with a bit flipped in a row, in the log, and with the log taken away.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSmallWork } from '../crash/disk/small-work.ts';
import { startBusProcess } from '../start-bus-process.ts';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
let dir: string;
let killed: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agentbus-check-'));
  killed = join(dir, 'killed');
  const work = createSmallWork();
  const bus = await startBusProcess({ dataDir: killed });
  await Promise.all([work.run(bus), work.waitForMore(60).then(() => bus.kill())]);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function copied(): string {
  const copy = mkdtempSync(join(dir, 'copy-'));
  cpSync(killed, copy, { recursive: true });
  return copy;
}

function check(...args: string[]): { code: number | null; told: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'check', ...args], { encoding: 'utf8' });
  return { code: status, told: `${stdout}${stderr}` };
}

function change(dataDir: string, sql: string): void {
  const db = new DatabaseSync(join(dataDir, 'agentbus.db'));
  db.exec(sql);
  db.close();
}

/** A bit of the first page of the log: all commits behind it are cut off. */
function breakLog(dataDir: string): void {
  const path = join(dataDir, 'agentbus.db-wal');
  const bytes = readFileSync(path);
  bytes[1_000] = (bytes[1_000] as number) ^ 1;
  writeFileSync(path, bytes);
}

test('good data is good, and is so again: nothing is changed', () => {
  const dataDir = copied();
  for (let time = 0; time < 2; time++) {
    expect(check('--data-dir', dataDir)).toEqual({
      code: 0,
      told: expect.stringMatching(/ [1-9]\d* checksums compared: nothing is wrong\n$/),
    });
  }
});

test('a row that is not what was written is named', () => {
  const dataDir = copied();
  change(dataDir, `UPDATE messages SET recipient = 'test://other' WHERE seq = 1`);
  const { code, told } = check('--data-dir', dataDir);
  expect(code).toBe(1);
  expect(told).toContain('the row 1 of messages is not what was written');
});

test('a total that is not what the rows add up to is named', () => {
  const dataDir = copied();
  const totals = ['dead_letters', 'dead_letter_bytes', 'ended_session_bytes', 'records'];
  change(dataDir, `UPDATE state SET value = value + 1 WHERE name IN (${totals.map((name) => `'${name}'`).join()})`);
  change(
    dataDir,
    `INSERT INTO sessions (ord, session_id, last_sequence, event_bytes, state, listed)
     VALUES (1000, 'counted-wrong', 0, 1, 'open', '{"members":[],"labels":{}}')`,
  );
  const { code, told } = check('--data-dir', dataDir);
  expect(code).toBe(1);
  for (const name of totals) expect(told).toContain(`a total that is not what the rows add up to: ${name}\n`);
  expect(told).toContain('a session with a wrong count of its bytes: 1000\n');
  expect(told).toContain('5 lines above');
});

test('a file that is not there, and one that is no database, are refused', () => {
  const empty = mkdtempSync(join(dir, 'empty-'));
  expect(check('--data-dir', empty)).toEqual({ code: 1, told: expect.stringContaining('there is no ') });
  writeFileSync(join(empty, 'agentbus.db'), 'a letter to nobody'.repeat(1_000));
  expect(check('--data-dir', empty)).toEqual({ code: 1, told: expect.stringContaining('not a database') });
});

test('a damaged log is refused until somebody gives up what cannot be read', async () => {
  const dataDir = copied();
  breakLog(dataDir);
  expect(check('--data-dir', dataDir)).toEqual({
    code: 1,
    told: expect.stringContaining('agentbus.db-wal is damaged'),
  });
  await expect(startBusProcess({ dataDir })).rejects.toThrow('agentbus.db-wal is damaged');
  // As `sqlite3 agentbus.db 'PRAGMA wal_checkpoint(TRUNCATE)'` does.
  change(dataDir, 'PRAGMA wal_checkpoint(TRUNCATE)');
  await expect(startBusProcess({ dataDir })).rejects.toThrow('has lost what the bus answered last');
  rmSync(join(dataDir, 'agentbus.db-mark'));
  const bus = await startBusProcess({ dataDir });
  expect(await bus.stop()).toBe(0);
});

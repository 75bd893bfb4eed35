import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../src/engine/sqlite/database.ts';

// Goal: a log that lost commits which were synced is refused, and one that was torn in its last write is not.
// Method: logs of a few commits, taken from under an open database as a killed process leaves them, damaged at chosen places.
let dir: string;
let original: string;
const COMMITS = 6;
const HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 4_096;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'agentbus-log-'));
  const live = join(dir, 'live.db');
  original = join(dir, 'original.db');
  openDatabase(live).close();
  const { db, close } = openDatabase(live);
  for (let commit = 0; commit < COMMITS; commit++)
    db.exec(`INSERT INTO metadata (name, value) VALUES ('${commit}', x'00')`);
  for (const part of ['', '-wal']) copyFileSync(`${live}${part}`, `${original}${part}`);
  close();
});
afterAll(() => rmSync(dir, { recursive: true }));

/** One commit is one frame, since each changes the same page. */
const frameAt = (frame: number): number => HEADER_BYTES + frame * FRAME_BYTES;

function damaged(change: (log: string) => void): string {
  const file = join(dir, 'damaged.db');
  for (const part of ['', '-wal']) copyFileSync(`${original}${part}`, `${file}${part}`);
  rmSync(`${file}-shm`, { force: true });
  change(`${file}-wal`);
  return file;
}

function flip(at: number): (log: string) => void {
  return (log) => {
    const bytes = readFileSync(log);
    bytes[at] = (bytes[at] as number) ^ 4;
    writeFileSync(log, bytes);
  };
}

function commitsIn(file: string): number {
  const { db, close } = openDatabase(file);
  const count = (db.prepare('SELECT count(*) AS count FROM metadata').get() as { count: number }).count;
  close();
  return count;
}

test('a log is as long as it is said to be here', () => {
  expect(statSync(`${original}-wal`).size).toBe(frameAt(COMMITS));
  expect(commitsIn(damaged(() => {}))).toBe(COMMITS);
});

test.each([
  { what: 'in the first page', at: frameAt(0) + 1_000 },
  { what: 'in the salt of a frame', at: frameAt(1) + 9 },
  { what: 'in the checksum of a frame', at: frameAt(2) + 17 },
  { what: 'in the last commit but one', at: frameAt(COMMITS - 2) + 2_000 },
  { what: 'in the header of the log', at: 17 },
  { what: 'in the checksum of that header', at: 25 },
])('a bit that is flipped $what is noticed', ({ at }) => {
  expect(() => commitsIn(damaged(flip(at)))).toThrow(
    expect.objectContaining({ code: 'corrupt', message: expect.stringContaining('damaged.db-wal is damaged') }),
  );
});

test.each([
  { what: 'torn in its last commit', change: flip(frameAt(COMMITS - 1) + 2_000), commits: COMMITS - 1 },
  { what: 'cut off', change: (log: string) => truncateSync(log, frameAt(3) + 100), commits: 3 },
  { what: 'empty', change: (log: string) => truncateSync(log, 0), commits: 0 },
])('a log that is $what is taken as far as it goes', ({ change, commits }) => {
  expect(commitsIn(damaged(change))).toBe(commits);
});

test('what an earlier log left behind the end of this one is not taken for damage', () => {
  const file = damaged(() => {});
  const db = new DatabaseSync(file);
  // Written back, but not emptied: the next write starts at the front, and old frames follow it.
  db.exec('PRAGMA wal_checkpoint(RESTART)');
  db.exec("INSERT INTO metadata (name, value) VALUES ('next', x'00')");
  const copy = join(dir, 'copy.db');
  for (const part of ['', '-wal']) copyFileSync(`${file}${part}`, `${copy}${part}`);
  db.close();
  expect(statSync(`${copy}-wal`).size).toBe(frameAt(COMMITS));
  expect(commitsIn(copy)).toBe(COMMITS + 1);
});

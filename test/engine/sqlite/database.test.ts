import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/engine/sqlite/database.ts';

const FULL = 2;

it('a database syncs its log at every commit, now and when it is opened again', () => {
  const dir = mkdtempSync(join(tmpdir(), 'agentbus-database-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const _time of ['first', 'second']) {
    const { db, close } = openDatabase(join(dir, 'test.db'));
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: FULL });
    close();
  }
});

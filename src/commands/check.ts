import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';
import { EngineError } from '../engine/engine.ts';
import { openToRead } from '../engine/sqlite/backup/inspect.ts';
import { checkData } from '../engine/sqlite/check-data.ts';
import { DATABASE_FILE } from '../engine/sqlite/database.ts';
import { lockDirectory } from '../engine/sqlite/lock.ts';
import { assertLogWhole } from '../engine/sqlite/log-check.ts';
import { assertNotOlder } from '../engine/sqlite/log-mark.ts';
import { MIGRATIONS } from '../engine/sqlite/schema.ts';
import { type Env, parseFileAndDir } from './file-and-dir.ts';

/**
 * `agentbus check`: reads all data of a bus, or of a backup, and says what is wrong with it; the exit code is 1 if anything is.
 * Beside a bus that runs it sees the data as they are at one moment, and leaves out the log, which changes under it.
 */
export function runCheck(args: readonly string[], env: Env): Promise<void> {
  const { file: named, dataDir } = parseFileAndDir(args, env);
  const file = named ?? join(dataDir, DATABASE_FILE);
  if (!existsSync(file)) throw new ConfigError(`there is no ${file}`);
  const atRest = named === undefined && !isInUse(dataDir);
  if (atRest) assertLogWhole(file);
  const db = openToRead(file);
  try {
    if (atRest) assertNotOlder(db, file);
    const version = db.prepare('PRAGMA user_version').get()?.user_version as number;
    if (version < MIGRATIONS.length) {
      throw new ConfigError(`${file} was written by an earlier version (schema ${version}); start the bus on it once`);
    }
    db.exec('BEGIN');
    const { checked, unchecked, problems } = checkData(db);
    for (const problem of problems) process.stdout.write(`${problem}\n`);
    const older = unchecked === 0 ? '' : `, ${unchecked} of an earlier version without one`;
    const verdict = problems.length === 0 ? 'nothing is wrong' : `${problems.length} lines above`;
    process.stdout.write(`${file}: ${checked} checksums compared${older}: ${verdict}\n`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    db.close();
  }
  return Promise.resolve();
}

function isInUse(dataDir: string): boolean {
  try {
    lockDirectory(dataDir, process.pid).release();
    return false;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'locked') return true;
    throw error;
  }
}

import { join } from 'node:path';
import { makeFolder } from '../../lib/make-folder.ts';
import type { Engine } from '../engine.ts';
import { EngineError } from '../engine.ts';
import type { AssembleOptions } from './assemble.ts';
import { assembleEngine } from './assemble.ts';
import { DATABASE_FILE, IN_MEMORY } from './database.ts';
import type { DirectoryLock } from './lock.ts';
import { lockDirectory } from './lock.ts';
import { startWorkerLink } from './worker-link.ts';

export interface SqliteEngineOptions extends AssembleOptions {
  /** Made if it is missing; `:memory:` keeps nothing. */
  readonly dataDir: string;
}

/**
 * Opens the embedded engine: SQLite in a worker thread, mailbox state in memory.
 * Rejects as `locked`, `newer_schema`, `corrupt` or, where the disk is at fault, `failed`.
 */
export async function openSqliteEngine(options: SqliteEngineOptions): Promise<Engine> {
  const { dataDir } = options;
  if (dataDir === IN_MEMORY) {
    return await assembleEngine(options, { link: startWorkerLink({ file: IN_MEMORY }), inMemory: true, release() {} });
  }
  const lock = takeDirectory(dataDir);
  try {
    const link = startWorkerLink({ file: join(dataDir, DATABASE_FILE) });
    return await assembleEngine(options, { link, inMemory: false, release: () => lock.release() });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Only its owner may look into the directory: it holds everybody's messages. */
function takeDirectory(dataDir: string): DirectoryLock {
  try {
    makeFolder(dataDir);
    return lockDirectory(dataDir, process.pid);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new EngineError('failed', `cannot use ${dataDir}: ${message}`, { facts: { dataDir }, cause: error });
  }
}

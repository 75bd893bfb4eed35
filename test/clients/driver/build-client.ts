import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClientCommands } from './client-commands.ts';
import { runCommand } from './run-command.ts';

/** Longest that a first build may take, which fetches and compiles everything that the client depends on. */
export const BUILD_MS = 15 * 60_000;

const LOCKS = join(import.meta.dirname, '../../../.tmp');
/** Between two looks whether another process has finished its build. */
const POLL_MS = 200;

/** Builds a client and its testee. One process at a time: package managers do not expect another one in their folder. */
export async function buildClient({ name, folder, build }: ClientCommands): Promise<void> {
  const release = await lock(name);
  try {
    for (const command of build) await runCommand(command, folder);
  } finally {
    release();
  }
}

/** An exclusive transaction, because the operating system ends it with its process, however that ends. */
async function lock(name: string): Promise<() => void> {
  mkdirSync(LOCKS, { recursive: true });
  const database = new DatabaseSync(join(LOCKS, `build-${name}.lock`));
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return () => database.close();
    } catch (thrown) {
      if ((thrown as { errcode?: number }).errcode !== SQLITE_BUSY) throw thrown;
    }
    await pause(POLL_MS);
  }
}

const SQLITE_BUSY = 5;

import { ConfigError } from '../config.ts';
import { restore } from '../engine/sqlite/backup/restore.ts';
import { type Env, parseFileAndDir } from './file-and-dir.ts';

/** `agentbus restore`: makes a data directory of a backup. */
export async function runRestore(args: readonly string[], env: Env): Promise<void> {
  const { file, dataDir, namesDir } = parseFileAndDir(args, env);
  // Where data goes is said, and not left to a default.
  if (file === undefined || !namesDir) throw new ConfigError('usage: agentbus restore FILE --data-dir DIRECTORY');
  const madeAt = await restore({ file, dataDir, pid: process.pid });
  process.stdout.write(`${dataDir}: the data of ${new Date(madeAt).toISOString()}, checked\n`);
}

import { ConfigError } from '../config.ts';
import { backUp } from '../engine/sqlite/backup/back-up.ts';
import { type Env, parseFileAndDir } from './file-and-dir.ts';

/** `agentbus backup`: copies the data of a bus, running or not, into one file. */
export async function runBackup(args: readonly string[], env: Env): Promise<void> {
  const { file, dataDir } = parseFileAndDir(args, env);
  if (file === undefined) throw new ConfigError('usage: agentbus backup FILE [--data-dir DIRECTORY]');
  const startedAt = Date.now();
  const bytes = await backUp({ dataDir, file, at: startedAt });
  const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
  process.stdout.write(`${file}: ${(bytes / 2 ** 20).toFixed(1)} MiB in ${seconds} s, checked\n`);
}

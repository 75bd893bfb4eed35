import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SOURCE = new URL('./faulty-disk.c', import.meta.url).pathname;

/** Why this machine cannot have a faulty disk; undefined where it can. */
export function missingForFaultyDisk(): string | undefined {
  if (process.platform !== 'linux') return 'LD_PRELOAD as it is used here is a thing of Linux';
  if (spawnSync('cc', ['--version']).status !== 0) return 'this machine has no C compiler (cc)';
  return undefined;
}

/** Compiles the library into a folder and returns its path. Rejects with what the compiler says. */
export async function buildFaultyDisk(dir: string): Promise<string> {
  const library = join(dir, 'faulty-disk.so');
  const flags = ['-Wall', '-Wextra', '-Werror', '-O2', '-shared', '-fPIC'];
  await promisify(execFile)('cc', [...flags, '-o', library, SOURCE, '-ldl', '-lpthread']);
  return library;
}

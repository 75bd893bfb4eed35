import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const SOURCE = new URL('./faulty-disk.c', import.meta.url).pathname;
const FLAGS = ['-Wall', '-Wextra', '-Werror', '-O2', '-shared', '-fPIC'];

/** Why this machine cannot have a faulty disk; undefined where it can. */
export function missingForFaultyDisk(): string | undefined {
  if (process.platform !== 'linux') return 'LD_PRELOAD as it is used here is a thing of Linux';
  if (spawnSync('cc', ['--version']).status !== 0) return 'this machine has no C compiler (cc)';
  return undefined;
}

/** Compiles the library into a folder and returns its path. Throws with what is missing or what the compiler says. */
export function buildFaultyDisk(dir: string): string {
  const missing = missingForFaultyDisk();
  if (missing !== undefined) throw new Error(`there is no faulty disk here: ${missing}`);
  const library = join(dir, 'faulty-disk.so');
  execFileSync('cc', [...FLAGS, '-o', library, SOURCE, '-ldl', '-lpthread']);
  return library;
}

import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { syncFolder } from './sync-folder.ts';

/**
 * Makes a folder, and those above it that are missing, for its owner alone. What is synced in it afterwards is there after
 * a power cut: the folder is. Does nothing to one that is there.
 */
export function makeFolder(path: string): void {
  const made = mkdirSync(path, { recursive: true, mode: 0o700 });
  if (made === undefined) return;
  // Each name is in the folder above it.
  const top = dirname(resolve(made));
  for (let at = dirname(resolve(path)); ; at = dirname(at)) {
    syncFolder(at);
    if (at === top || at === dirname(at)) return;
  }
}

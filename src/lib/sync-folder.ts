import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Makes durable which files are in a folder: a file whose name is not synced may be gone after a power cut, synced or not. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

import { randomUUID } from 'node:crypto';
import { link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../lib/sync-folder.ts';

export interface WriteOptions {
  /** What happens if the file is there already: it gets the new content, or the call rejects with the code EEXIST. */
  readonly ifThere: 'replace' | 'reject';
}

/**
 * Writes a file, whole or not at all, readable by its owner alone. A power cut after it resolves leaves the new
 * content, one before it what was there.
 */
export async function writeDurably(path: string, text: string, { ifThere }: WriteOptions): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  await writeSynced(draft, text);
  if (ifThere === 'replace') await rename(draft, path);
  else await link(draft, path).finally(() => unlink(draft));
  syncFolder(dirname(path));
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MIGRATIONS } from '../../src/engine/sqlite/schema.ts';
import { fillStore, type StoreContent } from './fill-store.ts';

/** Stores of given sizes: each is made once, and every run works on a copy. */
export interface Stores {
  /** A data directory of its own with such a store in it. */
  copy(content: StoreContent): string;
  /** Removes a copy. */
  discard(dataDir: string): void;
  /** Removes all copies, and what was made if nobody named a place to keep it. */
  close(): void;
}

/** `cache`: a directory that keeps what was made for the next run; absent, everything goes at the end. */
export function openStores(cache: string | undefined): Stores {
  const root = cache ?? mkdtempSync(join(tmpdir(), 'agentbus-scale-'));
  mkdirSync(root, { recursive: true });
  const copies = join(root, `run-${process.pid}`);
  mkdirSync(copies);
  let made = 0;
  const original = (content: StoreContent): string => {
    const { pending, mailboxes, remembered } = content;
    const path = join(root, `v${MIGRATIONS.length}-${pending}-${mailboxes}-${remembered}`);
    if (existsSync(path)) return path;
    const startedAt = performance.now();
    // Under another name until it is whole, so that a run that is broken off leaves no half of a store.
    const draft = `${path}.draft`;
    rmSync(draft, { recursive: true, force: true });
    fillStore(draft, content);
    renameSync(draft, path);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    console.log(`made a store of ${pending} waiting and ${remembered} remembered messages in ${seconds} s`);
    return path;
  };
  return {
    copy(content) {
      const path = join(copies, String(++made));
      cpSync(original(content), path, { recursive: true });
      return path;
    },
    discard: (dataDir) => rmSync(dataDir, { recursive: true, force: true }),
    close() {
      rmSync(copies, { recursive: true, force: true });
      if (cache === undefined) rmSync(root, { recursive: true, force: true });
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFaultyDisk, missingForFaultyDisk } from './build-faulty-disk.ts';
import { createFaultyDisk, type FaultyDisk, type FaultyDiskOptions } from './faulty-disk.ts';

/** Makes disks for the tests of one file. */
export interface DiskWorkshop {
  /** A disk and a data directory of its own, both gone when the tests are over. */
  make(options?: Pick<FaultyDiskOptions, 'log' | 'watched'>): Promise<{ disk: FaultyDisk; dataDir: string }>;
}

/** Describes tests that need the library, and says in the title why they are skipped where it cannot be built. */
export function describeWithFaultyDisk(title: string, body: (workshop: DiskWorkshop) => void): void {
  const missing = missingForFaultyDisk();
  // In CI nothing may be left out without anybody noticing.
  if (process.env.CI) test(`${title}: the faulty disk can be built here`, () => expect(missing).toBeUndefined());

  describe.skipIf(missing !== undefined)(missing === undefined ? title : `${title}: skipped, ${missing}`, () => {
    let dir: string;
    let library: string;
    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'agentbus-disk-'));
      library = buildFaultyDisk(dir);
    });
    afterAll(() => rm(dir, { recursive: true, force: true }));
    body({
      async make(options = {}) {
        const own = await mkdtemp(join(dir, 'disk-'));
        const dataDir = await mkdtemp(join(dir, 'data-'));
        return { disk: createFaultyDisk({ library, dir: own, ...options }), dataDir };
      },
    });
  });
}

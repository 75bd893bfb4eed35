import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createSeededRandom } from '../../client/seeded-random.ts';
import { startBusProcess } from '../../start-bus-process.ts';
import { createPowerCut } from '../strikes/power-cut.ts';
import { cutPower } from './cut-power.ts';
import { describeWithFaultyDisk } from './describe-with-faulty-disk.ts';
import { createSmallWork } from './small-work.ts';

// Goal: what was answered is there after the power went, also where the page cache had more than the disk.
// Method: real processes write through a library that remembers what no sync has followed; they are killed before or
// amid a write or a sync, then some of what was not synced is taken back, and the next process has to have what was answered.
const SEED = 20;
const CUTS = 8;
const WEAK_SYNC = `--import=${new URL('./programs/weak-sync.ts', import.meta.url)}`;
const CHANGE_NAMES = new URL('./programs/change-names.ts', import.meta.url).pathname;
/** Takes back all that a cut may take. */
const LOSES_ALL = { next: () => 0 };

describeWithFaultyDisk('a power cut', (workshop) => {
  test(`loses nothing that was answered (${CUTS} cuts, seed ${SEED})`, async () => {
    const { disk, dataDir } = await workshop.make({ log: true });
    const random = createSeededRandom(SEED);
    const strike = createPowerCut({ disk, random });
    const work = createSmallWork();
    let lostSectors = 0;
    for (let cut = 0; cut < CUTS; cut++) {
      const bus = await startBusProcess({ dataDir, env: disk.env });
      expect(await work.check(bus)).toBeUndefined();
      const before = work.accepted;
      await Promise.all([work.run(bus), work.waitForMore(5).then(() => strike.strike(bus))]);
      expect(work.accepted).toBeGreaterThan(before);
      lostSectors += cutPower({ dataDir, logDir: disk.logDir, random }).lostSectors;
      disk.mend();
    }
    expect(lostSectors).toBeGreaterThan(0);
    const bus = await startBusProcess({ dataDir });
    expect(await work.check(bus)).toBeUndefined();
    expect(await bus.stop()).toBe(0);
  }, 60_000);

  test('leaves the data directory that a bus has made', async () => {
    const { disk, dataDir: above } = await workshop.make({ log: true });
    const dataDir = join(above, 'new', 'data');
    const work = createSmallWork();
    const bus = await startBusProcess({ dataDir, env: { ...disk.env, FAULTY_DISK_DIR: above } });
    await Promise.all([work.run(bus), work.waitForMore(20).then(() => bus.kill())]);
    cutPower({ dataDir: above, logDir: disk.logDir, random: LOSES_ALL });
    const next = await startBusProcess({ dataDir });
    expect(await work.check(next)).toBeUndefined();
    await next.kill();
  });

  // What shows that the tests above can fail.
  test.each([
    { fault: 'a disk that says "synced" and has nothing', lies: true, env: {} },
    { fault: 'a store that syncs at checkpoints only', lies: false, env: { NODE_OPTIONS: WEAK_SYNC } },
  ])('is noticed with $fault', async ({ lies, env }) => {
    const { disk, dataDir } = await workshop.make({ log: true });
    const work = createSmallWork();
    const bus = await startBusProcess({ dataDir, env: { ...disk.env, ...env } });
    const exited = once(bus.child, 'exit');
    if (lies) disk.arm({ call: 'sync', action: 'lie', from: 1, count: 0 });
    await Promise.all([work.run(bus), work.waitForMore(100).then(() => bus.kill())]);
    await exited;
    expect(cutPower({ dataDir, logDir: disk.logDir, random: LOSES_ALL }).lostSectors).toBeGreaterThan(0);
    // By the bus itself, if its log mark outlived what the mark speaks of.
    const next = await startBusProcess({ dataDir }).catch((error: Error) => error);
    if (next instanceof Error) return expect(next.message).toContain('has lost what the bus answered last');
    expect(await work.check(next)).toMatch(/accepted messages are lost|answered changes of the session are lost/);
    await next.kill();
  });

  test('takes back the names that no sync of their folder followed, and no others', async () => {
    const { disk, dataDir } = await workshop.make({ log: true });
    const env = { ...process.env, ...disk.env, FAULTY_DISK_DIR: dataDir };
    await promisify(execFile)(process.execPath, [CHANGE_NAMES, dataDir], { env });
    expect(await readdir(dataDir)).toEqual(['old']);
    const cut = cutPower({ dataDir, logDir: disk.logDir, random: LOSES_ALL });
    expect(cut).toMatchObject({ unsyncedNames: 3, lostNames: 3 });
    expect((await readdir(dataDir)).sort()).toEqual(['gone', 'old']);
  });
});

import { describe, expect, it, onTestFinished } from 'vitest';
import { SQLITE_LIMITS, STORE_LIMITS } from '../../../src/limits.ts';
import { createFakeClock } from '../../fake-clock.ts';
import type { Rig } from '../contract/rig.ts';
import { AGENT, createRig } from '../contract/rig.ts';
import { openOnDisk } from '../sqlite-under-test.ts';

async function openRig(): Promise<Rig> {
  const rig = await createRig({
    clock: createFakeClock(),
    limits: STORE_LIMITS,
    open: (options) => openOnDisk(options),
    disposeLater: (opened) => onTestFinished(() => opened.dispose()),
  });
  return rig;
}

/** How many writes each commit carried. */
function groups({ observed }: Rig): number[] {
  return observed.committed.map(({ writes }) => writes);
}

describe('group commit', () => {
  it('makes all writes of one turn durable together', async () => {
    const rig = await openRig();
    await Promise.all(Array.from({ length: 100 }, () => rig.send()));
    expect(groups(rig)).toEqual([100]);
  });

  it('makes what comes while the disk is busy durable together', async () => {
    const rig = await openRig();
    const first = rig.send();
    // After the first one has left for the worker.
    await Promise.resolve();
    await Promise.resolve();
    await Promise.all([first, ...Array.from({ length: 30 }, () => rig.send())]);
    expect(groups(rig)).toEqual([1, 30]);
  });

  it('bounds a group by the number of its operations', async () => {
    const rig = await openRig();
    const { maxBatchOperations } = SQLITE_LIMITS;
    await Promise.all(Array.from({ length: maxBatchOperations * 2 + 1 }, () => rig.send()));
    expect(groups(rig)).toEqual([maxBatchOperations, maxBatchOperations, 1]);
  });

  it('bounds a group by its bytes, but lets every message through', async () => {
    const rig = await openRig();
    const envelope = new Uint8Array(SQLITE_LIMITS.maxBatchBytes);
    await Promise.all(Array.from({ length: 3 }, () => rig.send({ envelope })));
    expect(groups(rig)).toEqual([1, 1, 1]);
  });

  it('counts reading as no write', async () => {
    const rig = await openRig();
    await rig.engine.sessions.load('none');
    await rig.engine.journal.flush();
    expect(groups(rig)).toEqual([]);
  });

  it('writes once for the acknowledgement of many', async () => {
    const rig = await openRig();
    await Promise.all(Array.from({ length: 50 }, () => rig.send()));
    const leases = await rig.lease();
    const before = rig.observed.committed.length;
    await Promise.all(leases.map(({ deliveryId }) => rig.engine.mailboxes.acknowledge(AGENT, [deliveryId])));
    expect(groups(rig).slice(before)).toEqual([50]);
  });

  it('shows an operation what came before it in its group', async () => {
    const rig = await openRig();
    const [, holdsData] = await Promise.all([rig.accept([rig.message()]), rig.engine.metadata.holdsData()]);
    expect([holdsData, groups(rig)]).toEqual([true, [1]]);
  });
});

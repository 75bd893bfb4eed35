import { describe, expect, it, onTestFinished } from 'vitest';
import { SQLITE_LIMITS, STORE_LIMITS } from '../../../src/limits.ts';
import { createFakeClock } from '../../fake-clock.ts';
import type { Rig } from '../contract/rig.ts';
import { AGENT, createRig } from '../contract/rig.ts';
import { openOnDisk } from '../sqlite-under-test.ts';

async function openRig(): Promise<Rig> {
  return await createRig({
    clock: createFakeClock(),
    limits: STORE_LIMITS,
    open: (options) => openOnDisk(options),
    disposeLater: (opened) => onTestFinished(() => opened.dispose()),
  });
}

async function acknowledgeAll(rig: Rig): Promise<void> {
  const leases = await rig.lease({ limit: 1e6 });
  const ids = leases.map((lease) => lease.deliveryId);
  expect(await rig.engine.mailboxes.acknowledge(AGENT, ids)).toEqual({ stale: [], tagged: [] });
}

/** Lets so much time pass that every pass of housekeeping that is due has begun, and awaits its steps. */
async function letPass(rig: Rig, ms: number): Promise<void> {
  rig.clock.advance(ms);
  for (let steps = 0; steps < 10; steps++) await rig.engine.journal.flush();
}

describe('housekeeping', () => {
  it('forgets more records than one step looks at, and passes over those that wait', async () => {
    const rig = await openRig();
    const waiting = await rig.send({ recipients: ['test://absent'] });
    const count = SQLITE_LIMITS.forgetStepRecords * 3;
    const sent = await Promise.all(Array.from({ length: count }, () => rig.send()));
    await acknowledgeAll(rig);
    await letPass(rig, STORE_LIMITS.retention.messageAgeMs);
    await letPass(rig, SQLITE_LIMITS.forgetIntervalMs);
    const records = await rig.engine.messages.find(sent);
    // The newest record stays until there is a newer one.
    expect(records.filter((record) => record.length > 0)).toHaveLength(1);
    expect(records.at(-1)).toHaveLength(1);
    expect(await rig.record(waiting)).toMatchObject({ state: 'queued' });
    await rig.send();
    await letPass(rig, SQLITE_LIMITS.forgetIntervalMs);
    expect(await rig.record(sent.at(-1)!)).toBeUndefined();
  });

  it('takes the mark off a mailbox that nobody uses', async () => {
    const rig = await openRig();
    await rig.send();
    await acknowledgeAll(rig);
    await letPass(rig, SQLITE_LIMITS.forgetIntervalMs);
    await letPass(rig, SQLITE_LIMITS.forgetIntervalMs);
    await rig.send();
    await rig.reopen('crashed');
    expect(await rig.leaseOne()).not.toHaveProperty('redeliveredBecause');
  });

  it('leaves the mark on a mailbox that is in use, and sets it again when use begins again', async () => {
    const rig = await openRig();
    await rig.send();
    await rig.leaseOne({ leaseMs: 1e9 });
    await letPass(rig, SQLITE_LIMITS.forgetIntervalMs * 3);
    rig.engine.mailboxes.releaseHolder(AGENT, 'holder-1', 'all');
    await acknowledgeAll(rig);
    await letPass(rig, SQLITE_LIMITS.forgetIntervalMs * 3);
    await rig.send();
    await rig.leaseOne({ leaseMs: 1e9 });
    await rig.reopen('crashed');
    expect(await rig.leaseOne()).toMatchObject({ redeliveredBecause: 'bus_restarted' });
  });
});

import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callJson } from '../../call-json.ts';
import { createSeededRandom } from '../../client/seeded-random.ts';
import { type BusProcess, startBusProcess } from '../../start-bus-process.ts';
import { cutPower } from './cut-power.ts';
import { describeWithFaultyDisk } from './describe-with-faulty-disk.ts';
import type { DiskFault, FaultyDisk } from './faulty-disk.ts';
import { createSmallWork, type SmallWork } from './small-work.ts';

// Goal: a bus whose disk fails stops with exit code 70 and says so, or does not start and says so; it answers nothing
// that it asked of the disk after the failure, and once the disk is mended it has all that it answered before.
// Method: real processes, and a library in front of libc that lets one chosen call fail. Each fault has to strike. After a
// sync that failed the power goes too, because the system may have dropped what it could not write.
const SEED = 7;
const STORE_FAILED = 70;
const REFUSED = 1;

type Fault = Omit<DiskFault, 'from'> & { readonly within: number };

describeWithFaultyDisk('a disk that fails', (workshop) => {
  const random = createSeededRandom(SEED);
  const place = ({ within, ...fault }: Fault): DiskFault => ({
    ...fault,
    from: 1 + Math.floor(random.next() * within),
  });

  const expectAllThere = async (dataDir: string, work: SmallWork): Promise<void> => {
    const bus = await startBusProcess({ dataDir });
    expect(await work.check(bus)).toBeUndefined();
    expect(await bus.stop()).toBe(0);
  };

  test.each<Fault>([
    { call: 'sync', action: 'EIO', file: '', within: 12 },
    { call: 'write', action: 'ENOSPC', file: '', within: 40, count: 0 },
    { call: 'open', action: 'EMFILE', file: '', within: 3 },
    { call: 'open', action: 'EIO', file: 'agentbus.db', within: 1 },
    { call: 'open', action: 'EIO', file: '-wal', within: 1 },
  ])('keeps a new bus from starting: $call $action $file', async (fault) => {
    const { disk, dataDir } = await workshop.make();
    disk.arm(place(fault));
    await expectRefused({ dataDir, env: disk.env });
    expect(disk.struck().count).toBeGreaterThan(0);
    await expectAllThere(dataDir, createSmallWork());
  });

  test.each<Fault>([
    { call: 'read', action: 'EIO', file: '-wal', within: 20 },
    { call: 'sync', action: 'EIO', file: '-wal', within: 1 },
    { call: 'write', action: 'EIO', file: '-wal', within: 2 },
  ])('keeps a bus with data from starting: $call $action $file', async (fault) => {
    const { disk, dataDir } = await workshop.make();
    const work = createSmallWork();
    const before = await startBusProcess({ dataDir });
    await Promise.all([work.run(before), work.waitForMore(50).then(() => before.kill())]);
    disk.arm(place(fault));
    await expectRefused({ dataDir, env: disk.env });
    expect(disk.struck().count).toBeGreaterThan(0);
    await expectAllThere(dataDir, work);
  });

  test.each<Fault>([
    { call: 'sync', action: 'EIO', within: 60 },
    { call: 'write', action: 'EIO', within: 200 },
    // There is room again at once: the bus must not go on as if there had always been.
    { call: 'write', action: 'ENOSPC', within: 200, count: 1 },
    { call: 'write', action: 'ENOSPC', within: 200, count: 0 },
  ])('ends a bus at work: $call $action', async (fault) => {
    const { disk, dataDir } = await workshop.make({ log: true });
    const work = createSmallWork();
    const bus = await startBusProcess({ dataDir, env: disk.env });
    const exited = once(bus.child, 'exit');
    await Promise.all([work.run(bus), work.waitForMore(20).then(() => disk.arm(place(fault)))]);
    expect(await exited).toEqual([STORE_FAILED, null]);
    expectToldAndSilent({ bus, disk, work });
    cutPower({ dataDir, logDir: disk.logDir, random });
    await expectAllThere(dataDir, work);
  });

  test.each<Fault>([
    { call: 'read', action: 'EIO', file: '-wal', within: 5 },
    { call: 'write', action: 'EIO', file: 'agentbus.db', within: 5 },
    { call: 'sync', action: 'EIO', file: 'agentbus.db', within: 1 },
    { call: 'truncate', action: 'EIO', file: '-wal', within: 1 },
  ])('ends a bus that stops, with another code than 0: $call $action $file at the last checkpoint', async (fault) => {
    const { disk, dataDir } = await workshop.make({ log: true });
    const work = createSmallWork();
    const bus = await startBusProcess({ dataDir, env: disk.env });
    const stop = new AbortController();
    await Promise.all([work.run(bus, stop.signal), work.waitForMore(50).then(() => stop.abort())]);
    disk.arm(place(fault));
    expect({ code: await bus.stop(), struck: disk.struck().count }).toEqual({ code: STORE_FAILED, struck: 1 });
    // Nothing tries to write it back once more, which would succeed without what the disk has dropped, and delete it.
    expect(statSync(join(dataDir, 'agentbus.db-wal')).size).toBeGreaterThan(0);
    cutPower({ dataDir, logDir: disk.logDir, random });
    await expectAllThere(dataDir, work);
  });

  test('ends a bus whose log is full when it cannot be written back', async () => {
    const { disk, dataDir } = await workshop.make({ log: true });
    const work = createSmallWork();
    const bus = await startBusProcess({ dataDir, env: disk.env });
    const exited = once(bus.child, 'exit');
    // The store writes its log back at 32 MiB.
    await Promise.all([
      work.run(bus),
      work.waitForMore(20).then(() => disk.arm({ ...WRITE_BACK, from: 3 })),
      fillLog(bus),
    ]);
    expect(await exited).toEqual([STORE_FAILED, null]);
    expectToldAndSilent({ bus, disk, work });
    cutPower({ dataDir, logDir: disk.logDir, random });
    await expectAllThere(dataDir, work);
  });

  test('goes unnoticed where it only writes less than it was asked to', async () => {
    const { disk, dataDir } = await workshop.make();
    const work = createSmallWork();
    const bus = await startBusProcess({ dataDir, env: disk.env });
    const stop = new AbortController();
    disk.arm({ call: 'write', action: 'short', from: 1, count: 500 });
    await Promise.all([work.run(bus, stop.signal), work.waitForMore(50).then(() => stop.abort())]);
    expect(disk.struck().count).toBeGreaterThan(50);
    expect(await bus.stop()).toBe(0);
    await expectAllThere(dataDir, work);
  });
});

const WRITE_BACK = { call: 'write', action: 'EIO', file: 'agentbus.db' } as const;

/** Sends messages of 3 MiB until the bus is gone; at most 60 MiB. */
async function fillLog({ address, apiKey }: BusProcess): Promise<void> {
  const agent = { agent_id: 'test://filler' };
  await callJson({ address, apiKey, method: 'AgentService/RegisterAgent', body: { agent } });
  for (let count = 0; count < 20; count++) {
    const message = {
      message_id: `filler-${count}`,
      sender: agent,
      recipient: agent,
      message_type: 'MESSAGE_TYPE_NOTIFICATION',
      payload: { text: 'x'.repeat(3 * 1024 * 1024) },
    };
    const sent = callJson({ address, apiKey, method: 'MessageService/SendMessage', body: { message } });
    if (
      !(await sent.then(
        () => true,
        () => false,
      ))
    )
      return;
  }
}

async function expectRefused(options: { dataDir: string; env: Readonly<Record<string, string>> }): Promise<void> {
  const told = await startBusProcess(options).then(
    async (bus) => `it started, and ended with ${await bus.stop()}`,
    (error: Error) => error.message,
  );
  expect(told).toMatch(new RegExp(`^the bus ended with (${REFUSED}|${STORE_FAILED}) before it listened`));
  expect(told).toContain(options.dataDir);
  // One line for the operator, and no stack.
  expect(told).not.toMatch(/\n\s+at /);
}

/** That the bus said why it ended, and gave no answer to what it was asked after its disk had failed. */
function expectToldAndSilent({ bus, disk, work }: { bus: BusProcess; disk: FaultyDisk; work: SmallWork }): void {
  const { count, at } = disk.struck();
  expect(count).toBeGreaterThan(0);
  expect(bus.stderr()).toContain('the store failed');
  // A millisecond more: the clocks of the two processes are one, but theirs are rounded.
  expect(work.answeredSentAt.filter((sentAt) => sentAt > at + 1)).toEqual([]);
}

/**
 * What the disk allows: a log that takes whatever waits, appends it with one write and one fdatasync, and only then says that it is there.
 * A message is one record, its acknowledgement a second one that is written after the first is on disk. No network, no index, no second
 * reader, and a file that is written again from its start once it is full, as a write-ahead log is.
 */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { conduct, type Load } from '../load/conduct.ts';
import { createDriver, type Driver } from '../load/drive.ts';
import { createLedger } from '../load/ledger.ts';
import { createMeter } from '../load/meter.ts';
import { createClosedLoop, createOpenLoop } from '../load/pace.ts';
import type { RoundsScenario } from '../peer.ts';

/** The argument of this process, as JSON. */
export interface AppendLogArguments {
  readonly dir: string;
  readonly scenario: RoundsScenario;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** What stands around the content of a message, and an acknowledgement: ids and addresses. */
const HEAD_BYTES = 100;
const ACK_BYTES = 32;
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const OPEN_LOOP_CAPACITY = 2 ** 20;

const { dir, scenario, warmUpSeconds, seconds } = JSON.parse(process.argv[2] ?? '{}') as AppendLogArguments;
const meter = createMeter();
await conduct({ load: openLog(), meter, warmUpSeconds, seconds });

function openLog(): Load {
  const { pairs, rate, bytes } = scenario;
  const window = scenario.window * pairs;
  const ledger = createLedger({ meter, capacity: rate === undefined ? window * 2 : OPEN_LOOP_CAPACITY });
  const path = join(dir, 'append-log');
  const file = openSync(path, 'w');
  const messageRecord = Buffer.alloc(HEAD_BYTES + bytes, 7);
  const ackRecord = Buffer.alloc(ACK_BYTES, 9);
  let position = 0;
  let driver: Driver | undefined;
  let isOver = false;
  /** Messages that wait for the disk, and acknowledgements of those that are on it. */
  let sends: number[] = [];
  let acks: number[] = [];

  function commit(): void {
    const [sent, acknowledged] = [sends, acks];
    const bytesOfGroup = sent.length * messageRecord.length + acknowledged.length * ackRecord.length;
    const group = Buffer.allocUnsafe(bytesOfGroup);
    let at = 0;
    for (let index = 0; index < sent.length; index++) at += messageRecord.copy(group, at);
    for (let index = 0; index < acknowledged.length; index++) at += ackRecord.copy(group, at);
    if (position + group.length > MAX_FILE_BYTES) position = 0;
    for (let written = 0; written < group.length; )
      written += writeSync(file, group, written, group.length - written, position + written);
    fdatasyncSync(file);
    position += group.length;
    [sends, acks] = [[], sent];
    const now = performance.now();
    for (const message of sent) {
      ledger.accepted(message, now);
      ledger.delivered(message, now);
    }
    for (const message of acknowledged) ledger.acknowledged(message, now);
  }

  function turn(): void {
    if (isOver) return;
    driver?.look();
    if (sends.length + acks.length > 0) commit();
    setImmediate(turn);
  }

  return {
    start() {
      const pace =
        rate === undefined
          ? createClosedLoop(ledger, { window, batch: 1 })
          : createOpenLoop(ledger, { startsAt: performance.now(), perSecond: rate });
      driver = createDriver({ ledger, pace, batch: 1, send: (message) => void sends.push(message) });
      turn();
    },
    stop: () => driver?.stop(),
    isIdle: () => ledger.underWay === 0,
    counts: () => ledger.counts,
    close() {
      isOver = true;
      closeSync(file);
      rmSync(path);
    },
  };
}

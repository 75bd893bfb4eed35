/**
 * Commits messages and events, many at a time, and writes the name of each one to
 * a report once its commit has resolved: what the report says must survive whatever
 * happens next. Every third message is acknowledged, which is reported too. Says so
 * on stdout when there is enough in the report.
 */
import { openSync, writeSync } from 'node:fs';
import type { Engine } from '../../../src/engine/engine.ts';
import { openForReal, RECEIVER, send } from './open-engine.ts';

const LANES = 20;
const ENOUGH = 2_000;

const [dataDir = '', reportFile = ''] = process.argv.slice(2);
const file = openSync(reportFile, 'a');
let lines = 0;

// Handed to the system at once: a line that waits in memory would die with the process.
function report(line: string): void {
  writeSync(file, `${line}\n`);
  if (++lines === ENOUGH) process.stdout.write('enough\n');
}

async function sendMessages(engine: Engine, lane: number): Promise<void> {
  for (let count = 0; ; count++) {
    const name = `message-${lane}-${count}`;
    await send(engine, name);
    report(`committed ${name}`);
    if (count % 3 > 0) continue;
    const [lease] = await engine.mailboxes.lease({
      agentId: RECEIVER,
      holder: `${lane}`,
      limit: 1,
      maxBytes: 1,
      leaseMs: 60_000,
    });
    if (lease === undefined) continue;
    await engine.mailboxes.acknowledge(RECEIVER, [lease.deliveryId]);
    report(`acknowledged ${lease.messageId}`);
  }
}

async function appendEvents(engine: Engine, lane: number): Promise<void> {
  const index = { state: 'active', members: [], labels: {} };
  for (let sequence = 0; ; sequence++) {
    const append = {
      sessionId: `session-${lane}`,
      expectedSequence: sequence,
      events: [Buffer.from(`event ${sequence + 1}`)],
    };
    await engine.journal.commit({ append: sequence === 0 ? { ...append, index } : append });
    report(`appended ${lane} ${sequence + 1}`);
  }
}

const engine = await openForReal(dataDir);
await Promise.all(
  Array.from({ length: LANES }, (_, lane) => Promise.all([sendMessages(engine, lane), appendEvents(engine, lane)])),
);

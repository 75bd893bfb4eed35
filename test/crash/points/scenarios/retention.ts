import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as elapse } from 'node:timers/promises';
import type { BusProcess } from '../../../start-bus-process.ts';
import { AGENT, call, dropAll, listDeadLetters, receiveAll, type Scenario, sendAll, tryCall } from './scenario.ts';

const ACKNOWLEDGED = ids('done', 20);
const DEAD = ids('dead', 10);
const WAITING = ids('waits', 5);
const SESSIONS = ids('sess_past', 5);
/** Longest wait for everything old to be forgotten; it takes some seconds. */
const PATIENCE_MS = 30_000;

/** Lets everything that has ended grow old, and the bus die while it forgets it. */
export function forgetWhatHasEnded(): Scenario {
  return {
    // `die-at-point.ts` makes seconds of what are minutes and days otherwise.
    env: { CRASH_HASTE: '1' },
    async prepare(bus) {
      await sendAll(bus, DEAD);
      await dropAll(bus, await receiveAll(bus));
      await sendAll(bus, ACKNOWLEDGED);
      const delivery_ids = (await receiveAll(bus)).map(({ delivery_id }) => delivery_id);
      await call(bus, 'MessageService/AcknowledgeMessages', { agent_id: AGENT, delivery_ids });
      await sendAll(bus, WAITING);
      for (const session_id of SESSIONS) {
        await call(bus, 'SessionService/CreateSession', { session_id, orchestrator: AGENT });
        await call(bus, 'SessionService/CompleteSession', { session_id });
      }
    },
    async check(bus) {
      const deadline = Date.now() + PATIENCE_MS;
      let left = await whatIsLeft(bus);
      while (left.length > 0 && Date.now() < deadline) {
        await elapse(100);
        left = await whatIsLeft(bus);
      }
      assert.deepEqual(left, [], 'is forgotten');
      assert.deepEqual(
        (await receiveAll(bus)).map(({ message }) => message.message_id),
        WAITING,
      );
    },
    checkData(dataDir) {
      const db = new DatabaseSync(join(dataDir, 'agentbus.db'), { readOnly: true });
      const count = (sql: string): unknown => db.prepare(`SELECT (${sql}) AS number`).get()?.number;
      assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
      assert.equal(count('SELECT count(*) FROM mail'), WAITING.length);
      for (const table of ['dead_letters', 'sessions', 'events', 'snapshots', 'forgotten_sessions'])
        assert.equal(count(`SELECT count(*) FROM ${table}`), 0, table);
      for (const total of ['dead_letters', 'dead_letter_bytes', 'ended_session_bytes'])
        assert.equal(count(`SELECT value FROM state WHERE name = '${total}'`), 0, total);
      db.close();
    },
  };
}

function ids(prefix: string, length: number): string[] {
  return Array.from({ length }, (_, index) => `${prefix}-${index}`);
}

/** What has ended and is still known. The newest message is never forgotten, and it is none of these. */
async function whatIsLeft(bus: BusProcess): Promise<string[]> {
  const left: string[] = (await listDeadLetters(bus)).map(({ message }) => message.message_id);
  for (const message_id of [...ACKNOWLEDGED, ...DEAD]) {
    const { status } = await tryCall(bus, 'MessageService/GetMessageStatus', { sender: AGENT, message_id });
    if (status === 200) left.push(message_id);
  }
  for (const session_id of SESSIONS) {
    const { status } = await tryCall(bus, 'SessionService/GetSession', { session_id });
    if (status === 200) left.push(session_id);
  }
  return left;
}

import assert from 'node:assert/strict';
import type { CrashPointName } from '../../../../src/lib/crash-point.ts';
import { dropAll, listDeadLetters, receiveAll, type Scenario, sendAll, tryCall } from './scenario.ts';

const MESSAGES = Array.from({ length: 8 }, (_, index) => `m-${index}`);

/** Decides about one dead letter after the other, until the bus dies over one of them. */
export function decideAboutDeadLetters(point: CrashPointName): Scenario {
  const isPurge = point.includes('purge');
  const method = isPurge ? 'MessageService/PurgeDeadLetters' : 'MessageService/RedeliverDeadLetters';
  const decided: string[] = [];
  let underWay = '';
  return {
    async prepare(bus) {
      await sendAll(bus, MESSAGES);
      await dropAll(bus, await receiveAll(bus));
    },
    async provoke(bus) {
      for (const { dead_letter_id, message } of await listDeadLetters(bus)) {
        underWay = message.message_id;
        const body = { agent_id: 'crash://desk', dead_letter_ids: [dead_letter_id] };
        const answer = await tryCall(bus, method, body).catch(() => undefined);
        if (answer === undefined) return;
        assert.equal(answer.status, 200);
        decided.push(underWay);
      }
      assert.fail('every dead letter was decided about, and the bus is alive');
    },
    async check(bus) {
      const isDone = point === 'dead-letter.redelivered' || point === 'dead-letter.purged';
      const gone = isDone ? [...decided, underWay] : decided;
      const dead = (await listDeadLetters(bus)).map(({ message }) => message.message_id);
      assert.deepEqual(
        dead,
        MESSAGES.filter((id) => !gone.includes(id)),
      );
      const delivered = (await receiveAll(bus)).map(({ message }) => message.message_id);
      assert.deepEqual(delivered, isPurge ? [] : gone);
    },
  };
}

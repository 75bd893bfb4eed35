import type { DatabaseSync } from 'node:sqlite';
import type { MessageKey } from '../../engine.ts';
import type { Operation } from '../operation.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import { prepareMailDrop } from './mail-drop.ts';

export interface AcknowledgeRequest {
  readonly messages: readonly Acknowledged[];
  /**
   * For each message its deliveries, or 0 where the record would say the right number anyway, so that a first delivery
   * that is acknowledged writes nothing but the deletion.
   */
  readonly attempts: readonly number[];
}

export interface Acknowledged {
  readonly sequence: number;
  /** Where its envelope is stored apart from it; 0 if it is not. */
  readonly shared: number;
  /** 0 for a message that nobody wants to be told of. */
  readonly tag: number;
}

/** Removes mail for good. The reply names those with a tag that were there, in the order of the request. */
export const acknowledge: Operation<AcknowledgeRequest, MessageKey[]> = {
  writes: true,
  leavesNewRows: true,
  count: ({ messages }) => messages.length,
  encode(request, tape) {
    let index = 0;
    while (index < request.messages.length) {
      const run = lengthOfRun(request, index);
      if (run > 0) {
        tape.number(RUN);
        tape.number((request.messages[index] as Acknowledged).sequence);
        tape.number(run);
      } else encodeOne(request.messages[index] as Acknowledged, request.attempts[index] as number, tape);
      index += Math.max(run, 1);
    }
    tape.number(END);
  },
  prepare({ db }) {
    const dropRun = prepareRunDrop(db);
    const mail = prepareMailDrop(db);
    const count = db.prepare('UPDATE messages SET attempts = ? WHERE seq = ?');
    const name = db.prepare('SELECT sender, message_id AS messageId FROM messages WHERE seq = ?');
    const settleOne = (request: TapeReader, reply: TapeWriter): void => {
      const sequence = request.number();
      const attempts = request.number();
      const dropped = mail.drop(sequence, request.number());
      const tag = request.number();
      // What a withdrawal took first has its record as the withdrawal left it.
      if (!dropped) return;
      if (attempts > 0) count.run(attempts, sequence);
      if (tag > 0) encodeTagged(name.get(sequence) as unknown as MessageKey, reply);
    };
    return (request, reply) => {
      for (let kind = request.number(); kind !== END; kind = request.number()) {
        if (kind === RUN) dropRun(request.number(), request.number());
        else settleOne(request, reply);
      }
      reply.number(END);
    };
  },
  decode(tape) {
    if (tape.number() === END) return NOBODY;
    const tagged: MessageKey[] = [];
    do tagged.push({ sender: tape.text(), messageId: tape.text() });
    while (tape.number() !== END);
    return tagged;
  },
};

const NOBODY: MessageKey[] = [];

// What comes next on a tape. In the reply, `ONE` comes before each of those that are named.
const END = 0;
const ONE = 1;
/** Messages with nothing but mail to delete, whose sequences follow each other. */
const RUN = 2;

/** How many messages from an index on are a run; 0 if the first one is none. */
function lengthOfRun({ messages, attempts }: AcknowledgeRequest, from: number): number {
  const first = (messages[from] as Acknowledged).sequence;
  let index = from;
  for (; index < messages.length; index++) {
    const { sequence, shared, tag } = messages[index] as Acknowledged;
    if (sequence !== first + index - from || shared !== 0 || tag !== 0 || attempts[index] !== 0) break;
  }
  return index - from;
}

function encodeOne({ sequence, shared, tag }: Acknowledged, attempts: number, tape: TapeWriter): void {
  tape.number(ONE);
  tape.number(sequence);
  tape.number(attempts);
  tape.number(shared);
  tape.number(tag);
}

/** Deletes the mail of sequences that follow each other: one statement, whatever they are. */
function prepareRunDrop(db: DatabaseSync): (first: number, count: number) => void {
  const dropOne = db.prepare('DELETE FROM mail WHERE seq = ?');
  const dropAll = db.prepare('DELETE FROM mail WHERE seq >= ? AND seq < ?');
  // `get`, which has nothing to return, and not `run`, which would make an object that nobody reads.
  return (first, count) => void (count === 1 ? dropOne.get(first) : dropAll.get(first, first + count));
}

function encodeTagged({ sender, messageId }: MessageKey, tape: TapeWriter): void {
  tape.number(ONE);
  tape.text(sender);
  tape.text(messageId);
}

// Goal: what the bus writes on a message says which attempt of a task it is for, beside the receipts that it asks for.
// Method: tags of every attempt that a retry policy allows, compared with each other.
import { describe, expect, it } from 'vitest';
import { MessageState } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { isOfAttempt, isTask, KEPT_BY_REDELIVERY, tagOf, wantsReceipt } from '../../../src/bus/message/tags.ts';

const STATES = [1, 2, 3, 4, 5, 6] as MessageState[];
const MAX_TAG = 65_535;

describe('the tag of a request', () => {
  it('tells each attempt from those next to it, whatever receipts it asks for', () => {
    for (let attempt = 1; attempt <= 100; attempt++) {
      const tag = tagOf({ isTask: true, attempt, receipts: STATES });
      expect(tag).toBeLessThanOrEqual(MAX_TAG);
      expect([isOfAttempt(tag, attempt - 1), isOfAttempt(tag, attempt), isOfAttempt(tag, attempt + 1)]).toEqual([
        false,
        true,
        false,
      ]);
      expect(STATES.every((state) => wantsReceipt(tag, state))).toBe(true);
    }
  });

  it('is of the attempt that is under way if a version wrote it that named none', () => {
    const TASK_ALONE = 1;
    expect(isOfAttempt(TASK_ALONE, 1)).toBe(true);
    expect(isOfAttempt(TASK_ALONE, 3)).toBe(true);
  });

  it('says of other messages that they are of no attempt', () => {
    const tag = tagOf({ isTask: false, receipts: STATES });
    expect([isTask(tag), isOfAttempt(tag, 1)]).toEqual([false, false]);
    expect(tagOf({ isTask: false, receipts: [] })).toBe(0);
  });

  it('leaves receipts alone behind when the message comes back from the dead letters', () => {
    const tag = tagOf({ isTask: true, attempt: 15, receipts: [MessageState.ACKNOWLEDGED] });
    expect(tag & KEPT_BY_REDELIVERY).toBe(tagOf({ isTask: false, receipts: [MessageState.ACKNOWLEDGED] }));
  });
});

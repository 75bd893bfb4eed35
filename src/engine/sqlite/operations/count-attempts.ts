import type { RedeliveryReason } from '../../engine.ts';
import type { Operation } from '../operation.ts';
import { returnCode } from '../return-code.ts';
import type { Attempted } from './attempted.ts';
import { decodeAttempted, encodeAttempted } from './attempted.ts';

export interface CountAttemptsRequest {
  readonly messages: readonly Attempted[];
  /** Why they came back. */
  readonly because: RedeliveryReason;
}

/** Remembers the deliveries that ended without an acknowledgement. */
export const countAttempts: Operation<CountAttemptsRequest, void> = {
  writes: true,
  encode({ messages, because }, tape) {
    tape.number(returnCode(because));
    encodeAttempted(messages, tape);
  },
  prepare({ db }) {
    const update = db.prepare('UPDATE messages SET attempts = ?, returned = ? WHERE seq = ?');
    return (request) => {
      const code = request.number();
      decodeAttempted(request, (sequence, attempts) => update.run(attempts, code, sequence));
    };
  },
  decode() {},
};

import type { JsonObject } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import type { Client } from '@connectrpc/connect';
import type { Envelope } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import type { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { type BackoffOptions, createBackoff } from './backoff.ts';
import { toCallError } from './bus-transport.ts';
import { CLIENT_LIMITS } from './client-limits.ts';
import { missing } from './records.ts';
import { sleep } from './sleep.ts';

/** How to wait for an answer. */
export interface AskOptions {
  /** How long to wait for the end of the task, above 0 and at most 3,600,000 (an hour), which is the default. */
  readonly waitMs?: number;
  /** Whether the bus calls the task off when the wait is over before the task has ended. Default: the task goes on. */
  readonly cancelOnTimeout?: boolean;
  /** Ends the wait, which then rejects with CANCELLED; the task goes on. */
  readonly signal?: AbortSignal;
}

/** What an agent answered to a task. */
export interface Answer {
  readonly taskId: string;
  /** Who answered: the agent that was asked, or one of the fallback agents. */
  readonly agentId: string;
  /** Whether the answer says that the task failed; its payload says why then. */
  readonly failed: boolean;
  /** The JSON content; an empty object if there is none. */
  readonly payload: JsonObject;
  /** The content if it is not JSON; `contentType` says what it is. */
  readonly data: Uint8Array | undefined;
  readonly contentType: string;
}

/** What asking works with. */
export interface Asking {
  /** Makes each call once: the wait, and not a number of tries, says for how long it is repeated. */
  readonly messages: Client<typeof MessageService>;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff?: BackoffOptions | undefined;
  /** Where the bus is, for the texts of errors. */
  readonly address?: string | undefined;
  /** Aborts when the client closes. */
  readonly closed: AbortSignal;
}

/**
 * Sends a task and waits in the same call until it has ended. A wait that is cut short, by a lost connection or a bus that
 * stops, goes on in another call with the same message, which is the same task, for what is left of its time.
 */
export async function ask(asking: Asking, message: Envelope, options: AskOptions): Promise<Answer> {
  const { clock } = asking;
  const signal = options.signal ? AbortSignal.any([asking.closed, options.signal]) : asking.closed;
  const endsAt = clock.now() + (options.waitMs ?? CLIENT_LIMITS.maxAnswerWaitMs);
  const backoff = createBackoff(asking.random, asking.backoff);
  let failures = 0;
  let wasThere = false;
  for (;;) {
    const startedAt = clock.now();
    try {
      return await askOnce(asking, message, { ...options, signal, waitMs: endsAt - startedAt });
    } catch (thrown) {
      const error = toCallError(thrown, signal);
      if (error.code !== 'UNAVAILABLE') throw error;
      if (clock.now() - startedAt >= CLIENT_LIMITS.healthyStreamMs) {
        // The call held for a while: there is a bus, and it is waited for as long as there is time, however long it is away.
        wasThere = true;
        backoff.reset();
      }
      if (!wasThere && ++failures >= CLIENT_LIMITS.maxCallAttempts) throw error;
      await sleep(clock, Math.min(backoff.next(), endsAt - clock.now()), signal);
      if (clock.now() >= endsAt) throw error;
    }
  }
}

async function askOnce(
  { messages }: Asking,
  message: Envelope,
  { waitMs, cancelOnTimeout = false, signal }: AskOptions & { waitMs: number; signal: AbortSignal },
): Promise<Answer> {
  const request = { message, cancelOnTimeout, wait: durationFromMs(waitMs) };
  // The bus ends the wait itself, and says what became of the task; the deadline of the call is for a bus that does not.
  const timeoutMs = Math.max(waitMs, 0) + CLIENT_LIMITS.answerMarginMs;
  const { reply } = await messages.sendMessage(request, { signal, timeoutMs });
  if (reply === undefined) throw missing('reply');
  return toAnswer(message.messageId, reply);
}

function toAnswer(taskId: string, { sender, content, contentType }: Envelope): Answer {
  const payload = content.case === 'payload' ? content.value : {};
  return {
    taskId,
    agentId: sender?.agentId ?? '',
    failed: payload.status === 'failed',
    payload,
    data: content.case === 'data' ? content.value : undefined,
    contentType,
  };
}

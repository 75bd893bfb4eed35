import { durationMs } from '@bufbuild/protobuf/wkt';
import type { AgentStreamResponse } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { type Receipt as ReceiptMessage, ReceiptSchema } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import type { Clock } from '../../lib/clock.ts';
import type { Backoff } from '../backoff.ts';
import { AgentbusError } from '../errors.ts';
import type { OutgoingMessage } from '../outgoing-message.ts';
import { toPlain } from '../plain.ts';
import { handleMessage } from './handle-message.ts';
import type { Handlers } from './handlers.ts';
import type { Lane } from './lane.ts';
import { createOnceLane, type OnceLane } from './once-lane.ts';
import { createPendingSends, type PendingSends, type SendOutcome } from './pending-sends.ts';
import { createWatches, type Watches } from './watches.ts';
import { createWork, type Work } from './work.ts';

/** All that an agent and the bus have to say to each other, on one stream after the other. */
export interface Conversation {
  /** Who writes on the stream, in order of precedence. */
  readonly lanes: readonly Lane[];
  readonly work: Work;
  readonly sends: PendingSends;
  readonly watches: Watches;
  /** Says that the agent is going to leave. */
  readonly farewell: OnceLane;
  /** Whether nothing is being worked on, sent or settled. */
  isQuiet(): boolean;
  /** Says that the agent is alive, how busy it is, and which deliveries it is still at. */
  beat(): void;
  /** Takes any frame but the welcome. */
  received(frame: AgentStreamResponse['frame']): void;
}

/** What a conversation works with. */
export interface ConversationOptions {
  readonly handlers: Handlers;
  readonly maxInFlight: number;
  readonly clock: Clock;
  createBackoff(): Backoff;
  /** Tells the handlers to stop. */
  readonly signal: AbortSignal;
  send(message: OutgoingMessage): Promise<SendOutcome>;
  /** Whether new deliveries go back. */
  isLeaving(): boolean;
  /** There is something to say, or less to wait for. */
  changed(): void;
  /** The bus wants the agent to connect again, after a while. */
  reconnect(delayMs: number): void;
  /** The bus refused a frame that was neither a message nor a watch. */
  refused(error: AgentbusError): void;
}

/** Makes the parts of a conversation and puts them together. */
export function createConversation(options: ConversationOptions): Conversation {
  const { changed, clock } = options;
  const sends = createPendingSends({ clock, backoff: options.createBackoff(), changed });
  const watches = createWatches({ changed });
  const watch = (sessionId: string, { after = 0 } = {}) => watches.watch(sessionId, after);
  const work = createWork({
    ...options,
    handle: (message, run) => handleMessage(message, { ...options, ...run, watch }),
  });
  const hear = (receipt: ReceiptMessage): void => {
    const { onReceipt } = options.handlers;
    // From a microtask of its own, so that a handler that throws is the program's fault and not the stream's end.
    if (onReceipt !== undefined) queueMicrotask(() => onReceipt(toPlain(ReceiptSchema, receipt)));
  };
  const load = (): number => Math.min(work.running / options.maxInFlight, 1);
  const heartbeat = createOnceLane(() => ({ case: 'heartbeat', value: { load: load() } }), changed);
  const farewell = createOnceLane(() => ({ case: 'drain', value: {} }), changed);

  function refuse(error: AgentbusError, sessionId: string): void {
    if (sessionId !== '') {
      watches.refuse(sessionId, error);
      return;
    }
    // No other frame of an agent can be refused without a session.
    work.lane.refused();
    options.refused(error);
  }

  return {
    lanes: [heartbeat, work.lane, farewell, watches, sends],
    work,
    sends,
    watches,
    farewell,
    isQuiet: () => work.running === 0 && sends.size === 0 && work.lane.unconfirmed === 0,
    beat() {
      heartbeat.ask();
      work.lane.extend();
    },
    received(frame) {
      if (frame.case === 'delivery') work.receive(frame.value.deliveries);
      else if (frame.case === 'sendResult') sends.settle(frame.value.results);
      else if (frame.case === 'settleResult') work.lane.confirm(frame.value);
      else if (frame.case === 'receipt') hear(frame.value);
      else if (frame.case === 'sessionEvent') watches.receive(frame.value.events);
      else if (frame.case === 'drain')
        options.reconnect(frame.value.reconnectAfter ? durationMs(frame.value.reconnectAfter) : 0);
      else if (frame.case === 'error' && frame.value.error)
        refuse(AgentbusError.fromStatus(frame.value.error), frame.value.sessionId);
    },
  };
}

import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import { createRouterTransport, type Transport } from '@connectrpc/connect';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import {
  type AgentStreamRequest,
  type AgentStreamResponseSchema,
  type Hello,
  WelcomeSchema,
} from '../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { DeliverySchema } from '../../gen/ts/agentbus/v1/delivery_pb.js';
import { type Envelope, EnvelopeSchema, MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';

type BusFrame = NonNullable<MessageInitShape<typeof AgentStreamResponseSchema>['frame']>;
type ClientFrame = AgentStreamRequest['frame'];
type ClientFrameOf<Case extends ClientFrame['case']> = Extract<ClientFrame, { case: Case }>;

/** One stream, seen from a bus whose part the test plays. */
export interface ScriptedStream {
  readonly hello: Hello;
  /** Frames that came and were not taken by {@link ScriptedStream.expect} yet. */
  readonly unread: readonly ClientFrame[];
  /** The next frame of this kind; others, such as heartbeats, are left unread. */
  expect<Case extends NonNullable<ClientFrame['case']>>(kind: Case): Promise<ClientFrameOf<Case>['value']>;
  say(frame: BusFrame): void;
  /** Resolves when the agent has ended its side. */
  readonly agentEnded: Promise<void>;
  /** Ends the stream: in good order, or with an error. */
  end(error?: Error): void;
}

/** A bus of one RPC that answers what a test tells it to: for the answers that a real one only gives when it is unlucky. */
export interface ScriptedBus {
  readonly transport: Transport;
  /** The next stream that is opened, welcomed already. */
  nextStream(): Promise<ScriptedStream>;
  /** Streams opened so far. */
  readonly opened: number;
}

/** A list that can be waited on. */
function createQueue<Item>() {
  const items: Item[] = [];
  let arrived = Promise.withResolvers<void>();
  return {
    items,
    push(item: Item) {
      items.push(item);
      arrived.resolve();
      arrived = Promise.withResolvers();
    },
    async take(matches: (item: Item) => boolean = () => true): Promise<Item> {
      for (;;) {
        const index = items.findIndex(matches);
        if (index >= 0) return items.splice(index, 1)[0] as Item;
        await arrived.promise;
      }
    },
  };
}

export const WELCOME = create(WelcomeSchema, {
  connectionId: 'conn_test',
  heartbeatInterval: durationFromMs(15_000),
  limits: { maxInFlight: 16, lease: durationFromMs(30_000) },
  protocolVersion: 1,
});

export function createScriptedBus(welcome: BusFrame = { case: 'welcome', value: WELCOME }): ScriptedBus {
  const streams = createQueue<ScriptedStream>();
  let opened = 0;
  const transport = createRouterTransport(({ service }) => {
    service(AgentService, {
      async *agentStream(requests) {
        const iterator = requests[Symbol.asyncIterator]();
        const first = await iterator.next();
        if (first.done || first.value.frame.case !== 'hello') throw new Error('the first frame is no hello');
        opened++;
        const { stream, replies } = createStream(first.value.frame.value, iterator);
        stream.say(welcome);
        streams.push(stream);
        for (;;) {
          const reply = await replies.take();
          if (reply === 'end') return;
          if (reply instanceof Error) throw reply;
          yield { frame: reply };
        }
      },
    });
  });
  return {
    transport,
    nextStream: () => streams.take(),
    get opened() {
      return opened;
    },
  };
}

function createStream(hello: Hello, iterator: AsyncIterator<AgentStreamRequest>) {
  const frames = createQueue<ClientFrame>();
  const replies = createQueue<BusFrame | Error | 'end'>();
  async function read(): Promise<void> {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      frames.push(value.frame);
    }
  }
  const stream: ScriptedStream = {
    hello,
    unread: frames.items,
    async expect(kind) {
      const frame = await frames.take((candidate) => candidate.case === kind);
      return frame.value as never;
    },
    say: (frame) => replies.push(frame),
    agentEnded: read().catch(() => undefined),
    end: (error) => replies.push(error ?? 'end'),
  };
  return { stream, replies };
}

/** A delivery of a task from the orchestrator. */
export function delivery(
  deliveryId: string,
  fields: Exclude<MessageInitShape<typeof EnvelopeSchema>, Envelope> = {},
  more: { attempt?: number; acceptedTime?: Timestamp } = {},
): BusFrame {
  const message = create(EnvelopeSchema, {
    messageId: 'task_1',
    sender: { agentId: 'claude-code://orchestrator', sessionId: 'sess_a' },
    recipient: { target: { case: 'agentId', value: 'opencode://backend' } },
    messageType: MessageType.TASK_REQUEST,
    content: { case: 'payload', value: { component: 'notification-service' } },
    ...fields,
  });
  const one: MessageInitShape<typeof DeliverySchema> = { deliveryId, attempt: 1, ...more, message };
  return { case: 'delivery', value: { deliveries: [one] } };
}

/** What the news are about; by default the task of {@link delivery}. */
export interface TaskNews {
  readonly messageId?: string;
  readonly sessionId?: string;
  readonly delegator?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly acceptedTime?: Timestamp;
}

/** The bus tells an agent that an attempt of a task is its own no more. */
export function taskNews(
  deliveryId: string,
  event: 'task_cancelled' | 'task_withdrawn',
  more: TaskNews = {},
): BusFrame {
  const { messageId = 'task_1', sessionId = 'sess_a', delegator = 'claude-code://orchestrator', acceptedTime } = more;
  const { code = 'CANCELLED', reason = '' } = more;
  const fields = {
    messageId: `news of ${deliveryId}`.replaceAll(' ', '-'),
    sender: { agentId: 'agentbus://bus', sessionId },
    messageType: MessageType.NOTIFICATION,
    correlationId: messageId,
    content: { case: 'payload', value: { event, task_id: messageId, delegator, code, reason } },
  } as const;
  return delivery(deliveryId, fields, acceptedTime && { acceptedTime });
}

/** The bus has these messages on disk. */
export function accepted(...messageIds: string[]): BusFrame {
  const results = messageIds.map((messageId) => ({ messageId, outcome: { case: 'accepted', value: {} } as const }));
  return { case: 'sendResult', value: { results } };
}

/** These deliveries are not this stream's any more. */
export function stale(...staleDeliveryIds: string[]): BusFrame {
  return { case: 'settleResult', value: { staleDeliveryIds } };
}

/** The bus has settled these deliveries, or extended their leases. */
export function settled(...deliveryIds: string[]): BusFrame {
  return { case: 'settleResult', value: { deliveryIds } };
}

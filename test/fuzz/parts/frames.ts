import { once } from 'node:events';
import { type ClientHttp2Stream, constants } from 'node:http2';
import { Code, type ConnectError } from '@connectrpc/connect';
import { endStreamFlag, endStreamFromJson } from '@connectrpc/connect/protocol-connect';
import { findTrailerError } from '@connectrpc/connect/protocol-grpc';
import fc from 'fast-check';
import { AgentService } from '../../../gen/ts/agentbus/v1/agent_service_pb.js';
import {
  AgentStreamRequestSchema,
  type AgentStreamResponse,
  type ErrorStatus,
} from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { ErrorInfoSchema } from '../../../gen/ts/google/rpc/error_details_pb.js';
import { requireKnownReason, requireReason } from '../bus/oracle.ts';
import { requireService } from '../bus/round-trip.ts';
import { createWorld, type World } from '../bus/world.ts';
import { decode } from '../calls/answer.ts';
import { frame, headersOf } from '../calls/request.ts';
import { headersFrom, PATIENCE_MS } from '../calls/send-request.ts';
import { anyMessage, arbitraryMessage, type Specimen } from '../input/arbitrary-message.ts';
import type { Part, PartOptions } from './part.ts';

const METHOD = AgentService.method.agentStream;

/** What a client does on one of its streams. */
type Step =
  | { readonly does: 'say'; readonly frame: Specimen }
  /** Waits until the bus has said something more, or has nothing to say for a moment. */
  | { readonly does: 'listen' }
  /** Writes the next frame in two halves, with a turn in between. */
  | { readonly does: 'stutter'; readonly frame: Specimen }
  | { readonly does: 'wrong frame'; readonly flags: number; readonly length: number };

interface Conversation {
  readonly protocol: 'grpc' | 'connect+json' | 'connect';
  /** Absent: what is said first is as random as the rest. */
  readonly hello: Specimen | undefined;
  readonly steps: readonly Step[];
  readonly ends: 'half' | 'reset' | 'at once';
}

/** A moment, in milliseconds: whoever has something to say on a local socket has said it then. Nothing depends on it. */
const MOMENT_MS = 20;

/** Streams of agents that know each other, each with frames of every kind and quality. */
export function createFramesPart({ bus, counts }: PartOptions): Part {
  const property = fc.asyncProperty(fc.array(conversation, { minLength: 1, maxLength: 3 }), async (conversations) => {
    const world = await createWorld(bus);
    try {
      await Promise.all(conversations.map((one) => converse({ bus, counts }, world, one)));
      bus.requireHealthy();
    } finally {
      await world.leave();
    }
    await requireService(bus);
  });
  return { name: 'frames', property };
}

const one = anyMessage(AgentStreamRequestSchema);
const hello = arbitraryMessage(AgentStreamRequestSchema, { validity: 'valid' }).filter(
  (specimen) =>
    (specimen.message((_kind, index) => `${index}`) as { frame?: { case?: string } }).frame?.case === 'hello',
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: one.map((specimen) => ({ does: 'say' as const, frame: specimen })) },
  { weight: 3, arbitrary: fc.constant({ does: 'listen' as const }) },
  { weight: 1, arbitrary: one.map((specimen) => ({ does: 'stutter' as const, frame: specimen })) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('wrong frame' as const),
      flags: fc.constantFrom(1, 2, 128, 255),
      length: fc.constantFrom(0, 1, 3, 1_000, 5 * 1024 * 1024, 2 ** 32 - 1),
    }),
  },
);
const conversation: fc.Arbitrary<Conversation> = fc.record(
  {
    protocol: fc.constantFrom('grpc' as const, 'connect+json' as const, 'connect' as const),
    hello: fc.option(hello, { nil: undefined, freq: 8 }),
    steps: fc.array(step, { maxLength: 12 }),
    ends: fc.constantFrom('half' as const, 'half' as const, 'reset' as const, 'at once' as const),
  },
  { noNullPrototype: true },
);

async function converse(
  { bus, counts }: PartOptions,
  world: World,
  { protocol, hello: first, steps, ends }: Conversation,
): Promise<void> {
  const session = await bus.sender.session();
  const stream = session.request({
    ':method': 'POST',
    ':path': `/${METHOD.parent.typeName}/${METHOD.name}`,
    'x-agent-api-key': bus.process.apiKey,
    ...headersOf(protocol, true),
  });
  const heard = listen(stream, protocol, (message) => {
    world.learn([message]);
    requireReasonsIn(message);
    counts.add(`frame ${message.frame.case}`);
  });
  const write = (bytes: Uint8Array) => stream.writable && stream.write(bytes);
  const bytesOf = (specimen: Specimen) =>
    frame(protocol === 'connect+json' ? specimen.json(world.resolve) : specimen.binary(world.resolve));
  if (first !== undefined) {
    write(bytesOf(first));
    await heard.more();
  }
  for (const [index, step] of steps.entries()) {
    if (ends === 'at once' && index === 3) break;
    switch (step.does) {
      case 'say':
        write(bytesOf(step.frame));
        break;
      case 'listen':
        await heard.more();
        break;
      case 'stutter': {
        const bytes = bytesOf(step.frame);
        write(bytes.subarray(0, bytes.length >> 1));
        await new Promise(setImmediate);
        write(bytes.subarray(bytes.length >> 1));
        break;
      }
      case 'wrong frame':
        write(frame(Buffer.from('abc'), step));
    }
  }
  if (ends === 'half') stream.end();
  else breakOff(stream);
  const { ended, error, status } = await heard.end();
  if (ends !== 'half') return;
  if (!ended) throw new Error(`a stream ended without a status, with HTTP/2 code ${stream.rstCode}`);
  if (error !== undefined) requireReason(error, METHOD);
  counts.add(
    `stream ${error === undefined ? `OK ${status}` : `${Code[error.code]} ${error.findDetails(ErrorInfoSchema)[0]?.reason}`}`,
  );
}

/** A stream that the bus has closed without an error, before all was sent to it, would wait for ever after `close` alone. */
function breakOff(stream: ClientHttp2Stream): void {
  stream.close(constants.NGHTTP2_CANCEL);
  stream.destroy();
}

/** Reasons stand in frames too, where an error does not end the stream. */
function requireReasonsIn({ frame: said }: AgentStreamResponse): void {
  const errors: (ErrorStatus | undefined)[] = [];
  if (said.case === 'error') errors.push(said.value.error);
  if (said.case === 'sendResult') {
    for (const { outcome } of said.value.results) if (outcome.case === 'error') errors.push(outcome.value);
  }
  for (const error of errors)
    requireKnownReason(error?.info ?? { reason: 'none', domain: 'nowhere' }, String(error?.message));
}

interface Heard {
  /** Resolves when there is another frame, when the stream is over, or after a moment. */
  more(): Promise<void>;
  /** Rejects if the stream does not end, or if anything heard was not right. */
  end(): Promise<{ ended: boolean; error: ConnectError | undefined; status: number }>;
}

function listen(
  stream: ClientHttp2Stream,
  protocol: Conversation['protocol'],
  said: (message: AgentStreamResponse) => void,
): Heard {
  let buffered = Buffer.alloc(0);
  let fault: unknown;
  let status = 0;
  let error: ConnectError | undefined;
  let ended = false;
  let news = (): void => undefined;
  const closed = once(stream, 'close');
  const take = (flags: number, data: Buffer) => {
    if ((flags & endStreamFlag) !== 0) {
      ended = true;
      error = endStreamFromJson(data).error;
    } else said(decode(data, protocol, METHOD) as AgentStreamResponse);
  };
  stream.on('response', (fields) => {
    status = Number(fields[':status']);
    const headers = headersFrom(fields);
    if (!headers.has('grpc-status')) return;
    ended = true;
    error = findTrailerError(headers);
  });
  stream.on('trailers', (fields) => {
    if (protocol !== 'grpc') return;
    ended = true;
    error = findTrailerError(headersFrom(fields));
  });
  stream.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    try {
      while (buffered.length >= 5 && buffered.length >= 5 + buffered.readUInt32BE(1)) {
        const length = 5 + buffered.readUInt32BE(1);
        const [flags, data] = [buffered.readUInt8(0), buffered.subarray(5, length)];
        buffered = buffered.subarray(length);
        take(flags, data);
      }
    } catch (thrown) {
      fault ??= thrown;
    }
    news();
  });
  stream.on('end', () => {
    if (!stream.writableFinished) breakOff(stream);
  });
  // Told by the code of the reset.
  stream.on('error', () => undefined);
  return {
    more: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, MOMENT_MS);
        news = () => {
          clearTimeout(timer);
          resolve();
        };
        void closed.then(news);
      }),
    async end() {
      const timer = setTimeout(() => {
        fault ??= new Error(`the stream did not end within ${PATIENCE_MS} ms`);
        stream.destroy();
      }, PATIENCE_MS);
      await closed;
      clearTimeout(timer);
      if (fault !== undefined) throw fault;
      return { ended, error, status };
    },
  };
}

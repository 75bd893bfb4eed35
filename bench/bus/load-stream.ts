import { HEARTBEAT_FRAME, helloFrame } from './frames.ts';
import { type BusAddress, connectLoad, expectOk, openCall } from './load-connection.ts';
import { createMessageSplitter } from './message-splitter.ts';
import { createFrameReader, type FrameListener } from './read-frames.ts';
import { createTurnWriter } from './turn-writer.ts';

/** An AgentStream without a client: frames go out as they are given, and come in unread but for the ids that count. */
export interface LoadStream {
  /** Resolves when the bus has welcomed the agent. */
  readonly ready: Promise<void>;
  /** Writes a frame, together with all others of this turn of the event loop. */
  write(frame: Buffer): void;
  close(): void;
}

export interface LoadStreamOptions extends BusAddress {
  readonly agentId: string;
  /** Deliveries that the agent may hold; 0 for an agent that sends only. */
  readonly maxInFlight: number;
  readonly listener: Omit<FrameListener, 'welcome'>;
}

/** Well within the 15 s that the bus asks for by default. */
const HEARTBEAT_MS = 5_000;
const PATH = '/agentbus.v1.AgentService/AgentStream';

/** Connects an agent, on a connection of its own. Any refusal, and a stream that ends by itself, ends the process. */
export function openLoadStream(options: LoadStreamOptions): LoadStream {
  const { agentId, maxInFlight, listener } = options;
  const session = connectLoad(options);
  const stream = openCall(session, options, PATH);
  const ready = Promise.withResolvers<void>();
  const read = createFrameReader({ ...listener, welcome: ready.resolve });
  const splitter = createMessageSplitter(read);
  stream.on('data', splitter.take);
  stream.on('trailers', expectOk);
  let isClosed = false;
  stream.on('close', () => {
    if (!isClosed) throw new Error(`the stream of ${agentId} is over`);
  });

  stream.write(helloFrame(agentId, maxInFlight === 0 ? { sendOnly: true } : { maxInFlight }));
  const heartbeat = setInterval(() => stream.write(HEARTBEAT_FRAME), HEARTBEAT_MS);
  return {
    ready: ready.promise,
    write: createTurnWriter((bytes) => {
      if (!isClosed) stream.write(bytes);
    }),
    close() {
      isClosed = true;
      clearInterval(heartbeat);
      session.destroy();
    },
  };
}

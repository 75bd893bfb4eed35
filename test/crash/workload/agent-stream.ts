import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { createClient, type Transport } from '@connectrpc/connect';
import { AgentService } from '../../../gen/ts/agentbus/v1/agent_service_pb.js';
import {
  type AgentStreamRequest,
  AgentStreamRequestSchema,
  type AgentStreamResponse,
  type HelloSchema,
} from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';

export type ClientFrame = NonNullable<MessageInitShape<typeof AgentStreamRequestSchema>['frame']>;
export type ServerFrame = Exclude<AgentStreamResponse['frame'], { case: undefined }>;

/** An AgentStream of generated stubs. */
export interface AgentStream {
  say(frame: ClientFrame): void;
  /** Frames after the welcome. Ends when the stream ends well; throws what it breaks with. */
  readonly frames: AsyncIterable<ServerFrame>;
  /** Says no more, so that the bus ends the stream once it has answered everything. */
  finish(): void;
  /** Drops the stream as a client does that dies. */
  drop(): void;
}

/** Opens a stream; what it says before the welcome waits. */
export function openAgentStream(transport: Transport, hello: MessageInitShape<typeof HelloSchema>): AgentStream {
  const outgoing = createOutgoing();
  const dropped = new AbortController();
  outgoing.say({ case: 'hello', value: hello as never });
  const responses = createClient(AgentService, transport).agentStream(outgoing.frames, { signal: dropped.signal });
  return {
    say: outgoing.say,
    frames: framesOf(responses, dropped.signal),
    finish: outgoing.finish,
    drop() {
      outgoing.finish();
      dropped.abort();
    },
  };
}

async function* framesOf(responses: AsyncIterable<AgentStreamResponse>, dropped: AbortSignal) {
  try {
    for await (const { frame } of responses) {
      if (frame.case !== undefined && frame.case !== 'welcome') yield frame;
    }
  } catch (error) {
    if (!dropped.aborted) throw error;
  }
}

/** What the client says, in order, taken as fast as the connection takes it. */
function createOutgoing() {
  const queue: AgentStreamRequest[] = [];
  let finished = false;
  let wake = (): void => {};
  async function* frames() {
    for (;;) {
      const next = queue.shift();
      if (next !== undefined) yield next;
      else if (finished) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return {
    frames: frames(),
    say(frame: ClientFrame): void {
      if (finished) return;
      queue.push(create(AgentStreamRequestSchema, { frame }));
      wake();
    },
    finish(): void {
      finished = true;
      wake();
    },
  };
}

import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import type { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import { AgentStreamRequestSchema, type AgentStreamResponse } from '../../gen/ts/agentbus/v1/agent_stream_pb.js';

type FrameInit = NonNullable<MessageInitShape<typeof AgentStreamRequestSchema>['frame']>;
export type Frame = Exclude<AgentStreamResponse['frame'], { case: undefined }>;

/** A client's end of an AgentStream, driven by hand. It reads when told to and not before. */
export interface StreamClient {
  say(frame: FrameInit): void;
  /** Ends the client's side. */
  endRequests(): void;
  /** Breaks off. */
  abort(): void;
  next(): Promise<Frame>;
  /** The next frame of this kind; other kinds are passed over. */
  nextOf<Case extends Frame['case']>(name: Case): Promise<Extract<Frame, { case: Case }>['value']>;
  /** Reads to the end: undefined if it was a good one, otherwise the error. */
  end(): Promise<unknown>;
}

export function openStream(client: Client<typeof AgentService>, headers: HeadersInit = {}): StreamClient {
  const controller = new AbortController();
  const waiting: FrameInit[] = [];
  let wake = (): void => undefined;
  let ended = false;
  async function* requests() {
    for (;;) {
      for (const frame of waiting.splice(0)) yield create(AgentStreamRequestSchema, { frame });
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (waiting.length > 0 || ended) resolve();
      });
    }
  }
  const responses = client.agentStream(requests(), { signal: controller.signal, headers })[Symbol.asyncIterator]();
  const next = async (): Promise<Frame> => {
    const { done, value } = await responses.next();
    if (done) throw new Error('the stream ended well');
    return value.frame as Frame;
  };
  return {
    say(frame) {
      waiting.push(frame);
      wake();
    },
    endRequests() {
      ended = true;
      wake();
    },
    abort: () => controller.abort(),
    next,
    async nextOf(name) {
      let frame = await next();
      while (frame.case !== name) frame = await next();
      return frame.value as never;
    },
    async end() {
      try {
        for (let { done } = await responses.next(); !done; { done } = await responses.next());
        return undefined;
      } catch (error) {
        return error;
      }
    },
  };
}

import type { AgentStreamRequest, AgentStreamResponse } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { Clock, Timer } from '../../lib/clock.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import type { AgentStream } from './agent-stream.ts';
import { deliveryFromLease, sealedDeliveryFromLease } from './conversions.ts';
import { pointsAround } from './crash-points.ts';
import type { Turns } from './turns.ts';
import { arrivalOf, responseOf } from './typed-frames.ts';

/** The call that carries a stream. */
export interface StreamCall {
  readonly signal: AbortSignal;
  readonly requestHeader: Headers;
  readonly clock: Clock;
  /** Breaks the call off. */
  hangUp(): void;
}

/** Feeds a stream with what the client says, in turn with other streams, until either is at its end. Never rejects. */
export async function readFrames(
  requests: AsyncIterable<AgentStreamRequest>,
  stream: AgentStream,
  turns: Turns,
): Promise<void> {
  try {
    for await (const request of requests) {
      const turn = turns.wait();
      if (turn !== undefined) await turn;
      const arrival = arrivalOf(request);
      const taken = stream.take(arrival);
      turns.spend(arrival.units);
      await taken;
      if (stream.ended) return;
    }
    stream.clientEnded();
  } catch (error) {
    // The client broke off, or sent what is no frame.
    stream.end(error);
  }
}

/** The frames of a stream as typed messages; lets go of the stream when the call ends, however it ends. */
export async function* writeFrames(stream: AgentStream, call: StreamCall): AsyncGenerator<AgentStreamResponse> {
  const { signal, clock, hangUp } = call;
  const deliveryOf = isJson(call) ? deliveryFromLease : sealedDeliveryFromLease;
  const onAbort = () => stream.end(signal.reason);
  let stuck: Timer | undefined;
  // Whoever waits for the client to read a frame does not see the end; whoever does not stops the timer below.
  stream.onEnd(() => {
    stuck = clock.setTimer(hangUp, STREAM_LIMITS.hangUpAfterMs);
  });
  signal.addEventListener('abort', onAbort);
  try {
    if (signal.aborted) onAbort();
    for (let frame = await stream.next(); frame !== undefined; frame = await stream.next()) {
      const points = pointsAround(frame);
      points?.before();
      yield responseOf(frame, deliveryOf);
      points?.after();
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.end(signal.reason);
    stuck?.cancel();
  }
}

/** Whether frames are written as JSON, by whichever of the protocols. */
function isJson({ requestHeader }: StreamCall): boolean {
  return requestHeader.get('content-type')?.includes('json') ?? false;
}

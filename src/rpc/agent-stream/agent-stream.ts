import type { Hello } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { BusError } from '../../bus/bus-error.ts';
import { type Caller, requireSpeaker } from '../../bus/caller.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import { drainingError } from '../drain-signal.ts';
import { createBudget } from './budget.ts';
import type { Arrival, OutboundFrame } from './frames.ts';
import { type OpenStream, openStream, PROTOCOL_VERSION } from './open-stream.ts';
import { createOutbound, type Outbound } from './outbound.ts';
import type { StreamContext } from './stream-context.ts';

/**
 * One agent's stream as a machine: frames go in, frames come out, and no transport is
 * known. Whoever reads never waits for whoever writes: what a client must be told
 * waits in a bounded queue, and when that is full it is not read from either.
 */
export interface AgentStream {
  /** Whether the stream is over and nothing that comes matters any more. */
  readonly ended: boolean;
  /**
   * Takes the next frame. Resolves when another one may be read; undefined, which costs nothing, if it may at once.
   * Never rejects: errors are frames, or end the stream.
   */
  take(arrival: Arrival): Promise<void> | undefined;
  /** The client ended its side. What it sent is answered, then the stream ends well. */
  clientEnded(): void;
  /** The next frame to write; undefined at the end. Rejects with the error that the stream ends with. */
  next(): Promise<OutboundFrame | undefined>;
  /** What there is to write, for writers that need no promise. */
  readonly outbound: Pick<Outbound, 'take' | 'end' | 'whenReady'>;
  /** Ends at once and lets go of everything, deliveries first. Later calls change nothing. */
  end(error: unknown): void;
  /** Calls `listener` when the stream is over, however it ended; the writer may not have noticed yet. */
  onEnd(listener: () => void): void;
}

/** A stream that waits for its hello. It must be ended, by its client or by `end`. */
export function createAgentStream(caller: Caller, context: StreamContext): AgentStream {
  const outbound = createOutbound(context.clock);
  const budget = createBudget(STREAM_LIMITS.maxUnansweredBytes);
  const endListeners: (() => void)[] = [];
  let open: OpenStream | undefined;
  let ended = false;

  const end = (error: unknown): void => {
    if (ended) return;
    ended = true;
    helloTimer.cancel();
    open?.close();
    budget.close();
    outbound.fail(error);
    for (const listener of endListeners) listener();
  };
  const helloTimer = context.clock.setTimer(() => end(helloTimeout()), STREAM_LIMITS.helloTimeoutMs);

  const greet = async (arrival: Arrival): Promise<void> => {
    const hello = helloOf(arrival);
    helloTimer.cancel();
    const agent = admit(hello, caller, context);
    await context.bus.agents.register(caller, agent);
    if (ended) return;
    const acting = { ...caller, agentId: agent.agentId };
    open = openStream({ context, caller: acting, hello, outbound, budget, end });
    // Something on the way, such as a drain, may have ended the stream before it was there to be closed.
    if (ended) open.close();
  };
  const act = (stream: OpenStream, arrival: Arrival): void => {
    stream.heard();
    try {
      const frame = arrival.name === 'hello' ? undefined : arrival.read();
      if (frame === undefined || frame.case === 'hello') end(helloRepeated());
      else stream.take(frame);
    } catch (error) {
      stream.refuse(error, arrival.sessionId);
    }
  };
  return {
    get ended() {
      return ended;
    },
    take(arrival) {
      if (ended) return undefined;
      if (open === undefined) return greet(arrival).catch(end);
      act(open, arrival);
      return budget.exhausted ? budget.available() : undefined;
    },
    clientEnded() {
      if (open === undefined) end(helloExpected(''));
      else void open.windUp().then(outbound.finish);
    },
    next: outbound.next,
    outbound,
    end,
    onEnd: (listener) => void endListeners.push(listener),
  };
}

function helloOf(arrival: Arrival): Hello {
  if (arrival.name !== 'hello') throw helloExpected(arrival.name);
  const frame = arrival.read();
  if (frame.case !== 'hello') throw helloExpected(frame.case);
  return frame.value;
}

/** Lets an agent in, or throws why not. */
function admit({ agent, protocolVersion }: Hello, caller: Caller, { drain }: StreamContext) {
  if (agent === undefined) throw helloExpected('hello');
  if (protocolVersion > PROTOCOL_VERSION) {
    const facts = { requested: protocolVersion, supported: PROTOCOL_VERSION };
    throw new BusError('PROTOCOL_VERSION_UNSUPPORTED', `the bus speaks version ${PROTOCOL_VERSION}`, facts);
  }
  requireSpeaker(caller, agent.agentId);
  if (drain.draining) throw drainingError(drain);
  return agent;
}

function helloExpected(frame: string): BusError {
  return new BusError('HELLO_EXPECTED', 'the first frame of a stream is hello', { frame });
}

function helloRepeated(): BusError {
  return new BusError('HELLO_REPEATED', 'a stream says hello once');
}

function helloTimeout(): BusError {
  const seconds = STREAM_LIMITS.helloTimeoutMs / 1_000;
  return new BusError('HELLO_TIMEOUT', `the client said no hello within ${seconds} s`, { limit_seconds: seconds });
}

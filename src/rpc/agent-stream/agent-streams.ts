import type { Bus } from '../../bus/bus.ts';
import type { Caller } from '../../bus/caller.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import type { RpcContext } from '../context.ts';
import { toErrorStatus } from '../errors.ts';
import { type AgentStream, createAgentStream } from './agent-stream.ts';
import { createTurns, type Turns } from './turns.ts';

/** The streams of all agents, whatever carries them. */
export interface AgentStreams {
  /** Shared by all of them: what one takes of the event loop's time, the others wait for. */
  readonly turns: Turns;
  /** A stream that waits for its hello. It must be ended. */
  open(caller: Caller): AgentStream;
}

export function createAgentStreams(bus: Bus, context: RpcContext): AgentStreams {
  const statusOf = (error: unknown) => toErrorStatus(error, context.log);
  const streamContext = { ...context, bus, statusOf };
  return {
    turns: createTurns(STREAM_LIMITS.messagesPerTurn),
    open: (caller) => createAgentStream(caller, streamContext),
  };
}

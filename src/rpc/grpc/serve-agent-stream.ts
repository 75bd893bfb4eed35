import type { AgentStreams } from '../agent-stream/agent-streams.ts';
import { feedFrames } from './feed-frames.ts';
import type { LeanCall } from './lean-call.ts';
import { writeFrames } from './write-frames.ts';

/** Carries an agent's stream on a stream of HTTP/2, both ways. The caller was let in. */
export function serveAgentStream(call: LeanCall, { open, turns }: AgentStreams): void {
  const machine = open(call.caller);
  call.record.reached = true;
  call.onAbort = machine.end;
  writeFrames(call, machine);
  feedFrames(call, machine, turns);
}

import type { Timer } from '../../lib/clock.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import type { AgentStream } from '../agent-stream/agent-stream.ts';
import { pointsAround } from '../agent-stream/crash-points.ts';
import type { OutboundFrame } from '../agent-stream/frames.ts';
import { encodeFrames } from './encode-frames.ts';
import type { LeanCall } from './lean-call.ts';

/**
 * Writes what an agent's stream has to say. One write is under way at a time, and takes all that has come together while the
 * one before it was: a client that reads slowly gets fuller frames, and the machine knows that it waits.
 */
export function writeFrames(call: LeanCall, machine: AgentStream): void {
  const { stream, context, record } = call;
  const { outbound } = machine;
  let writing: readonly OutboundFrame[] = [];
  let stuck: Timer | undefined;

  const write = (): void => {
    writing = outbound.take(STREAM_LIMITS.maxFrameBytes);
    if (writing.length > 0) send(writing);
    else if (outbound.end === undefined) outbound.whenReady(write);
    else if (outbound.end.failed) call.fail(outbound.end.error);
    else finish();
  };
  const send = (frames: readonly OutboundFrame[]): void => {
    if (!call.canWrite) return;
    for (const frame of frames) pointsAround(frame)?.before();
    record.responses += frames.length;
    if (!stream.headersSent) call.respond();
    stream.write(encodeFrames(frames), written);
  };
  const written = (): void => {
    for (const frame of writing) pointsAround(frame)?.after();
    stuck?.cancel();
    write();
  };
  const finish = (): void => {
    if (!call.canWrite) return;
    if (!stream.headersSent) call.respond();
    call.succeed();
    stream.end();
    machine.end(undefined);
  };
  machine.onEnd(() => {
    // Whoever waits for the client to read a frame does not see the end.
    if (writing.length > 0) stuck = context.clock.setTimer(() => call.hangUp(), STREAM_LIMITS.hangUpAfterMs);
  });
  call.onClose = () => {
    stuck?.cancel();
    if (outbound.end?.failed) call.fail(outbound.end.error);
  };
  outbound.whenReady(write);
}

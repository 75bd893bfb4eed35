import { Code, ConnectError } from '@connectrpc/connect';
import type { AgentStream } from '../agent-stream/agent-stream.ts';
import type { Arrival } from '../agent-stream/frames.ts';
import type { Turns } from '../agent-stream/turns.ts';
import { brokenOff } from '../bodies/request-body.ts';
import { arrivalFromBytes } from './arrival-from-bytes.ts';
import { malformed } from './decode.ts';
import type { LeanCall } from './lean-call.ts';
import { createMessageReader } from './message-reader.ts';

/**
 * Feeds an agent's stream with what its client says, in turn with other streams, until either is at its end. Nothing is
 * read ahead: while a frame waits for its turn, or the client for answers, the flow control of HTTP/2 makes the client wait.
 */
export function feedFrames(call: LeanCall, machine: AgentStream, turns: Turns): void {
  const { stream, context, record } = call;
  const reader = createMessageReader();
  const holding = context.held.open((why) => machine.end(brokenOff(why)));
  /** Whether something has to happen before the next frame is taken. */
  let isWaiting = false;
  let hasEnded = false;
  /** Whether a frame came since what is unfinished was counted. */
  let hasMoved = false;

  const take = (message: Uint8Array): Promise<void> | undefined => {
    record.requests++;
    const arrival = arrivalOf(message);
    const taken = machine.take(arrival);
    turns.spend(arrival.units);
    return taken;
  };
  /** Goes on when it may, with what there is to do then first. */
  const waitFor = (until: Promise<void>, then?: () => Promise<void> | undefined): void => {
    isWaiting = true;
    // How long the bus takes is not the client's time.
    holding.rest();
    stream.pause();
    void until.then(() => {
      isWaiting = false;
      guard(() => {
        const again = then?.();
        if (again === undefined) run();
        else waitFor(again);
      });
      if (!isWaiting) stream.resume();
    });
  };
  const run = (): void => {
    while (!machine.ended) {
      const message = reader.next();
      if (message === undefined) break;
      hasMoved = true;
      const turn = turns.wait();
      if (turn !== undefined) {
        waitFor(turn, () => take(message));
        return;
      }
      const taken = take(message);
      if (taken !== undefined) {
        waitFor(taken);
        return;
      }
    }
    count();
    if (hasEnded) end();
  };
  /** What the client has begun and not finished. */
  const count = (): void => {
    const { unfinished } = reader;
    if (unfinished === 0 || machine.ended) holding.rest();
    // It is another frame than before: a busy stream is in the middle of one whenever it is read.
    else if (hasMoved) holding.progress(unfinished);
    else holding.hold(unfinished);
    hasMoved = false;
  };
  const end = (): void => {
    if (reader.unfinished === 0) machine.clientEnded();
    else machine.end(new ConnectError('protocol error: incomplete envelope', Code.InvalidArgument));
  };
  const guard = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      machine.end(error);
    }
  };
  stream.on('data', (chunk: Buffer) => {
    // What came in one go with the end of the stream; it is let go of with the rest of the request.
    if (machine.ended) return;
    reader.add(chunk);
    guard(run);
  });
  stream.on('end', () => {
    if (call.calledOff) return;
    hasEnded = true;
    if (!isWaiting && !machine.ended) end();
  });
  machine.onEnd(() => {
    holding.rest();
    stream.pause();
  });
}

function arrivalOf(message: Uint8Array): Arrival {
  try {
    return arrivalFromBytes(message);
  } catch (error) {
    throw malformed(error);
  }
}

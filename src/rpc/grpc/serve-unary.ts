import { Code, ConnectError } from '@connectrpc/connect';
import { crashPoint } from '../../lib/crash-point.ts';
import { RPC_LIMITS } from '../../limits.ts';
import type { BreakReason } from '../bodies/held-bytes.ts';
import { brokenOff } from '../bodies/request-body.ts';
import type { Call } from '../call.ts';
import type { LeanCall } from './lean-call.ts';
import { createMessageReader } from './message-reader.ts';
import { envelopeMessage } from './prefix.ts';

const beforeHandler = crashPoint('call.before-handler');
const beforeResponse = crashPoint('call.before-response');
const afterResponse = crashPoint('call.after-response');

/** A unary call between bytes and bytes. */
export interface UnaryMethod {
  /** The largest request in bytes; by default that of every call. */
  readonly maxRequestBytes?: number;
  /** Decodes and checks a request; throws what is wrong with it. What is returned does what was asked for. */
  read(message: Uint8Array, call: Call): () => Promise<Uint8Array>;
}

/** Reads the one message of a request, has it done, and writes the answer. The caller was let in. */
export function serveUnary(call: LeanCall, method: UnaryMethod): void {
  const { stream, context } = call;
  const reader = createMessageReader(method.maxRequestBytes);
  let act: (() => Promise<Uint8Array>) | undefined;
  let received = 0;
  const holding = context.held.open((why) => broken(why));
  let broken = (why: BreakReason): void => refuse(brokenOff(why));

  const refuse = (error: unknown): void => {
    holding.rest();
    call.fail(error);
  };
  const take = (chunk: Uint8Array): void => {
    reader.add(chunk);
    for (let message = reader.next(); message !== undefined; message = reader.next()) {
      if (act !== undefined) throw unexpected('received extra input message');
      // A copy, because it may be kept, and the packet with it.
      act = method.read(new Uint8Array(message), call);
    }
  };
  stream.on('data', (chunk: Buffer) => {
    if (call.over) return;
    received += chunk.length;
    holding.hold(received);
    try {
      take(chunk);
    } catch (error) {
      refuse(error);
    }
  });
  stream.on('end', () => {
    if (call.over || call.calledOff) return;
    if (reader.unfinished > 0) refuse(new ConnectError('protocol error: incomplete envelope', Code.InvalidArgument));
    else if (act === undefined) refuse(unexpected('missing input message'));
    else {
      holding.rest();
      call.record.reached = true;
      call.record.requests = 1;
      beforeHandler();
      act().then(answer, refuse);
    }
  });
  const answer = (message: Uint8Array): void => {
    beforeResponse();
    if (!call.canWrite) return;
    // What waits now waits for the client to read it, who has to be told nothing if it does not.
    broken = () => call.hangUp();
    call.record.responses = 1;
    call.respond();
    call.succeed();
    write(envelopeMessage(message));
  };
  /** In parts, so that it shows whether the client reads them. */
  const write = (rest: Buffer): void => {
    holding.progress(rest.length);
    if (rest.length <= RPC_LIMITS.pieceBytes) stream.end(rest, written);
    else
      stream.write(rest.subarray(0, RPC_LIMITS.pieceBytes), (error) => {
        if (error) holding.rest();
        else write(rest.subarray(RPC_LIMITS.pieceBytes));
      });
  };
  const written = (error?: Error | null): void => {
    holding.rest();
    if (!error) afterResponse();
  };
  stream.on('close', holding.rest);
  holding.hold(0);
}

function unexpected(what: string): ConnectError {
  return new ConnectError(`protocol error: ${what} for unary method`, Code.Unimplemented);
}

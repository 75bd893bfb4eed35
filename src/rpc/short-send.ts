import type { UniversalServerRequest } from '@connectrpc/connect/protocol';
import { EnvelopeSchema } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { BusError } from '../bus/bus-error.ts';
import { RPC_LIMITS } from '../limits.ts';
import { toConnectError } from './errors.ts';
import { spellEnums } from './spell-enums.ts';

/** The path at which people at a shell send a message, and the call that it stands for. */
export const SHORT_SEND_PATH = '/messages/send';
export const SEND_PATH = `/${MessageService.typeName}/${MessageService.method.sendMessage.name}`;

/**
 * `POST /messages/send` as the call of SendMessage that it is: the body is the envelope itself, and enums may be
 * the short words. The body is read when the call reads it, so that identity, bounds,
 * rules, errors and the log are those of every other call.
 */
export function asSendMessage(request: UniversalServerRequest): UniversalServerRequest {
  const header = new Headers(request.header);
  // The length of what was sent, which is not the length of what Connect gets to read.
  header.delete('content-length');
  return { ...request, header, body: rewritten(request.body as AsyncIterable<Uint8Array>) };
}

async function* rewritten(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const message = spellEnums(EnvelopeSchema, parse(await readAll(body)));
  yield Buffer.from(stringify({ message }));
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const limit = RPC_LIMITS.maxRequestBytes;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw refusal('MESSAGE_TOO_LARGE', `a request has at most ${limit} bytes`, { limit });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw refusal('MALFORMED_REQUEST', `the body is not JSON: ${error instanceof Error ? error.message : error}`, {});
  }
}

/** What nests some thousand levels deep can be parsed, but not written again: the stack ends first. */
function stringify(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) throw refusal('MALFORMED_REQUEST', 'the body is nested too deep', {});
    throw error;
  }
}

// Connect reads the body and passes on none but its own errors.
function refusal(...reason: ConstructorParameters<typeof BusError>) {
  return toConnectError(new BusError(...reason));
}

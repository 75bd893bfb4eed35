import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { validateMessage } from '../validate.ts';

/** A request that keeps the rules of the contract; throws what is wrong with it. */
export function decode<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageShape<Desc> {
  const message = parse(schema, bytes);
  validateMessage(schema, message);
  return message;
}

function parse<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageShape<Desc> {
  try {
    return fromBinary(schema, bytes);
  } catch (error) {
    throw malformed(error);
  }
}

/** What a decoder says of bytes that are no such message: that is their sender's fault. */
export function malformed(error: unknown): ConnectError {
  const said = error instanceof Error ? error.message : String(error);
  return new ConnectError(`parse binary: ${said}`, Code.InvalidArgument);
}

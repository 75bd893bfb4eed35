import { BinaryReader } from '@bufbuild/protobuf/wire';
import { EnvelopeSchema } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { TRACEPARENT, validTraceparent } from '../valid-traceparent.ts';

const METADATA = EnvelopeSchema.field.metadata.number;
/** An entry of a map is a message of these two. */
const KEY = 1;
const VALUE = 2;

/**
 * The `traceparent` of an encoded envelope; undefined if it has none that is valid. The payload, which is most of an
 * envelope, is passed over.
 */
export function traceparentOf(envelope: Uint8Array): string | undefined {
  const reader = new BinaryReader(envelope);
  let found: string | undefined;
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === METADATA) found = traceparentIn(reader.bytes()) ?? found;
    else reader.skip(wireType, field);
  }
  return validTraceparent(found);
}

/** The value of an entry of the metadata if it is the one that is looked for. */
function traceparentIn(entry: Uint8Array): string | undefined {
  const reader = new BinaryReader(entry);
  let key = '';
  let value = '';
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === KEY) key = reader.string();
    else if (field === VALUE) value = reader.string();
    else reader.skip(wireType, field);
  }
  return key === TRACEPARENT ? value : undefined;
}

const PREFACE_BYTES = 24;
const HEAD_BYTES = 9;
const DATA = 0;

/**
 * The messages of gRPC that are whole in what a client has sent on a connection with one stream: what the bus can know of them.
 * Read from the bytes alone, so that nothing of what is tested says how far it came.
 */
export function wholeFrames(sent: Buffer): Buffer[] {
  const data = dataOf(sent);
  const messages: Buffer[] = [];
  let at = 0;
  while (at + 5 <= data.length) {
    const end = at + 5 + data.readUInt32BE(at + 1);
    if (end > data.length) break;
    messages.push(data.subarray(at + 5, end));
    at = end;
  }
  return messages;
}

/** The contents of all DATA frames, the last of which may be cut off. Nobody pads them here. */
function dataOf(sent: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = PREFACE_BYTES;
  while (at + HEAD_BYTES <= sent.length) {
    const length = sent.readUIntBE(at, 3);
    const begin = at + HEAD_BYTES;
    if (sent[at + 3] === DATA) parts.push(sent.subarray(begin, begin + length));
    at = begin + length;
  }
  return Buffer.concat(parts);
}

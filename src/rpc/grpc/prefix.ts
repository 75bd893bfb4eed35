/** Bytes before each message of gRPC: flags, and its length in four bytes. */
export const PREFIX_BYTES = 5;

/** Writes the prefix of an uncompressed message. */
export function writePrefix(into: Buffer, at: number, length: number): void {
  into[at] = 0;
  into.writeUInt32BE(length, at + 1);
}

/** A message with its prefix. */
export function envelopeMessage(message: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  writePrefix(bytes, 0, message.length);
  bytes.set(message, PREFIX_BYTES);
  return bytes;
}

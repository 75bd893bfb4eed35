/** Five bytes before each message: flags, and a length of four bytes. */
const HEAD_BYTES = 5;

/** Follows the messages of a body by their lengths, without keeping any of it. */
export interface MessageEnds {
  /** Takes the next bytes. Whether a message ended in them, or was announced that is too long to be waited for. */
  take(bytes: Uint8Array): boolean;
  /** Bytes of the message that has begun and not ended. */
  readonly open: number;
}

/** For bodies of enveloped messages, as gRPC, gRPC-Web and the streams of Connect have them. */
export function createMessageEnds(maxMessageBytes: number): MessageEnds {
  let head = 0;
  let length = 0;
  let left = 0;
  return {
    take(bytes) {
      let ended = false;
      for (let at = 0; at < bytes.length; ) {
        if (head < HEAD_BYTES) {
          // The first byte is flags.
          if (head > 0) length = length * 256 + (bytes[at] ?? 0);
          head++;
          at++;
          left = length;
        } else {
          const taken = Math.min(left, bytes.length - at);
          at += taken;
          left -= taken;
        }
        if (head < HEAD_BYTES) continue;
        if (length > maxMessageBytes) return true;
        if (left > 0) continue;
        ended = true;
        head = 0;
        length = 0;
      }
      return ended;
    },
    get open() {
      return head < HEAD_BYTES ? head : HEAD_BYTES + length - left;
    },
  };
}

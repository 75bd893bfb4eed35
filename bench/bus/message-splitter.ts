/** Puts the messages of a gRPC stream together from the pieces in which they come. */
export interface MessageSplitter {
  /** Takes the next piece, and hands on every message that is whole with it. */
  take(piece: Buffer): void;
}

const PREFIX_BYTES = 5;

/** `give` is called with the bytes that have a message in them, and where it begins and ends. Views of them may be kept for a turn or two. */
export function createMessageSplitter(give: (bytes: Buffer, start: number, end: number) => void): MessageSplitter {
  let pieces: Buffer[] = [];
  let gathered = 0;
  /** Bytes without which looking again is of no use. */
  let wanted = PREFIX_BYTES;

  return {
    take(piece) {
      pieces.push(piece);
      gathered += piece.length;
      if (gathered < wanted) return;
      const bytes = pieces.length === 1 ? piece : Buffer.concat(pieces);
      let at = 0;
      wanted = PREFIX_BYTES;
      while (at + PREFIX_BYTES <= bytes.length) {
        const end = at + PREFIX_BYTES + bytes.readUInt32BE(at + 1);
        if (end > bytes.length) {
          wanted = end - at;
          break;
        }
        give(bytes, at + PREFIX_BYTES, end);
        at = end;
      }
      gathered = bytes.length - at;
      pieces = gathered === 0 ? [] : [bytes.subarray(at)];
    },
  };
}

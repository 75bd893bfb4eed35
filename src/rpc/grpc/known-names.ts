import { RPC_LIMITS } from '../../limits.ts';

/**
 * Names that were read before, so that one which comes again is neither checked nor made again: on a busy bus the same agents
 * write to each other all the time. A name whose place is taken by another displaces it; nothing depends on what is here.
 */
export class KnownNames {
  readonly #names: (string | undefined)[] = new Array(RPC_LIMITS.knownNames).fill(undefined);

  /** The name that these bytes are, if it is known. */
  find(bytes: Uint8Array, from: number, length: number): string | undefined {
    const name = this.#names[placeOf(bytes, from, length)];
    if (name === undefined || name.length !== length) return undefined;
    for (let index = 0; index < length; index++) {
      if (name.charCodeAt(index) !== bytes[from + index]) return undefined;
    }
    return name;
  }

  /** Keeps a name of ASCII characters, which the bytes from `from` on are. */
  add(name: string, bytes: Uint8Array, from: number): void {
    this.#names[placeOf(bytes, from, name.length)] = name;
  }
}

/** Names differ at their ends if anywhere, and one that goes by a wrong place is only made again. */
function placeOf(bytes: Uint8Array, from: number, length: number): number {
  let hash = length;
  for (let at = Math.max(from, from + length - TAIL); at < from + length; at++) {
    hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
  }
  return (hash >>> 0) % RPC_LIMITS.knownNames;
}

const TAIL = 6;

import { BUFFER_LIMITS } from '../../limits.ts';

const { slabBytes } = BUFFER_LIMITS;
/** A part that is larger has memory of its own: few of them would fit in, and much would stay empty. */
const LARGEST_PART = slabBytes / 3;

/**
 * Makes copies of small parts of packets, which must not keep all of the packet in memory. Making a buffer costs more than to
 * fill it, so several share one, a slab: a part that stays for long keeps no more than that.
 */
export class Slabs {
  #slab = new Uint8Array(0);
  #used = 0;

  copy(part: Uint8Array): Uint8Array {
    const { length } = part;
    if (length > LARGEST_PART) return new Uint8Array(part);
    if (this.#used + length > this.#slab.length) {
      this.#slab = new Uint8Array(slabBytes);
      this.#used = 0;
    }
    const copy = this.#slab.subarray(this.#used, this.#used + length);
    copy.set(part);
    this.#used += length;
    return copy;
  }
}

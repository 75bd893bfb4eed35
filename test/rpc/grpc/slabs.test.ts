/** Goal: parts of packets are copied whole, share memory with few others, and with none that is theirs. Method: copies of all sizes. */
import { expect, it } from 'vitest';
import { BUFFER_LIMITS } from '../../../src/limits.ts';
import { Slabs } from '../../../src/rpc/grpc/slabs.ts';

const { slabBytes } = BUFFER_LIMITS;

it('copies stay what they are when the packet is used again, and when others follow', () => {
  const slabs = new Slabs();
  const packet = new Uint8Array(2 * slabBytes);
  const copies = Array.from({ length: 500 }, (_, index) => {
    packet.fill(index % 251);
    return slabs.copy(packet.subarray(0, (index * 37) % packet.length));
  });
  packet.fill(255);
  for (const [index, copy] of copies.entries()) {
    expect(copy.length).toBe((index * 37) % packet.length);
    expect(copy.every((byte) => byte === index % 251)).toBe(true);
  }
});

it('a copy keeps no more in memory than a slab, or itself', () => {
  const slabs = new Slabs();
  for (const length of [0, 1, 300, slabBytes / 3, slabBytes / 2, slabBytes, 10 * slabBytes]) {
    const { buffer } = slabs.copy(new Uint8Array(length));
    expect(buffer.byteLength).toBeLessThanOrEqual(Math.max(length, slabBytes));
  }
});

it('small copies share memory', () => {
  const slabs = new Slabs();
  const buffers = new Set(Array.from({ length: 10 }, () => slabs.copy(new Uint8Array(slabBytes / 10 - 1)).buffer));
  expect(buffers.size).toBe(1);
});

import { closeSync, fstatSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { Chance } from './lose-writes.ts';

/** What can happen to a file behind everybody's back. */
export const DAMAGES = ['flip-bit', 'truncate', 'zero-page', 'swap-pages', 'delete'] as const;
export type Damage = (typeof DAMAGES)[number];

const PAGE = 4_096;

/** Damages a file that is not empty; returns where, in words. */
export function damageFile(path: string, damage: Damage, random: Chance): string {
  if (damage === 'delete') {
    rmSync(path);
    return 'deleted';
  }
  const file = openSync(path, 'r+');
  try {
    const { size } = fstatSync(file);
    const place = (unit: number): number => Math.floor(random.next() * Math.ceil(size / unit)) * unit;
    const read = (at: number, length: number): Uint8Array => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, at));
    };
    const write = (at: number, bytes: Uint8Array): void => void writeSync(file, bytes, 0, bytes.byteLength, at);
    const at = place(damage === 'flip-bit' || damage === 'truncate' ? 1 : PAGE);
    if (damage === 'flip-bit') {
      const bit = Math.floor(random.next() * 8);
      write(
        at,
        read(at, 1).map((byte) => byte ^ (1 << bit)),
      );
      return `bit ${bit} of byte ${at} flipped`;
    }
    if (damage === 'truncate') {
      ftruncateSync(file, at);
      return `truncated at ${at} of ${size}`;
    }
    if (damage === 'zero-page') {
      write(at, new Uint8Array(Math.min(PAGE, size - at)));
      return `page ${at / PAGE + 1} zeroed`;
    }
    const other = place(PAGE);
    const [one, two] = [read(at, PAGE), read(other, PAGE)];
    write(at, two);
    write(other, one);
    return `pages ${at / PAGE + 1} and ${other / PAGE + 1} swapped`;
  } finally {
    closeSync(file);
  }
}

import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { Random } from '../../../src/lib/random.ts';
import type { LogRecord } from './write-log.ts';

/** Where the choices come from. */
export type Chance = Pick<Random, 'next'>;

/** Disks write this much whole or not at all. */
const SECTOR = 512;

/**
 * Loses some of the unsynced changes of one file, given from the oldest on. Returns how many sectors it lost.
 *
 * Lengths are kept in order by file systems with a journal: if a truncation is lost, so is all that came after it.
 * Between two of them sectors are lost at random, since nothing but a sync makes a disk keep an order; in some files,
 * though, what came after one moment is lost and nothing else.
 */
export function loseWrites(path: string, records: readonly LogRecord[], random: Chance): number {
  const file = openSync(path, 'r+');
  try {
    const inOrder = random.next() < ORDERED_SHARE;
    const cuts = inOrder ? [...records.keys()] : truncations(records);
    const cut = pick([...cuts, records.length], random);
    const lost = rewind(file, records.slice(cut));
    if (inOrder) return lost;
    const from = cuts.findLast((place) => place < cut) ?? 0;
    return lost + scatter(file, records.slice(from, cut), random);
  } finally {
    closeSync(file);
  }
}

const ORDERED_SHARE = 0.3;

function truncations(records: readonly LogRecord[]): number[] {
  return [...records.keys()].filter((place) => records[place]?.kind === 'truncate');
}

/** Undoes changes from the newest on. */
function rewind(file: number, records: readonly LogRecord[]): number {
  let sectors = 0;
  for (const { offset, oldBytes, size } of records.toReversed()) {
    writeSync(file, oldBytes, 0, oldBytes.byteLength, offset);
    ftruncateSync(file, size);
    sectors += Math.ceil(oldBytes.byteLength / SECTOR);
  }
  return sectors;
}

/** Gives each sector one of the contents that it had since the last sync, and the file one of its sizes. */
function scatter(file: number, records: readonly LogRecord[], random: Chance): number {
  const contents = new Map<number, Uint8Array[]>();
  for (const { offset, length, oldBytes } of records) {
    for (let at = 0; at < length; at += SECTOR) {
      const old = new Uint8Array(SECTOR);
      old.set(oldBytes.subarray(at, at + SECTOR));
      const versions = contents.get(offset + at);
      if (versions === undefined) contents.set(offset + at, [old]);
      else versions.push(old);
    }
  }
  const sizes = [...records.map((record) => record.size), fstatSync(file).size];
  const size = pick(sizes, random);
  // From a cut that loses next to nothing to one that loses next to everything.
  const lossRate = random.next();
  let lost = 0;
  for (const [offset, versions] of contents) {
    if (random.next() >= lossRate) continue;
    lost++;
    writeSync(file, pick(versions, random), 0, SECTOR, offset);
  }
  ftruncateSync(file, size);
  return lost;
}

function pick<Item>(items: readonly Item[], random: Chance): Item {
  return items[Math.floor(random.next() * items.length)] as Item;
}

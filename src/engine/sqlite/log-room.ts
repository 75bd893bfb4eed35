import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { SQLITE_LIMITS } from '../../limits.ts';

/**
 * Keeps the file of the log longer than the log. A sync of a file that has grown waits for the file system to note its length
 * as well, and of one that has not for its bytes alone: on ext4 that is a third of a small commit.
 * A log that has begun anew once has the room that it had before; this makes it for the first one of a run.
 *
 * What it writes are zeros behind all that SQLite ever wrote, which no reader takes for frames: those name the log that they
 * are of. Nothing depends on them, so they are not synced, and may be gone after a power cut.
 */
export interface LogRoom {
  /**
   * After a commit, and told how many frames the log has: makes room for the next ones if there is little. Throws what
   * the disk says; one that is full would say so a little later anyway.
   */
  makeFor(frames: number): void;
  close(): void;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** Begins when there is a log. */
export function openLogRoom(db: DatabaseSync, file: string): LogRoom {
  const frameBytes = FRAME_HEADER_BYTES + Number(db.prepare('PRAGMA page_size').get()?.page_size);
  const { logRoomFromPages, logRoomStepPages, checkpointPages } = SQLITE_LIMITS;
  const log = openSync(`${file}-wal`, 'r+');
  /** Frames up to which there is nothing to be done. */
  let enough: number = logRoomFromPages;
  let newest = 0;
  return {
    makeFor(frames) {
      // Another log, and its file may have been cut to nothing before it.
      if (frames < newest) enough = logRoomFromPages;
      newest = frames;
      if (frames < enough) return;
      const { size } = fstatSync(log);
      // A log of more frames is written back and begins anew.
      const wanted = Math.min(frames * 2, frames + logRoomStepPages, checkpointPages);
      const missing = HEADER_BYTES + wanted * frameBytes - size;
      // Should less be written than that, the log grows by itself a little sooner.
      if (missing > 0) writeSync(log, Buffer.alloc(missing), 0, missing, size);
      const room = Math.max(wanted, Math.floor((size - HEADER_BYTES) / frameBytes));
      // Made in time, and never again for a log that has all it can need.
      enough = room < checkpointPages ? frames + Math.ceil((room - frames) / 2) : Number.POSITIVE_INFINITY;
    },
    close: () => closeSync(log),
  };
}

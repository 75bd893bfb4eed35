import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { CrashPointName } from '../../../src/lib/crash-point.ts';

/** Where and when a process is to die. */
export interface CrashOrder {
  readonly point: CrashPointName;
  /** How many times the point is reached from the order on: the last one is the end. 1 for the first time. */
  readonly hit: number;
}

/** The variable that names the file of a process's orders; `die-at-point.ts` reads it. */
export const CRASH_ORDER_FILE = 'CRASH_ORDER_FILE';

const DIE_AT_POINT = new URL('./die-at-point.ts', import.meta.url).href;

/** What a bus is started with to take orders from a file. */
export function crashPointEnv(file: string): Readonly<Record<string, string>> {
  const nodeOptions = [process.env.NODE_OPTIONS ?? '', `--import=${DIE_AT_POINT}`].join(' ').trim();
  return { NODE_OPTIONS: nodeOptions, [CRASH_ORDER_FILE]: file };
}

/** Gives the order, also to a process that runs already: it looks whenever it reaches a point. */
export function giveOrder(file: string, order: CrashOrder): void {
  takeBack(file);
  // Whole or not at all: the process may look at any moment.
  writeFileSync(`${file}.draft`, JSON.stringify(order));
  renameSync(`${file}.draft`, file);
}

/** The order that was given; undefined before there is one. */
export function readOrder(file: string): CrashOrder | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as CrashOrder) : undefined;
}

/** Written by a process in the moment before it dies, so that no other end is taken for this one. */
export function confirmOrder(file: string, order: CrashOrder): void {
  writeFileSync(`${file}.done`, JSON.stringify(order));
}

/** The order that a process says it died of. */
export function readConfirmation(file: string): CrashOrder | undefined {
  return readOrder(`${file}.done`);
}

/** Takes back the order and what was said about it. */
export function takeBack(file: string): void {
  rmSync(file, { force: true });
  rmSync(`${file}.done`, { force: true });
}

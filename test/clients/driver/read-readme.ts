import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the README of a client tells its reader to do. */
export interface ClientReadme {
  /** Commands that set the client up after a clone. */
  readonly setUp: string;
  /** The programs that it shows, in order. */
  readonly programs: readonly ReadmeProgram[];
}

/** A program to be saved and run. */
export interface ReadmeProgram {
  /** Where to save it, relative to the folder of the client. */
  readonly file: string;
  readonly code: string;
  /** The command that runs it. */
  readonly run: string;
}

/**
 * Reads the README of a client: the first block of commands sets it up; after each "Save this as `file`:" come the
 * program and the command that runs it.
 */
export function readReadme(folder: string): ClientReadme {
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  const programs = page.matchAll(/Save this as `([^`]+)`.*?^```\w+\n(.*?)^```.*?^```bash\n(.*?)^```/gms);
  const setUp = /^```bash\n(.*?)^```/ms.exec(page)?.[1];
  if (setUp === undefined) throw new Error(`${folder}/README.md has no commands that set the client up`);
  return { setUp, programs: Array.from(programs, ([, file = '', code = '', run = '']) => ({ file, code, run })) };
}

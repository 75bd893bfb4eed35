import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Those of the programs that are not in the search path of this process. */
export function missingPrograms(programs: readonly string[]): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
}

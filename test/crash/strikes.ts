import type { Choices } from './choices.ts';
import type { Strike } from './strike.ts';
import { crashPointInTurn } from './strikes/crash-point.ts';
import { diskError } from './strikes/disk-error.ts';
import { powerCut } from './strikes/power-cut.ts';
import { randomKill } from './strikes/random-kill.ts';

/** Every way to strike, by the name that `--strike` takes. */
export const STRIKES: Readonly<Record<string, (choices: Choices, kill: number) => Strike>> = {
  'random-kill': randomKill,
  points: crashPointInTurn,
  'power-cut': powerCut,
  'disk-error': diskError,
};

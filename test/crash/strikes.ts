import type { Choices } from './choices.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Strike } from './strike.ts';
import { backupAndKill } from './strikes/backup.ts';
import { crashPointInTurn, STRUCK_POINTS } from './strikes/crash-point.ts';
import { diskError } from './strikes/disk-error.ts';
import { powerCut } from './strikes/power-cut.ts';
import { randomKill } from './strikes/random-kill.ts';

/** Every way to strike, by the name that `--strike` takes. */
export const STRIKES: Readonly<Record<string, (choices: Choices, kill: number, ledger: Ledger) => Strike>> = {
  'random-kill': randomKill,
  points: crashPointInTurn,
  'power-cut': powerCut,
  'disk-error': diskError,
  backups: backupAndKill,
};

/** How many strikes `--each` multiplies: one for each way in which the strike comes. */
export const STRIKES_IN_TURN: Readonly<Record<string, number>> = { points: STRUCK_POINTS.length };

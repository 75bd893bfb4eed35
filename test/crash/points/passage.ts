import type { CrashPointName } from '../../../src/lib/crash-point.ts';

/** How a point is passed: by any work, by every start, by a shutdown, or by the first start after an update. */
export type Passage = 'work' | 'start' | 'stop' | 'migration';

export function passageOf(point: CrashPointName): Passage {
  if (point.includes('migration')) return 'migration';
  const [stage] = point.split('.');
  return stage === 'start' || stage === 'stop' ? stage : 'work';
}

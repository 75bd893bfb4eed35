import type { CrashPointName } from '../../../src/lib/crash-point.ts';

/**
 * How a point is passed: by any work, by every start, by a shutdown; and, beside the workload of the crash loop, by the first
 * start after an update, by decisions about dead letters, and by retention.
 */
export type Passage = 'work' | 'start' | 'stop' | 'migration' | 'decision' | 'retention';

const PASSAGES: Readonly<Record<string, Passage>> = {
  start: 'start',
  stop: 'stop',
  'dead-letter': 'decision',
  retention: 'retention',
};

export function passageOf(point: CrashPointName): Passage {
  if (point.includes('migration')) return 'migration';
  return PASSAGES[point.split('.')[0] ?? ''] ?? 'work';
}

/** Whether a bus passes it with the workload of the crash loop, from its start to its end. */
export function isOfWorkload(point: CrashPointName): boolean {
  return ['work', 'start', 'stop'].includes(passageOf(point));
}

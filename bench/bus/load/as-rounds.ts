import type { BusScenario, RoundsScenario } from '../../peer.ts';

/** A scenario of the bus as pairs that do their rounds one by one: `agents` pairs, among which the window is shared out. */
export function asRounds({ name, bytes, agents, window }: BusScenario): RoundsScenario {
  return { kind: 'rounds', name, bytes, pairs: agents, batch: 1, window: Math.max(1, Math.floor(window / agents)) };
}

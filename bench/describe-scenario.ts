import type { BusScenario, RoundsScenario, Scenario } from './peer.ts';

/** A scenario in words. */
export function describeScenario(scenario: Scenario): string {
  return scenario.kind === 'rounds' ? describeRounds(scenario) : describeOther(scenario);
}

function describeRounds({ bytes, content, pairs, batch, window, rate }: RoundsScenario): string {
  const what = `${size(bytes)}${content === 'json' ? ' of JSON' : ''}`;
  const who = pairs === 1 ? 'one pair of agents' : `${pairs} pairs of agents`;
  const how = batch === 1 ? 'one by one' : `${batch} a frame`;
  if (rate !== undefined) return `${what}, ${who}, ${how}, ${rate.toLocaleString('en')} messages/s on a timetable`;
  if (pairs === 1 && window === 1) return `${what}, one message at a time`;
  return `${what}, ${who}, ${how}, ${(window * pairs).toLocaleString('en')} under way`;
}

const OTHERS: Readonly<Record<BusScenario['kind'], (agents: number) => string>> = {
  unary: (agents) => `a gRPC SendMessage for each message, to ${agents} agents that take and acknowledge on streams`,
  'unary-rounds': (agents) =>
    `gRPC calls to send, to receive and to acknowledge, ${agents} pairs of agents without streams`,
  json: (agents) => `POSTs of JSON to send, to receive and to acknowledge, ${agents} callers`,
  sync: (agents) => `DELIVERY_MODE_SYNC: task, answer and return of the call, ${agents} workers`,
  'fan-out': (agents) => `one message to all ${agents} participants of a session; a copy counts`,
  watch: (agents) =>
    `${agents} watchers of a session in which messages are sent; an event that one of them sees counts`,
  typed: (agents) => `${agents} pairs of the client for TypeScript; a round ends in the handler`,
};

function describeOther({ kind, bytes, agents, window }: BusScenario): string {
  return `${size(bytes)}: ${OTHERS[kind](agents)}, ${window.toLocaleString('en')} under way`;
}

function size(bytes: number): string {
  return bytes >= 1_024 ? `${bytes / 1_024} KiB` : `${bytes} B`;
}

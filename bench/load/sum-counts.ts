import type { Counts } from '../peer.ts';

/** What several have counted together. */
export function sumCounts(all: readonly Counts[]): Counts {
  const sum = { sent: 0, accepted: 0, due: 0, delivered: 0, acknowledged: 0 };
  for (const { sent, accepted, due, delivered, acknowledged } of all) {
    sum.sent += sent;
    sum.accepted += accepted;
    sum.due += due;
    sum.delivered += delivered;
    sum.acknowledged += acknowledged;
  }
  return sum;
}

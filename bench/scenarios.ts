import type { RoundsScenario, Scenario } from './peer.ts';

/** Messages under way in all, where that is what a scenario bounds: enough that nobody waits for a disk alone. */
const UNDER_WAY = 2_048;
/** The same in bytes for large messages. */
const UNDER_WAY_BYTES = 8 * 1024 * 1024;

interface Rounds extends Pick<RoundsScenario, 'bytes' | 'pairs' | 'batch' | 'content'> {
  /** Messages under way in all, if not as many as usual. */
  readonly underWay?: number;
}

/** Send -> deliver -> acknowledge, as fast as it goes. */
function rounds({ bytes, pairs, batch, content, underWay }: Rounds): RoundsScenario {
  const size = bytes >= 1_024 ? `${bytes / 1_024}k` : `${bytes}`;
  const kind = content === 'json' ? '-json' : '';
  const share = (underWay ?? Math.min(UNDER_WAY, UNDER_WAY_BYTES / bytes)) / pairs;
  const much = underWay === undefined ? '' : `-w${underWay / 1_024}k`;
  return {
    kind: 'rounds',
    name: `rounds-${size}${kind}-p${pairs}-b${batch}${much}`,
    bytes,
    pairs,
    batch,
    // At least two batches of each pair, so that one is on its way while the other is answered.
    window: Math.max(2, Math.round(share / batch)) * batch,
    ...(content !== undefined && { content }),
  };
}

/** Everything that is measured, in the order of the report. */
export const SCENARIOS: readonly Scenario[] = [
  rounds({ bytes: 256, pairs: 1, batch: 1 }),
  rounds({ bytes: 256, pairs: 16, batch: 1 }),
  rounds({ bytes: 256, pairs: 256, batch: 1 }),
  rounds({ bytes: 256, pairs: 1, batch: 16 }),
  rounds({ bytes: 256, pairs: 16, batch: 16 }),
  rounds({ bytes: 256, pairs: 16, batch: 64 }),
  rounds({ bytes: 256, pairs: 16, batch: 64, underWay: 8_192 }),
  rounds({ bytes: 256, pairs: 256, batch: 16 }),
  rounds({ bytes: 1_024, pairs: 16, batch: 1 }),
  rounds({ bytes: 1_024, pairs: 16, batch: 16 }),
  rounds({ bytes: 1_024, pairs: 16, batch: 64 }),
  rounds({ bytes: 1_024, pairs: 16, batch: 64, underWay: 8_192 }),
  rounds({ bytes: 1_024, pairs: 16, batch: 16, content: 'json' }),
  rounds({ bytes: 16_384, pairs: 16, batch: 1 }),
  rounds({ bytes: 16_384, pairs: 16, batch: 16 }),
  { kind: 'rounds', name: 'lone', bytes: 256, pairs: 1, batch: 1, window: 1 },
  { kind: 'rounds', name: 'open-2000', bytes: 256, pairs: 16, batch: 1, window: 1, rate: 2_000 },
  { kind: 'typed', name: 'typed-256-p16', bytes: 256, agents: 16, window: UNDER_WAY },
  { kind: 'unary', name: 'unary-256', bytes: 256, agents: 16, window: 512 },
  { kind: 'unary-rounds', name: 'unary-rounds-256', bytes: 256, agents: 16, window: 256 },
  { kind: 'json', name: 'json-256', bytes: 256, agents: 64, window: 64 },
  { kind: 'sync', name: 'sync-256', bytes: 256, agents: 16, window: 64 },
  { kind: 'fan-out', name: 'fan-out-64', bytes: 256, agents: 64, window: 32 },
  { kind: 'watch', name: 'watch-100', bytes: 256, agents: 100, window: 64 },
];

/** What `--quick` and the smoke run: one throughput, one latency, each in its plainest form. */
export const QUICK_SCENARIOS: readonly string[] = [
  'rounds-256-p16-b16',
  'rounds-1k-p16-b16',
  'lone',
  'open-2000',
  'unary-256',
];

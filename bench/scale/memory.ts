import { startSubject } from './start-subject.ts';
import type { Stores } from './stores.ts';
import type { SubjectOptions } from './subject-messages.ts';

export interface MemoryResult {
  readonly name: string;
  readonly count: number;
  /** What the process holds more than with none of them, by each: resident, and of the main thread's heap. */
  readonly rssBytesEach: number;
  readonly heapBytesEach: number;
}

const NOTHING = { pending: 0, mailboxes: 1_000, remembered: 0 };
const OPENED: Pick<SubjectOptions, 'layer' | 'agents' | 'sessions'> = { layer: 'engine', agents: [], sessions: 0 };
const TWO_AGENTS = ['bench://agent-0', 'bench://agent-1'];

/** What one more thing that is stored or known costs in memory, when nothing goes on. */
export async function measureMemory(stores: Stores): Promise<MemoryResult[]> {
  const bus = { layer: 'bus' as const, agents: TWO_AGENTS, sessions: 0 };
  const agents = Array.from({ length: 10_000 }, (_, index) => `bench://agent-${index}`);
  const kinds = [
    {
      name: 'waiting message',
      count: 1_000_000,
      content: { ...NOTHING, pending: 1_000_000 },
      opened: OPENED,
      without: OPENED,
    },
    {
      name: 'remembered id',
      count: 10_000_000,
      content: { ...NOTHING, remembered: 10_000_000 },
      opened: OPENED,
      without: OPENED,
    },
    {
      name: 'registered agent with a consumer',
      count: 10_000,
      content: NOTHING,
      opened: { ...bus, agents },
      without: bus,
    },
    { name: 'session', count: 1_000, content: NOTHING, opened: { ...bus, sessions: 1_000 }, without: bus },
  ];
  const results: MemoryResult[] = [];
  for (const { name, count, content, opened, without } of kinds) {
    const dataDirs = [stores.copy(NOTHING), stores.copy(content)] as const;
    const base = await startSubject({ ...without, dataDir: dataDirs[0] });
    const full = await startSubject({ ...opened, dataDir: dataDirs[1] });
    results.push({
      name,
      count,
      rssBytesEach: (full.memory.rss - base.memory.rss) / count,
      heapBytesEach: (full.memory.heap - base.memory.heap) / count,
    });
    await base.stop();
    await full.stop();
    for (const dataDir of dataDirs) stores.discard(dataDir);
  }
  return results;
}

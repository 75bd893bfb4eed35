/** How many calls are under way. */
export interface OpenCalls {
  readonly calls: number;
  /** Those of them that are streams. */
  readonly streams: number;
  /** Notes the beginning of a call; the result notes its end. */
  begin(kind: 'unary' | 'stream'): () => void;
  /** Resolves when none is under way. */
  idle(): Promise<void>;
}

/** A count at zero. */
export function createOpenCalls(): OpenCalls {
  const open = { unary: 0, stream: 0 };
  let waiting: (() => void)[] = [];
  const total = () => open.unary + open.stream;
  return {
    get calls() {
      return total();
    },
    get streams() {
      return open.stream;
    },
    begin(kind) {
      open[kind]++;
      return () => {
        open[kind]--;
        if (total() > 0) return;
        for (const resolve of waiting) resolve();
        waiting = [];
      };
    },
    idle: () => (total() === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

import fc from 'fast-check';
import { createFramesPart } from './frames.ts';
import { createHttp1Part } from './http1.ts';
import { createHttp2Part } from './http2.ts';
import type { Part, PartName, PartOptions } from './part.ts';
import { createJsonPart, createRpcPart } from './rpc.ts';

export interface CheckOptions extends PartOptions {
  readonly part: PartName;
  readonly runs: number;
  readonly seed: number;
  /** Where in the tree of shrunk inputs to begin, as a failure told it. */
  readonly path?: string;
}

const CREATE: Readonly<Record<PartName, (options: PartOptions) => Part | Promise<Part>>> = {
  rpc: createRpcPart,
  json: createJsonPart,
  frames: createFramesPart,
  http1: createHttp1Part,
  http2: createHttp2Part,
};

/** Shrinking goes on for this long at most, in milliseconds: what is found by then is small enough to read. */
const SHRINK_MS = 30_000;

/** Does the runs. Undefined if all went well, or the text that says what failed and how to see it again. */
export async function checkPart({
  part: name,
  runs,
  seed,
  path,
  ...options
}: CheckOptions): Promise<string | undefined> {
  const { property } = await CREATE[name](options);
  const result = await fc.check(endShrinking(property), { numRuns: runs, seed, ...(path !== undefined && { path }) });
  if (!result.failed) return undefined;
  const error = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
  return [
    error,
    `Replay it with: npm run fuzz -- --only ${name} --seed ${result.seed} --path ${result.counterexamplePath}`,
    `after ${result.numRuns} runs; the smallest input that fails:`,
    fc.stringify(result.counterexample).slice(0, 4_000),
  ].join('\n');
}

/** The same property, for which nothing fails any more when it has failed for the first time some while ago. */
function endShrinking(property: Part['property']): Part['property'] {
  let until = Number.POSITIVE_INFINITY;
  return Object.assign(Object.create(property) as Part['property'], {
    async run(value: unknown) {
      if (performance.now() > until) return null;
      const failure = await property.run(value);
      if (failure !== null) until = Math.min(until, performance.now() + SHRINK_MS);
      return failure;
    },
  });
}

import { readFileSync } from 'node:fs';

/** A profile as `node --cpu-prof` writes it (the CPU domain of the DevTools protocol). Times in microseconds. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** Where a sample was taken: from the function itself to what called it, outermost last. */
export type Stack = readonly { readonly functionName: string; readonly url: string }[];

/** A stretch of the clock that profiles and `process.hrtime` share, in microseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Adds up the time of the samples of a stretch by what `labelOf` says of their stacks, in microseconds. */
export function readProfile(
  file: string,
  { from, to }: Stretch,
  labelOf: (stack: Stack) => string,
): Map<string, number> {
  const { nodes, startTime, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const labels = labelsOf(nodes, labelOf);
  const micros = new Map<string, number>();
  let now = startTime;
  for (const [index, sample] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    now += delta;
    if (now < from || now > to) continue;
    const label = labels.get(sample) ?? '';
    micros.set(label, (micros.get(label) ?? 0) + delta);
  }
  return micros;
}

function labelsOf(nodes: readonly ProfileNode[], labelOf: (stack: Stack) => string): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const labels = new Map<number, string>();
  for (const { id } of nodes) {
    const stack: ProfileNode['callFrame'][] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const node = byId.get(at);
      if (node !== undefined) stack.push(node.callFrame);
    }
    labels.set(id, labelOf(stack));
  }
  return labels;
}

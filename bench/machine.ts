import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** What the figures are true of. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly sqlite: string;
  /** Commit of the source tree, with `+` if it has changes; empty outside of a repository. */
  readonly revision: string;
  /** Cores of the servers and of the load; undefined where processes cannot be pinned. */
  readonly serverCores: string | undefined;
  readonly loadCores: string | undefined;
}

/** Looks at the machine. Servers get the first half of its cores, at most two, and the load the others. */
export function readMachine(): Machine {
  const [model] = cpus();
  return {
    cpu: model?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    kernel: `${type()} ${release()}`,
    node: process.version,
    sqlite: process.versions.sqlite ?? 'none',
    revision: readRevision(),
    ...assignCores(availableParallelism(), spawnSync('taskset', ['-c', '0', 'true']).status === 0),
  };
}

/** Which cores are whose. With fewer than four, pinning would only take from one what the other needs. */
export function assignCores(cores: number, canPin: boolean): Pick<Machine, 'serverCores' | 'loadCores'> {
  if (!canPin || cores < 4) return { serverCores: undefined, loadCores: undefined };
  return { serverCores: '0-1', loadCores: '2-3' };
}

/** The machine in two lines. */
export function describeMachine({ serverCores, loadCores, ...machine }: Machine): string {
  const pins =
    serverCores === undefined ? 'nothing is pinned' : `servers on cores ${serverCores}, load on cores ${loadCores}`;
  return [
    `${machine.cores} x ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.kernel}; ${pins}`,
    `Node ${machine.node}, SQLite ${machine.sqlite}, revision ${machine.revision}`,
  ].join('\n');
}

function readRevision(): string {
  const git = (...args: string[]) => spawnSync('git', args, { encoding: 'utf8' }).stdout?.trim() ?? '';
  const commit = git('rev-parse', '--short', 'HEAD');
  return commit === ''
    ? ''
    : `${commit}${git('status', '--porcelain', '--untracked-files=no', 'src') === '' ? '' : '+'}`;
}

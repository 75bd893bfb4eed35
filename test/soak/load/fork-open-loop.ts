import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoopFigures, LoopLedger, OpenLoopOptions } from './open-loop.ts';
import type { LoopNews, LoopOrder } from './open-loop-process.ts';

/** An open loop in a process of its own. */
export interface ForkedLoop {
  readonly pid: number;
  /** Messages that were handled so far. */
  handled(): Promise<number>;
  /** Figures since the last look; begins anew. */
  look(): Promise<LoopFigures>;
  stop(limitMs: number): Promise<LoopLedger>;
  kill(): void;
}

const PROGRAM = fileURLToPath(new URL('./open-loop-process.ts', import.meta.url));

/** Resolves when all of its agents are welcome and the first message is on its way. Rejects if the process ends before. */
export async function forkOpenLoop(options: OpenLoopOptions): Promise<ForkedLoop> {
  const child = fork(PROGRAM, [JSON.stringify(options)], { execArgv: ['--conditions=agentbus-source'] });
  const next = <Is extends LoopNews['is']>(is: Is): Promise<Extract<LoopNews, { is: Is }>> =>
    new Promise((resolve, reject) => {
      const hear = (news: LoopNews) => {
        if (news.is !== is) return;
        forget();
        resolve(news as Extract<LoopNews, { is: Is }>);
      };
      const ended = (code: number | null) => {
        forget();
        reject(new Error(`the well-behaved agents ended with ${code}`));
      };
      const forget = () => child.off('message', hear).off('exit', ended);
      child.on('message', hear).on('exit', ended);
    });
  const ask = (order: LoopOrder) => void child.send(order);
  await next('ready');
  return {
    pid: child.pid ?? 0,
    async handled() {
      ask({ do: 'count' });
      return (await next('handled')).messages;
    },
    async look() {
      ask({ do: 'look' });
      return (await next('figures')).figures;
    },
    async stop(limitMs) {
      ask({ do: 'stop', limitMs });
      return (await next('ledger')).ledger;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

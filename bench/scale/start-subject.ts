import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Figures, Memory, SubjectOptions, SubjectReply } from './subject-messages.ts';

/** A process with one engine or bus in it, idle until it is told to run. */
export interface Subject {
  readonly memory: Memory;
  /** Until the engine, the bus and what the scenario needs in it were there. */
  readonly openMs: number;
  run(ms: number): Promise<Figures>;
  /** Closes it in good order. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

const PROGRAM = new URL('./subject.ts', import.meta.url);

export async function startSubject(options: SubjectOptions): Promise<Subject> {
  const execArgv = ['--conditions=agentbus-source', '--expose-gc'];
  const child = fork(PROGRAM, { execArgv });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const reply = async <Kind extends SubjectReply['kind']>(kind: Kind): Promise<SubjectReply & { kind: Kind }> => {
    const ended = exited.then(([code]) => Promise.reject(new Error(`the measured process ended with ${code}`)));
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [SubjectReply];
    if (answer.kind !== kind) throw new Error(`expected ${kind} and got ${answer.kind}`);
    return answer as SubjectReply & { kind: Kind };
  };
  // By message: ten thousand agents do not fit into an argument.
  child.send(options);
  const { memory, openMs } = await reply('opened');
  return {
    memory,
    openMs,
    async run(ms) {
      child.send({ kind: 'run', ms });
      return (await reply('ran')).figures;
    },
    async stop() {
      child.send({ kind: 'stop' });
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

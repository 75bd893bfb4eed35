import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ClientCommands } from './client-commands.ts';

/** What a line of a testee says. */
export type Facts = Readonly<Record<string, unknown>>;

/** The error that a command was answered with. */
export interface TesteeError {
  readonly code: string;
  readonly reason: string | null;
  readonly message: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** What a command came to. */
export type Outcome = { readonly result: Facts } | { readonly error: TesteeError };

/** A client in a process of its own that does what it is told. */
export interface Testee {
  /** Gives a command; resolves with its answer, whatever that is. */
  call(command: string, arguments_: Facts): Promise<Outcome>;
  /** Everything it told by itself, oldest first. */
  readonly events: readonly Facts[];
  /** Resolves when the next event is there. */
  nextEvent(): Promise<void>;
  /** What it wrote for people. */
  stderr(): string;
  /** Closes its input and returns its exit code; kills it if it stays. */
  end(): Promise<number | null>;
}

/** Time for a testee to leave once its input has ended: a drained client has nothing left to wait for. */
const EXIT_MS = 15_000;

/** Starts the testee of a client and waits until it listens. */
export async function startTestee({ testee, folder }: ClientCommands): Promise<Testee> {
  const [program, ...args] = testee;
  const child = spawn(program, args, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  const events: Facts[] = [];
  const waiting = new Map<number, (outcome: Outcome) => void>();
  let news = Promise.withResolvers<void>();
  let stderr = '';
  let lastId = 0;
  const exited = once(child, 'exit') as Promise<[number | null]>;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A testee that dies shows in its exit; a write to it that is lost by that is not the cause.
  child.stdin.on('error', () => {});

  function tell(): void {
    news.resolve();
    news = Promise.withResolvers();
  }

  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as Facts & { id?: number };
    if (said.id === undefined) {
      events.push(said);
      tell();
      return;
    }
    waiting.get(said.id)?.(said as unknown as Outcome);
    waiting.delete(said.id);
  });

  void exited.then(([code]) => {
    const error = { code: 'UNKNOWN', reason: null, message: `the testee ended with ${code}:\n${stderr}`, facts: {} };
    for (const answer of waiting.values()) answer({ error });
    events.push({ event: 'exited', code });
    tell();
  });

  const control: Testee = {
    events,
    nextEvent: () => news.promise,
    stderr: () => stderr,
    call: (command, arguments_) =>
      new Promise((resolve) => {
        const id = ++lastId;
        waiting.set(id, resolve);
        child.stdin.write(`${JSON.stringify({ id, command, with: arguments_ })}\n`);
      }),
    async end() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), EXIT_MS);
      const [code] = await exited;
      clearTimeout(timer);
      return code;
    },
  };
  while (events.length === 0) await news.promise;
  if (events[0]?.event !== 'started') throw new Error(`the testee did not start:\n${stderr}`);
  return control;
}

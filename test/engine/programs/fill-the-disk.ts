/**
 * Writes until the disk refuses, then reports as one line of JSON how the engine
 * took it. The disk is "full" when a file reaches the limit that the shell set with
 * `ulimit -f`: a real write error, which needs no rights and no file system of its own.
 */
import { EngineError } from '../../../src/engine/engine.ts';
import { messageOf, openForReal, send } from './open-engine.ts';

const failures: EngineError[] = [];
const engine = await openForReal(process.argv[2] as string, { failed: (error) => void failures.push(error) });

const code = (error: unknown): string => (error instanceof EngineError ? error.code : String(error));
const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'resolved', code);

const acceptOne = (messageId: string): Promise<void> =>
  new Promise((resolve, failed) =>
    engine.journal.accept([messageOf(messageId, 4_000)], { done: () => resolve(), failed }),
  );

let committed = 0;
let together: string[] = [];
while (failures.length === 0) {
  together = await Promise.all(
    Array.from({ length: 50 }, (_, index) => {
      const messageId = `${committed}-${index}`;
      return outcome(index % 2 === 0 ? send(engine, messageId, 4_000) : acceptOne(messageId));
    }),
  );
  committed += together.filter((one) => one === 'resolved').length;
}
const after = await Promise.all([
  outcome(send(engine, 'after')),
  outcome(acceptOne('after')),
  outcome(engine.journal.flush()),
  outcome(engine.messages.find([])),
  outcome(engine.mailboxes.lease({ agentId: 'a', holder: 'h', limit: 1, maxBytes: 1, leaseMs: 1 })),
]);
await engine.close();
const [failure] = failures;
const report = {
  committed,
  together,
  after,
  failures: failures.length,
  code: failure?.code,
  facts: failure?.facts,
  cause: String(failure?.cause),
};
process.stdout.write(`${JSON.stringify(report)}\n`);

/**
 * Commits 40 MB, says so on stdout, and goes on with one write of two messages after the other, `x-<n>` and `y-<n>`, until it
 * is killed: a copy of one moment has both of them or none.
 */
import { openForReal, RECEIVER, send } from './open-engine.ts';

const [dataDir = ''] = process.argv.slice(2);
const engine = await openForReal(dataDir);
await Promise.all(Array.from({ length: 100 }, (_, count) => send(engine, `old-${count}`, 400_000)));
process.stdout.write('enough\n');
const fingerprint = new Uint8Array(32);
for (let count = 0; ; count++) {
  const common = { sender: 'test://sender', fingerprint, recipients: [RECEIVER], priority: 2, acceptedAt: 1 };
  const messages = ['x', 'y'].map((end) => ({ ...common, messageId: `${end}-${count}`, envelope: new Uint8Array(9) }));
  await engine.journal.commit({ messages });
}

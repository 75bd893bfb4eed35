/**
 * An agent that takes every message and settles none. Writes `ready`, and `took {message id}` for each. Arguments: address, key,
 * agent id, instance id.
 */
import { connectRawPeer, hello } from '../raw-peer.ts';

const [address = '', apiKey = '', agentId = '', instanceId = ''] = process.argv.slice(2);
const stream = (await connectRawPeer({ address, apiKey })).open();
stream.say(hello(agentId, { instanceId }));
await stream.nextOf('welcome');
process.stdout.write('ready\n');
for await (const frame of stream.frames()) {
  if (frame.case !== 'delivery') continue;
  for (const { message } of frame.value.deliveries) process.stdout.write(`took ${message?.messageId}\n`);
}

import { afterAll, beforeAll, test } from 'vitest';
import { SERVER_LIMITS } from '../../src/limits.ts';
import { FRAME, frame } from './rig/http2-frames.ts';
import { callHeaders, connectRawHttp2, openCall } from './rig/raw-http2.ts';
import { startTarget, type Target } from './rig/target.ts';
import { until } from './rig/until.ts';

// Goal: a client that opens calls and resets them at once (CVE-2023-44487) makes the bus begin a bounded number of them.
// Method: a raw connection that does nothing else, and the error that it ends with.

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

test('streams that are reset as fast as they are opened cost the connection', async () => {
  const resets = 20 * SERVER_LIMITS.streamResetBurst;
  await target.withstands({
    name: `up to ${resets} rapid resets`,
    // A thousand calls may begin before the connection ends, each with some 30 KiB around it.
    boundMiB: 30,
    async run() {
      const connection = await connectRawHttp2(target.port);
      const path = '/agentbus.v1.MessageService/ReceiveMessages';
      const block = callHeaders({ path, apiKey: target.bus.apiKey });
      const cancel = Buffer.from([0, 0, 0, 8]);
      let sent = 0;
      for (; sent < resets && !connection.closed; sent++) {
        const stream = 2 * sent + 1;
        await connection.write(openCall(stream, block), frame({ type: FRAME.reset, stream, payload: cancel }));
      }
      await until('the connection is ended', () => connection.closed);
    },
  });
});

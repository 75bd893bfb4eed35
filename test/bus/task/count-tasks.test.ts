import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { expect, onTestFinished, test } from 'vitest';
import { createMetrics } from '../../../src/server/metrics.ts';
import { BACKEND, FRONTEND } from '../../open-bus.ts';
import { openTaskRig } from './task-rig.ts';

// Goal: an operator sees how tasks end, and what attempts fail of. Method: the numbers after tasks on a real bus.
test('tasks are counted by their endings, and failed attempts by their reasons', async () => {
  const metrics = createMetrics();
  const rig = await openTaskRig({ observer: metrics.observer });
  onTestFinished(async () => {
    await rig.bus.close();
    metrics.close();
  });
  await rig.delegate('done');
  await rig.respond(BACKEND, 'done');
  await rig.delegate('failed', { routing: { timeout: durationFromMs(1_000), fallbackAgents: [FRONTEND] } });
  rig.clock.advance(1_000);
  await rig.event('TASK_ATTEMPT_FAILED');
  await rig.respond(FRONTEND, 'failed', { status: 'failed' });
  await rig.delegate('cancelled');
  await rig.cancel('cancelled');
  const { text } = await metrics.render();
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'agentbus_tasks_delegated_total 3',
      'agentbus_task_attempts_failed_total{reason="ATTEMPT_TIMED_OUT"} 1',
      'agentbus_tasks_ended_total{status="COMPLETED"} 1',
      'agentbus_tasks_ended_total{status="FAILED"} 1',
      'agentbus_tasks_ended_total{status="CANCELLED"} 1',
    ]),
  );
});

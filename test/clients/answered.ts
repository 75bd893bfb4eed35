import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { callJson } from '../call-json.ts';
import type { BusProcess } from '../start-bus-process.ts';
import type { Program } from './driver/program.ts';

/** Between two looks at the task. */
const POLL_MS = 50;

/** Asks the worker for a text in capitals and waits until it has answered; rejects if its program ends before. */
export async function answered(bus: BusProcess, worker: string, program: Program): Promise<void> {
  const call = (method: string, body: unknown) =>
    callJson({ address: bus.address, apiKey: bus.apiKey, method, body, headers: { 'x-agent-id': 'tester://boss' } });
  await call('AgentService/RegisterAgent', { agent: { agent_id: worker } });
  const task = {
    message_id: `task-${worker}`,
    sender: { agent_id: 'tester://boss' },
    recipient: { agent_id: worker },
    message_type: 'MESSAGE_TYPE_TASK_REQUEST',
    payload: { text: 'straße' },
    routing: { reply_mode: 'REPLY_MODE_SESSION' },
  };
  expect((await call('MessageService/SendMessage', { message: task })).status).toBe(200);
  let hasEnded = false;
  void program.exited.then(() => {
    hasEnded = true;
  });
  for (;;) {
    const { body } = await call('SessionService/GetTask', { task_id: task.message_id });
    if (body.task.status === 'TASK_STATUS_COMPLETED') {
      // Languages differ in how they capitalise ß.
      expect(['STRASSE', 'STRAßE']).toContain(body.task.result.payload.text);
      return;
    }
    if (hasEnded) throw new Error(`the agent ended:\n${program.stdout()}${program.stderr()}`);
    await pause(POLL_MS);
  }
}

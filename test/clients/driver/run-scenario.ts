import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { callJson } from '../../call-json.ts';
import { createFaultyNetwork, type FaultyNetwork } from '../../faulty-network.ts';
import type { ClientCommands } from './client-commands.ts';
import { mismatch } from './match.ts';
import type { Expected, Scenario, Step } from './scenario.ts';
import { type ScenarioBus, startScenarioBus } from './scenario-bus.ts';
import { type Facts, type Outcome, startTestee, type Testee } from './testee.ts';
import { substitute, type Variables } from './variables.ts';

/** Longest wait for an event or an answer: a loaded machine is slow, and a client may back off for some seconds. */
const PATIENCE_MS = 30_000;
/** Between two calls of a step that waits `until` the bus says what is expected. */
const POLL_MS = 20;

let runs = 0;

/** Runs a scenario with a client. Rejects with the step that failed and what was said instead. */
export async function runScenario(client: ClientCommands, scenario: Scenario, shared: ScenarioBus): Promise<void> {
  const bus = scenario.bus === undefined ? shared : await startScenarioBus(scenario.bus);
  const web = createServer((_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<p>no</p>'));
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  const network = await createFaultyNetwork(bus.address);
  const testee = await startTestee(client);
  const variables = variablesFor(client, bus, { webPort: (web.address() as AddressInfo).port, network });
  try {
    await new Stage({ testee, bus, network, variables }).play(scenario.steps);
    const code = await testee.end();
    if (code !== 0) throw new Error(`the testee ended with ${code}:\n${testee.stderr()}`);
  } finally {
    await testee.end();
    await network.close();
    web.closeAllConnections();
    web.close();
    if (bus !== shared) await bus.end();
  }
}

function variablesFor(
  { name }: ClientCommands,
  bus: ScenarioBus,
  { webPort, network }: { webPort: number; network: FaultyNetwork },
): Variables {
  const run = `${process.pid}-${++runs}`;
  return new Map<string, unknown>([
    ['run', run],
    ['worker', `${name}://worker-${run}`],
    ['other', `${name}://other-${run}`],
    ['boss', `tester://boss-${run}`],
    ['address', bus.address],
    ['api_key', bus.apiKey],
    ['ca_file', bus.caFile],
    // Port 1 of the loopback interface: nothing listens there without being root, and nothing does.
    ['dead_address', 'http://127.0.0.1:1'],
    ['web_address', `http://127.0.0.1:${webPort}`],
    ['network_address', network.address],
  ]);
}

/** What a scenario plays with. */
interface Cast {
  readonly testee: Testee;
  readonly bus: ScenarioBus;
  readonly network: FaultyNetwork;
  readonly variables: Variables;
}

/** The state of one run. */
class Stage {
  readonly #testee: Testee;
  readonly #bus: ScenarioBus;
  readonly #network: FaultyNetwork;
  readonly #variables: Variables;
  readonly #taken = new Set<number>();
  readonly #started = new Map<string, Promise<Outcome>>();

  constructor({ testee, bus, network, variables }: Cast) {
    this.#testee = testee;
    this.#bus = bus;
    this.#network = network;
    this.#variables = variables;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const [index, step] of steps.entries()) {
      try {
        await this.#take(step);
      } catch (thrown) {
        const said = this.#testee.events.slice(-12).map((event) => JSON.stringify(event).slice(0, 300));
        throw new Error(
          `step ${index + 1}, ${JSON.stringify(step).slice(0, 300)}: ${(thrown as Error).message}\n` +
            `the testee's last events:\n${said.join('\n')}\n${this.#testee.stderr().slice(-2_000)}`,
          { cause: thrown },
        );
      }
    }
  }

  async #take(step: Step): Promise<void> {
    if ('do' in step) return this.#judge(step, await this.#within(this.#call(step.do, step.with)));
    if ('start' in step) return void this.#started.set(step.as, this.#call(step.start, step.with));
    if ('await' in step) return this.#judge(step, await this.#within(this.#answerOf(step.await)));
    if ('event' in step) return this.#awaitEvent(step);
    if ('count' in step) return this.#count(step);
    if ('rpc' in step) return this.#rpc(step);
    if ('idle_ms' in step) return pause(step.idle_ms);
    if ('network' in step) return this.#spoil(step);
    await this.#bus[step.bus]();
  }

  #call(command: string, arguments_: Facts = {}): Promise<Outcome> {
    const isConnect = command.endsWith('.connect') || command === 'bench';
    const where = isConnect ? { address: '$address', api_key: '$api_key' } : {};
    return this.#testee.call(command, this.#value({ ...where, ...arguments_ }) as Facts);
  }

  #answerOf(name: string): Promise<Outcome> {
    const answer = this.#started.get(name);
    if (answer === undefined) throw new Error(`nothing was started as ${name}`);
    return answer;
  }

  #judge({ expect, error, save }: Expected, outcome: Outcome): void {
    if ('error' in outcome) {
      if (error === undefined) throw new Error(`was refused: ${JSON.stringify(outcome.error)}`);
      demand(mismatch(this.#value(error), outcome.error));
      return;
    }
    if (error !== undefined) throw new Error(`was not refused: ${JSON.stringify(outcome.result)}`);
    demand(mismatch(this.#value(expect ?? {}), outcome.result));
    this.#save(save, outcome.result);
  }

  async #awaitEvent({ event, where, save }: Extract<Step, { event: string }>): Promise<void> {
    const expected = this.#value({ ...where, event });
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const index = this.#testee.events.findIndex(
        (said, at) => !this.#taken.has(at) && mismatch(expected, said) === undefined,
      );
      const found = this.#testee.events[index];
      if (found !== undefined) {
        this.#taken.add(index);
        return this.#save(save, found);
      }
      const left = deadline - performance.now();
      if (left <= 0) throw new Error('there was no such event');
      const timer = new AbortController();
      await Promise.race([
        this.#testee.nextEvent(),
        pause(left, undefined, { signal: timer.signal }).catch(() => undefined),
      ]);
      timer.abort();
    }
  }

  #count({ count, where, is }: Extract<Step, { count: string }>): void {
    const expected = this.#value({ ...where, event: count });
    const seen = this.#testee.events.filter((said) => mismatch(expected, said) === undefined).length;
    if (seen !== is) throw new Error(`there were ${seen} such events`);
  }

  async #rpc(step: Extract<Step, { rpc: string }>): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const outcome = await this.#callBus(step);
      try {
        return this.#judge(step, outcome);
      } catch (thrown) {
        if (!step.until || performance.now() > deadline) throw thrown;
      }
      await pause(POLL_MS);
    }
  }

  async #callBus({ rpc: method, body, as }: Extract<Step, { rpc: string }>): Promise<Outcome> {
    const { address, apiKey } = this.#bus;
    const headers = as === undefined ? {} : { 'x-agent-id': String(this.#value(as)) };
    const answer = await callJson({ address, apiKey, method, headers, body: this.#value(body) });
    if (answer.status === 200) return { result: answer.body as Facts };
    const { code, message } = answer.body as { code: string; message: string };
    return { error: { code: code.toUpperCase(), reason: answer.reason ?? null, message, facts: answer.facts } };
  }

  async #within(answer: Promise<Outcome>): Promise<Outcome> {
    const timer = new AbortController();
    const late = pause(PATIENCE_MS, undefined, { signal: timer.signal }).then(() => {
      throw new Error('there was no answer');
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      late.catch(() => undefined);
      timer.abort();
    }
  }

  async #spoil({ network, times = 1, every_ms = 0 }: Extract<Step, { network: string }>): Promise<void> {
    for (let count = 0; count < times; count++) {
      await pause(every_ms);
      this.#network[network]();
    }
  }

  #save(names: Readonly<Record<string, string>> = {}, from: Facts): void {
    for (const [name, path] of Object.entries(names)) {
      const value = path.split('.').reduce<unknown>((at, key) => (at as Facts | undefined)?.[key], from);
      if (value === undefined) throw new Error(`there is no ${path} in ${JSON.stringify(from)}`);
      this.#variables.set(name, value);
    }
  }

  #value(value: unknown): unknown {
    return substitute(value, this.#variables);
  }
}

function demand(problem: string | undefined): void {
  if (problem !== undefined) throw new Error(problem);
}

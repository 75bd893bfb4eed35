import type { FuzzedBus } from './fuzzed-bus.ts';

export interface Told {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what is asked about has every shape.
  readonly body: any;
}

/** A good call, by which runs are prepared and the bus is asked how it is. */
export async function tell({ control, process }: FuzzedBus, method: string, body: object): Promise<Told> {
  const { status, body: text } = await control.send({
    http: 2,
    method: 'POST',
    path: `/agentbus.v1.${method}`,
    headers: { 'content-type': 'application/json', 'x-agent-api-key': process.apiKey },
    body: Buffer.from(JSON.stringify(body)),
  });
  if (status === 0) throw new Error(`${method} was not answered`);
  return { status, body: JSON.parse(text.toString('utf8')) };
}

/** The same; throws if it is refused. */
export async function tellWell(bus: FuzzedBus, method: string, body: object): Promise<Told['body']> {
  const { status, body: answer } = await tell(bus, method, body);
  if (status !== 200) throw new Error(`${method} was refused: ${JSON.stringify(answer)}`);
  return answer;
}

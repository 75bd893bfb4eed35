/** What an operator is told at the start. */
export interface WelcomeFacts {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** The key that was made just now. */
  readonly madeKey?: string;
  /** Set when a key was configured. */
  readonly apiKey?: string;
  readonly tlsCert?: string;
}

/** Where the bus listens, where its data is, the key if it was just made, and a `curl` to paste. */
export function welcomeText(facts: WelcomeFacts): string {
  const { madeKey, host, port, tlsCert } = facts;
  const address = `${tlsCert === undefined ? 'http' : 'https'}://${hostInUrl(host)}:${port}`;
  const key = madeKey ?? '$AGENT_BUS_API_KEY';
  const lines = [
    `agentbus listens on ${address}`,
    `  data   ${facts.dataDir === ':memory:' ? 'in memory: gone when the bus stops' : facts.dataDir}`,
    ...(madeKey === undefined ? [] : [`  key    ${madeKey}`, '         made just now and not shown again']),
    ...(isLoopback(host) || tlsCert !== undefined
      ? []
      : ['  note   other machines can reach this address, and keys cross the network in the clear: see --tls-cert']),
    '',
    'Try it:',
    `  curl -s ${address}/agentbus.v1.AgentService/ListAgents -H 'content-type: application/json' -H "x-agent-api-key: ${key}" -d '{}'`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** Clients on this machine reach an unspecified address by the loopback one. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** Where the bus is and with which key, as the demo tells its processes. */
export function readEnvironment(): { address: string; apiKey: string } {
  const { AGENT_BUS_URL: address, AGENT_BUS_API_KEY: apiKey } = process.env;
  if (!address || !apiKey) throw new Error('AGENT_BUS_URL and AGENT_BUS_API_KEY are needed');
  return { address, apiKey };
}

/** What is measured, so that figures of two machines are of the same programs. Redis is whatever the distribution has. */
export const PEER_VERSIONS = {
  /** At least 2.12.7: older ones have advisories, and much older ones drop settings that they do not know without a word. */
  nats: '2.12.15',
  autogen: '0.7.5',
  /** `autogen-ext` takes any grpcio; this one is known to work with its generated code. */
  grpcio: '1.70.0',
  slim: '3.3.8',
  ws: '8.18.3',
} as const;

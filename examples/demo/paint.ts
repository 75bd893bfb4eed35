/** Puts colour on text, or leaves it alone. */
export interface Paint {
  dim(text: string): string;
  /** A colour of the agent's own, so that the eye can follow it. */
  agent(agentId: string, text: string): string;
}

const AGENT_COLOURS = [36, 33, 35, 32, 34];

/** Colours for a terminal; plain text for everything else, and for those who set NO_COLOR (https://no-color.org). */
export function createPaint(coloured: boolean): Paint {
  const wrap = (code: number, text: string) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);
  const colours = new Map<string, number>();
  return {
    dim: (text) => wrap(2, text),
    agent(agentId, text) {
      const colour = colours.get(agentId) ?? AGENT_COLOURS[colours.size % AGENT_COLOURS.length] ?? 0;
      colours.set(agentId, colour);
      return wrap(colour, text);
    },
  };
}

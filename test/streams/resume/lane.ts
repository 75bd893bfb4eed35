/** Messages of one sender to one recipient at one priority: what the bus keeps in order. */
export interface Lane {
  readonly sender: string;
  readonly recipient: string;
  /** 1 (lowest) to 4 (highest). */
  readonly priority: number;
}

/** The message with this place in its lane, counted from 1, as its id names it. */
export function messageId({ recipient, priority }: Lane, place: number): string {
  return `${recipient}#${priority}#${place}`;
}

/** The lane and the place that a message names; the ids of these runs say all there is to know. */
export function readMessage(sender: string, id: string): Lane & { readonly place: number } {
  const [recipient = '', priority, place] = id.split('#');
  return { sender, recipient, priority: Number(priority), place: Number(place) };
}

export function laneName({ sender, recipient, priority }: Lane): string {
  return `${sender} to ${recipient} at priority ${priority}`;
}

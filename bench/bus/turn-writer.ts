/** Returns a function that writes what it is given in one piece with everything else of the same turn of the event loop. */
export function createTurnWriter(write: (bytes: Buffer) => void): (frame: Buffer) => void {
  let waiting: Buffer[] = [];

  function flush(): void {
    const frames = waiting;
    waiting = [];
    const [first] = frames;
    write(frames.length === 1 && first !== undefined ? first : Buffer.concat(frames));
  }

  return (frame) => {
    if (waiting.length === 0) setImmediate(flush);
    waiting.push(frame);
  };
}

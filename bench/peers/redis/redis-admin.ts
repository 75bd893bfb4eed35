import { commandOf, connectRedis } from './redis-connection.ts';

/** Commands by hand, one after the other, whose replies are read as a flat list of words. */
export interface RedisAdmin {
  call(...words: readonly string[]): Promise<readonly string[]>;
  close(): void;
}

/** Connects for administration; nothing of it is in a measured stretch. */
export async function connectRedisAdmin(port: number): Promise<RedisAdmin> {
  let answer: PromiseWithResolvers<readonly string[]> | undefined;
  let words: string[] = [];
  const connection = await connectRedis(port, {
    string: (buffer, start, end) => void words.push(buffer.toString('utf8', start, end)),
    integer: (value) => void words.push(String(value)),
    none: () => void words.push(''),
    end() {
      answer?.resolve(words);
      words = [];
    },
  });
  return {
    call(...command) {
      answer = Promise.withResolvers();
      connection.outbox.text(commandOf(command));
      return answer.promise;
    },
    close: connection.close,
  };
}

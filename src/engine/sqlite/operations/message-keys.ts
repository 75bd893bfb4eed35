import type { MessageKey } from '../../engine.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';

export function encodeKeys(keys: readonly MessageKey[], tape: TapeWriter): void {
  tape.number(keys.length);
  for (const { sender, messageId } of keys) {
    tape.text(sender);
    tape.text(messageId);
  }
}

export function decodeKeys(tape: TapeReader): MessageKey[] {
  return Array.from({ length: tape.number() }, () => ({ sender: tape.text(), messageId: tape.text() }));
}

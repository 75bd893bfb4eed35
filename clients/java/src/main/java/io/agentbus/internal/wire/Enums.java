package io.agentbus.internal.wire;

import com.google.protobuf.ProtocolMessageEnum;
import java.util.HashMap;
import java.util.Map;

/**
 * One enumeration in its two forms: the contract's, whose names begin with that of their type, and
 * the program's.
 */
public final class Enums<E extends Enum<E>, P extends Enum<P> & ProtocolMessageEnum> {
  private final Map<P, E> toProgram = new HashMap<>();
  private final Map<E, P> toProto = new HashMap<>();
  private final E unknown;

  /**
   * Pairs the constants by their names.
   *
   * @param prefix what the contract's names have in front, such as {@code MESSAGE_TYPE_}
   * @param unknown stands for what the program does not know, or null if that cannot come
   */
  public Enums(Class<E> program, Class<P> proto, String prefix, E unknown) {
    this.unknown = unknown;
    for (E constant : program.getEnumConstants()) {
      for (P value : proto.getEnumConstants()) {
        if (value.name().equals(prefix + constant.name())) {
          toProgram.put(value, constant);
          toProto.put(constant, value);
        }
      }
    }
  }

  /** The program's constant. */
  public E toProgram(P value) {
    return toProgram.getOrDefault(value, unknown);
  }

  /** The contract's constant; fails for the one that stands for the unknown. */
  public P toProto(E constant) {
    P value = toProto.get(constant);
    if (value == null) {
      throw new IllegalArgumentException(constant + " cannot be sent");
    }
    return value;
  }
}

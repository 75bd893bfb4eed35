package io.agentbus.internal.wire;

import java.security.SecureRandom;
import java.util.Base64;

/** Names that nobody guesses and that never come twice. */
public final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /** The prefix, and 22 URL-safe characters (128 bits). */
  public static String mint(String prefix) {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return prefix + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}

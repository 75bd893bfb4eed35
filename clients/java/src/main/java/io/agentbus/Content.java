package io.agentbus;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a message says: a JSON object, or bytes of a media type, or nothing.
 *
 * <p>JSON is {@code Map<String, Object>}, {@code List}, {@code String}, {@code Double}, {@code
 * Long}, {@code Boolean} and null. What is received has a {@code Long} for each whole number that a
 * double keeps exactly, and a {@code Double} for every other number.
 */
public final class Content {
  private static final Content NONE = new Content(null, null, "");

  private final Map<String, Object> payload;
  private final byte[] data;
  private final String contentType;

  private Content(Map<String, Object> payload, byte[] data, String contentType) {
    this.payload = payload;
    this.data = data;
    this.contentType = contentType;
  }

  /**
   * No content.
   *
   * @return nothing
   */
  public static Content none() {
    return NONE;
  }

  /**
   * A JSON object.
   *
   * @param payload nested at most 30 levels deep, with finite numbers; whole numbers that a double
   *     does not keep exactly are refused when it is sent
   * @return the content
   */
  public static Content json(Map<String, ?> payload) {
    return new Content(Collections.unmodifiableMap(new LinkedHashMap<>(payload)), null, "");
  }

  /**
   * Bytes that are not JSON.
   *
   * @param data the bytes, which are copied
   * @param contentType their media type, such as {@code application/pdf}; at most 255 bytes
   * @return the content
   */
  public static Content data(byte[] data, String contentType) {
    return new Content(null, data.clone(), Objects.requireNonNull(contentType));
  }

  /**
   * The JSON object.
   *
   * @return unmodifiable; empty if the content is something else
   */
  public Map<String, Object> payload() {
    return payload == null ? Map.of() : payload;
  }

  /**
   * Whether the content is a JSON object.
   *
   * @return true also for an empty object
   */
  public boolean isJson() {
    return payload != null;
  }

  /**
   * The bytes.
   *
   * @return a copy; empty if the content is something else
   */
  public byte[] data() {
    return data == null ? new byte[0] : data.clone();
  }

  /**
   * Whether the content is bytes.
   *
   * @return true also for no bytes of a media type
   */
  public boolean isData() {
    return data != null;
  }

  /**
   * The media type of the bytes.
   *
   * @return empty for a JSON object and for nothing
   */
  public String contentType() {
    return contentType;
  }
}

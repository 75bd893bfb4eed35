package io.agentbus.conformance;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON object that is read by the names of its fields. */
record Facts(Map<String, Object> fields) {
  static Facts parse(String line) {
    return of(Lines.JSON.fromJson(line, Object.class));
  }

  static Facts of(Object value) {
    @SuppressWarnings("unchecked") // Objects of JSON have texts for keys.
    Map<String, Object> fields = (Map<String, Object>) value;
    return new Facts(fields);
  }

  boolean has(String name) {
    return fields.get(name) != null;
  }

  Object get(String name) {
    return fields.get(name);
  }

  String text(String name) {
    return (String) fields.get(name);
  }

  Optional<String> optionalText(String name) {
    return Optional.ofNullable(text(name));
  }

  Optional<Long> number(String name) {
    return Optional.ofNullable((Number) fields.get(name)).map(Number::longValue);
  }

  boolean flag(String name, boolean otherwise) {
    return has(name) ? (Boolean) fields.get(name) : otherwise;
  }

  Facts object(String name) {
    return of(fields.get(name));
  }

  List<Facts> objects(String name) {
    return list(name).stream().map(Facts::of).toList();
  }

  List<String> texts(String name) {
    return list(name).stream().map(String.class::cast).toList();
  }

  private List<?> list(String name) {
    return has(name) ? (List<?>) fields.get(name) : List.of();
  }
}

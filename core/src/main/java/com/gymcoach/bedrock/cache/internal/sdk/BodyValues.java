package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.wire.Blank;
import com.gymcoach.bedrock.cache.internal.wire.ShallowJson;
import java.util.List;
import java.util.Set;

/** Tells values of a body that a caller can use from values that are there and hold nothing. */
final class BodyValues {
  /** Numbers that JSON cannot write as such. */
  private static final Set<String> NOT_FINITE = Set.of("NaN", "Infinity", "-Infinity");

  private BodyValues() {}

  /** Returns whether a value holds something: no null, blank text, empty list or empty object. */
  static boolean isSet(ShallowJson value) {
    return switch (value.kind()) {
      case NULL -> false;
      case TEXT -> !Blank.is(value.text());
      case NUMBER, TRUTH -> true;
      case LIST -> value.numbers() > 0 || !value.elements().isEmpty();
      case OBJECT -> !value.members().isEmpty();
    };
  }

  static boolean anySet(List<ShallowJson> values) {
    return values.stream().anyMatch(BodyValues::isSet);
  }

  /** Returns whether a value is a list of images, at least one, and each there. */
  static boolean areImages(ShallowJson value) {
    return !value.elements().isEmpty() && value.elements().stream().allMatch(BodyValues::isSet);
  }

  /**
   * Returns whether a value is a vector, or holds nothing but vectors. A vector of zeros has no
   * direction: its similarity to any other is not defined, so a search by it finds nothing or
   * everything.
   */
  static boolean isVector(ShallowJson value) {
    return switch (value.kind()) {
      case TEXT -> isSet(value) && !NOT_FINITE.contains(value.text()); // in base64
      case LIST ->
          value.numbers() > 0
              ? value.elements().isEmpty() && value.hasNonZero()
              : !value.elements().isEmpty()
                  && value.elements().stream().allMatch(BodyValues::isVector);
      case OBJECT ->
          value.members().containsKey("embedding")
              ? isVector(value.at("embedding"))
              : anySet(List.copyOf(value.members().values()))
                  && value.members().values().stream()
                      .allMatch(byType -> byType.isNull() || isVector(byType));
      default -> false;
    };
  }
}

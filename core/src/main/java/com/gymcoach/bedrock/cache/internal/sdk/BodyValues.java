package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.wire.Blank;
import com.gymcoach.bedrock.cache.internal.wire.ShallowJson;
import java.util.List;
import java.util.Set;

/** Decides whether values of a body are usable or empty. */
final class BodyValues {
  /** Numbers that JSON can only represent as strings. */
  private static final Set<String> NOT_FINITE = Set.of("NaN", "Infinity", "-Infinity");

  private BodyValues() {}

  /**
   * Returns whether a value has content: it is not null, a blank text, an empty list or an empty
   * object.
   */
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

  /** Returns whether a value is a list of one or more images, none of them empty. */
  static boolean areImages(ShallowJson value) {
    return !value.elements().isEmpty() && value.elements().stream().allMatch(BodyValues::isSet);
  }

  /**
   * Returns whether a value is a usable vector, or contains only usable vectors. A vector of zeros
   * is not usable: its similarity to any other is undefined, so a search with it finds nothing or
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

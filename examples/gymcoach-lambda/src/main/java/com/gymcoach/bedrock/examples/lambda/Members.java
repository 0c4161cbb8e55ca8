package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.ApiRequest.JSON;
import static com.gymcoach.bedrock.examples.lambda.ApiRequest.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The members that a route's body may have. Each member is either read, or rejected with a 400 that
 * names it: silently dropping an allergy would produce a plan that harms the user. Immutable.
 */
final class Members {
  private static final int MAX_ECHOED_NAME = 64;

  /**
   * A character that ECMAScript does not count as white space, written out: {@code \\S} means
   * something else in each language. The same class is in docs/openapi.yaml.
   */
  private static final Pattern FILLED =
      Pattern.compile(
          "[^\\t\\n\\x0b\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]");

  private final List<Member> all;
  private final int maxOfAny;

  private Members(List<Member> all, int maxOfAny) {
    this.all = all;
    this.maxOfAny = maxOfAny;
  }

  static Members of(Member... all) {
    return new Members(List.of(all), 0);
  }

  /** Returns any members, together at most {@code max} characters as JSON. All are used. */
  static Members anyUpTo(int max) {
    return new Members(List.of(), max);
  }

  /**
   * Returns the members of a body. A null or empty member counts as absent. An absent member gets
   * its default or is left out, so that equivalent bodies are read alike.
   *
   * @throws ApiException with status 400 if a member is unknown, missing or invalid
   */
  ObjectNode read(ObjectNode body) {
    if (maxOfAny > 0) {
      require(
          lengthAsJson(body) <= maxOfAny,
          "The body must be an object of at most " + maxOfAny + " characters as JSON");
      return body;
    }
    List<String> names = all.stream().map(Member::name).toList();
    List<String> unknown =
        body.propertyStream().map(Map.Entry::getKey).filter(n -> !names.contains(n)).toList();
    require(
        unknown.isEmpty(),
        "Unknown: %s. This route knows: %s".formatted(quoted(unknown), quoted(names)));
    ObjectNode read = JSON.createObjectNode();
    all.forEach(member -> member.read(body).ifPresent(value -> read.set(member.name, value)));
    return read;
  }

  /** Returns a name as JSON. If it is so long that it may be a text, returns only its length. */
  static String quoted(String name) {
    return name.length() <= MAX_ECHOED_NAME
        ? TextNode.valueOf(name).toString()
        : "a name of " + name.length() + " characters";
  }

  private static String quoted(Collection<String> names) {
    return names.isEmpty()
        ? "no members"
        : names.stream().map(Members::quoted).collect(Collectors.joining(", "));
  }

  /**
   * Returns a text member of up to {@code max} characters, counted as Unicode code points like JSON
   * Schema's maxLength. A blank text counts as empty.
   */
  static Member text(String name, int max) {
    return member(
        name, "a text of at most " + max + " characters", v -> v.isTextual() && fits(v, max));
  }

  /** Returns a text member that must not be blank. */
  static Member filledText(String name, int max) {
    return member(name, "a text of 1 to " + max + " characters, not blank", v -> isFilled(v, max));
  }

  /** Returns a text member that matches a pattern. The pattern may allow an empty text. */
  static Member text(String name, String pattern, String form) {
    return member(name, form, v -> v.isTextual() && v.asText().matches(pattern));
  }

  /** Returns a member that is one of several texts. */
  static Member choice(String name, Collection<String> choices) {
    return member(
        name,
        "one of " + choices.stream().sorted().collect(Collectors.joining(", ")),
        v -> v.isTextual() && choices.contains(v.asText()));
  }

  /** Returns a member that is a list of up to 20 texts. */
  static Member texts(String name) {
    return member(
        name,
        "a list of at most 20 texts, each of 1 to 200 characters and not blank",
        v ->
            v.isArray() && v.size() <= 20 && v.valueStream().allMatch(text -> isFilled(text, 200)));
  }

  static Member number(String name, int min, int max) {
    return member(
        name,
        "a whole number from %d to %d, without quotes".formatted(min, max),
        v -> v.isNumber() && isWhole(v.decimalValue(), min, max));
  }

  /** Returns whether a number is whole, however it is written: 4, 4.0 and 40e-1 are the same. */
  private static boolean isWhole(BigDecimal value, int min, int max) {
    // Compared first: a huge exponent must not be written out.
    return value.compareTo(BigDecimal.valueOf(min)) >= 0
        && value.compareTo(BigDecimal.valueOf(max)) <= 0
        && value.stripTrailingZeros().scale() <= 0;
  }

  static Member flag(String name) {
    return member(name, "true or false, without quotes", JsonNode::isBoolean);
  }

  /**
   * Returns a member that is an object with any members. Its length is that of its JSON without
   * whitespace, in UTF-16 units, as {@code JSON.stringify(it).length} returns in a browser.
   */
  static Member object(String name, int max) {
    return member(
        name,
        "an object of at most " + max + " characters as JSON",
        v -> v.isObject() && lengthAsJson(v) <= max);
  }

  private static int lengthAsJson(JsonNode value) {
    return value.toString().length();
  }

  private static Member member(String name, String form, Predicate<JsonNode> good) {
    return new Member(name, form, good, false, null);
  }

  private static boolean isFilled(JsonNode value, int max) {
    return value.isTextual() && !isBlank(value) && fits(value, max);
  }

  private static boolean isBlank(JsonNode text) {
    return !FILLED.matcher(text.asText()).find();
  }

  private static boolean fits(JsonNode text, int max) {
    String written = text.asText();
    return written.codePointCount(0, written.length()) <= max;
  }

  /**
   * A member of a body.
   *
   * @param form a description of valid values, shown to the client if a value is invalid
   * @param otherwise the default, or null if an absent member is left out
   */
  record Member(
      String name,
      String form,
      Predicate<JsonNode> good,
      boolean isRequired,
      @Nullable JsonNode otherwise) {
    Member required() {
      return new Member(name, form, good, true, null);
    }

    Member orElse(Object value) {
      return new Member(name, form, good, false, JSON.valueToTree(value));
    }

    private Optional<JsonNode> read(JsonNode body) {
      JsonNode value = body.path(name);
      boolean isThere = body.hasNonNull(name);
      require(!isThere || good.test(value), name + " must be " + form);
      if (isThere && !isEmpty(value)) {
        // 4.0 and 4 are one question.
        return Optional.of(value.isNumber() ? IntNode.valueOf(value.intValue()) : value);
      }
      require(!isRequired, name + " is missing or empty: it must be " + form);
      return Optional.ofNullable(otherwise);
    }

    private static boolean isEmpty(JsonNode value) {
      return value.isTextual() ? isBlank(value) : value.isContainerNode() && value.isEmpty();
    }
  }
}

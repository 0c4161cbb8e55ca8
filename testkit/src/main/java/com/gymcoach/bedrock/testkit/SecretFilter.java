package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.testkit.StoredAnswer.Head;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes secrets from an answer before it is written. Only texts are changed, so the answer stays
 * valid JSON. The texts that a stream splits over its events are searched together. Thread-safe.
 */
final class SecretFilter {
  /** What stands where a secret was. */
  static final String PLACEHOLDER = "REDACTED";

  /** Replaces account numbers, so that an ARN stays an ARN. */
  private static final String NO_ACCOUNT = "000000000000";

  /** The colons of an ARN, also as they stand in an address. */
  private static final String COLON = "(?::|%3[Aa])";

  private static final Pattern ACCOUNT_IN_ARN =
      Pattern.compile(
          "(?<=arn#aws[a-z-]{0,20}#[a-z0-9-]{1,40}#[a-z0-9-]{0,30}#)\\d{12}(?=#)"
              .replace("#", COLON));

  /**
   * The beginning of a word. A text may be JSON itself, such as the arguments of a tool: then the
   * letter of an escape sequence before a word does not belong to it.
   */
  private static final String BEGIN =
      "(?:(?<!\\\\)\\b|(?<=\\\\)(?![bfnrtu])\\b|(?<=\\\\[bfnrt])|(?<=\\\\u[0-9A-Fa-f]{4}))";

  /** What gives access to AWS or elsewhere. */
  private static final List<Pattern> ALWAYS =
      List.of(
          word("(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16,32}\\b"), // ids of access keys
          Pattern.compile( // secret access keys, which only their name tells from other texts
              "(?<=(?i:secret_?access_?key)[\"'\\\\\\s:=]{1,8})[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"),
          word("(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz)[A-Za-z0-9/+%]{40,}={0,2}"), // session tokens
          word("(?:ABSK|bedrock-api-key-)[A-Za-z0-9/+]{40,}={0,2}"), // keys of Bedrock's API
          Pattern.compile("(?<=Signature=)[0-9a-f]{64}\\b"), // of a request
          Pattern.compile("(?<=\\b[Bb]earer )[\\w.~/+-]{16,}={0,2}"),
          word("eyJ[\\w-]{4,4096}\\.eyJ[\\w-]{4,8192}\\.[\\w-]*")); // JSON Web Tokens

  private static final Pattern EMAIL =
      word("[\\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){1,8}\\b");

  /** The headers that are kept: they say what the body is and what it cost. */
  private static final String BEDROCK_HEADER = "x-amzn-bedrock-";

  /** The placeholders of secrets that are removed from names too. */
  private final Map<Pattern, String> known = new LinkedHashMap<>();

  private final Map<Pattern, String> placeholders;

  /**
   * Creates a filter.
   *
   * @param emails whether e-mail addresses are removed
   * @param more what else is removed, but not from the names of members: an expression that is
   *     meant for texts could match the name of a member that the SDK needs
   */
  SecretFilter(boolean emails, Collection<Pattern> more) {
    known.put(ACCOUNT_IN_ARN, NO_ACCOUNT);
    ALWAYS.forEach(secret -> known.put(secret, PLACEHOLDER));
    if (emails) {
      known.put(EMAIL, PLACEHOLDER);
    }
    placeholders = new LinkedHashMap<>(known);
    more.forEach(secret -> placeholders.put(secret, PLACEHOLDER));
  }

  private static Pattern word(String expression) {
    return Pattern.compile(BEGIN + expression);
  }

  /**
   * Returns the answer without secrets.
   *
   * @throws IOException if its body is not JSON: nothing can be removed from it safely
   */
  StoredAnswer filter(StoredAnswer answer) throws IOException {
    return new StoredAnswer(
        answer.codec(),
        filter(answer.modelId()),
        answer.times(),
        answer.markers(),
        answer.usage(),
        filter(answer.head()),
        answer.isStream() ? filterLines(answer.body()) : filterBody(answer.body()));
  }

  private Head filter(Head head) {
    SortedMap<String, List<String>> kept = new TreeMap<>();
    head.headers()
        .forEach(
            (name, values) -> {
              if (name.equals("content-type") || name.startsWith(BEDROCK_HEADER)) {
                kept.put(name, values.stream().map(this::filter).toList());
              }
            });
    return new Head(head.status(), head.statusText(), kept);
  }

  String filter(String text) {
    return filter(List.of(text)).get(0);
  }

  private JsonTexts.Change changed(JsonTexts.Change texts) {
    return new JsonTexts.Change() {
      @Override
      public String text(String pointer, String text) {
        return texts.text(pointer, text);
      }

      @Override
      public String name(String name) {
        return filter(List.of(name), known).get(0);
      }
    };
  }

  /** Returns the body as it was if there is no secret in it. */
  private byte[] filterBody(byte[] body) throws IOException {
    String json = new String(body, StandardCharsets.UTF_8);
    String filtered = JsonTexts.compact(json, changed((pointer, text) -> filter(text)));
    return filtered.equals(JsonTexts.compact(json))
        ? body
        : filtered.getBytes(StandardCharsets.UTF_8);
  }

  private byte[] filterLines(byte[] body) throws IOException {
    String all = new String(body, StandardCharsets.UTF_8);
    List<String> lines = List.of(all.split("\n")); // without an empty last one
    Map<String, List<String>> texts = new HashMap<>();
    for (String line : lines) {
      String unused =
          JsonTexts.compact(
              line,
              (pointer, text) -> {
                texts.computeIfAbsent(pointer, absent -> new ArrayList<>()).add(text);
                return text;
              });
    }
    Map<String, Queue<String>> filtered = new HashMap<>();
    texts.forEach((pointer, parts) -> filtered.put(pointer, new ArrayDeque<>(filter(parts))));
    StringBuilder out = new StringBuilder(body.length);
    for (String line : lines) {
      String changed =
          JsonTexts.compact(
              line,
              changed((pointer, text) -> Objects.requireNonNull(filtered.get(pointer)).remove()));
      out.append(changed.equals(JsonTexts.compact(line)) ? line : changed).append('\n');
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the parts of one text without secrets. A placeholder goes where a secret began. */
  List<String> filter(List<String> parts) {
    return filter(parts, placeholders);
  }

  private static List<String> filter(List<String> parts, Map<Pattern, String> placeholders) {
    List<String> result = parts;
    for (Map.Entry<Pattern, String> each : placeholders.entrySet()) {
      Matcher found = each.getKey().matcher(String.join("", result));
      if (findText(found)) {
        result = replaced(result, found, each.getValue());
      }
    }
    return result;
  }

  /** Finds the next match that is not empty. */
  private static boolean findText(Matcher found) {
    while (found.find()) {
      if (found.end() > found.start()) {
        return true;
      }
    }
    return false;
  }

  private static List<String> replaced(List<String> parts, Matcher found, String placeholder) {
    List<String> result = new ArrayList<>(parts.size());
    int start = 0;
    boolean left = true; // whether there is a match that has not been passed
    for (String part : parts) {
      int end = start + part.length();
      StringBuilder kept = new StringBuilder();
      int at = start;
      while (left && found.start() < end) {
        if (found.start() >= start) {
          kept.append(part, at - start, found.start() - start).append(placeholder);
        }
        at = Math.min(end, found.end());
        if (found.end() > end) {
          break; // the rest of it is in the next part
        }
        left = findText(found);
      }
      result.add(kept.append(part, at - start, part.length()).toString());
      start = end;
    }
    return result;
  }
}

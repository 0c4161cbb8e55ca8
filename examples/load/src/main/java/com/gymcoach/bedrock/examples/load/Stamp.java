package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of an answer that makes it checkable: its user, its request and its time.
 *
 * @param user the digest of the user
 * @param request the digest of the operation, the model and the prompt
 * @param askedAt when the request arrived at Bedrock, in epoch milliseconds
 * @param whole whether the answer is complete
 */
public record Stamp(String user, String request, long askedAt, boolean whole) {
  /** The header that tells only the stand-in which user asks. */
  public static final String USER_HEADER = "x-load-user";

  private static final String END = " [end]";
  private static final Pattern FORM =
      Pattern.compile("(?s)\\[user ([0-9a-f]{16}) request ([0-9a-f]{16}) at ([0-9]+)\\] .*");

  /** Returns a text with the stamp at its beginning and a mark at its end. */
  public static String on(String text, String user, String request, long askedAt) {
    return "[user " + user + " request " + request + " at " + askedAt + "] " + text + END;
  }

  /** Returns a text's stamp, or null if it has none. */
  public static @Nullable Stamp of(String text) {
    Matcher form = FORM.matcher(text);
    return form.matches()
        ? new Stamp(form.group(1), form.group(2), Long.parseLong(form.group(3)), text.endsWith(END))
        : null;
  }

  /** Returns the digest of the user whom a request's header names. */
  public static String userDigest(BedrockStandIn.Request request) {
    return userDigest(
        request.headers().entrySet().stream()
            .filter(header -> header.getKey().equalsIgnoreCase(USER_HEADER))
            .flatMap(header -> header.getValue().stream())
            .findFirst()
            .orElse("nobody"));
  }

  /** Returns the digest of a user. */
  public static String userDigest(String user) {
    return digest(user);
  }

  /** Returns the digest of a request. */
  public static String requestDigest(String operation, String model, String prompt) {
    return digest(operation + "\n" + model + "\n" + prompt);
  }

  private static String digest(String text) {
    try {
      byte[] sha256 =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha256, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}

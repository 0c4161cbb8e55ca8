package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Bedrock whose answers are numbered and signed: each tells whether it is whole, and which
 * question it was given to. Most are small, some take many packets. Thread-safe.
 */
final class SignedAnswers implements BedrockStandIn.Responder {
  private static final Pattern QUESTION = Pattern.compile("\"text\":\"([^\"]*)\"");
  private static final int LARGE = 40_000;
  private static final int SMALL = 4_000;

  private final AtomicInteger last = new AtomicInteger();

  /** Returns the number of the answer that was given last. */
  int last() {
    return last.get();
  }

  @Override
  public Reply answer(Request request) {
    Matcher asked = QUESTION.matcher(new String(request.body(), StandardCharsets.UTF_8));
    if (!asked.find()) {
      throw new IllegalStateException("A call without a question arrived");
    }
    return Caller.reply(signed(asked.group(1), last.incrementAndGet()));
  }

  static String signed(String question, int number) {
    Random random = new Random(number);
    int length = random.nextInt(random.nextInt(4) == 0 ? LARGE : SMALL);
    String content =
        question
            + "|"
            + number
            + "|"
            + random
                .ints(length, 'a', 'z' + 1) // hard to compress
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
    return content + "|" + digest(content);
  }

  /**
   * Returns the number of an answer.
   *
   * @throws AssertionError if it is not whole, or another question's
   */
  static int number(String question, String text) {
    int end = text.lastIndexOf('|');
    if (end < 0 || !digest(text.substring(0, end)).equals(text.substring(end + 1))) {
      throw new AssertionError("An answer of " + text.length() + " characters is not whole");
    }
    String[] parts = text.split("\\|", 3);
    if (!parts[0].equals(question)) {
      throw new AssertionError("To " + question + " the answer to " + parts[0] + " was given");
    }
    return Integer.parseInt(parts[1]);
  }

  private static String digest(String content) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(content.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}

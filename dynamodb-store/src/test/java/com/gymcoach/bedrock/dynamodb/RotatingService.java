package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * A service in a separate process, in one deployment of a change of its key secret. It reads a
 * command a line, and prints the result.
 */
final class RotatingService implements AutoCloseable {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private final Process process;
  private final PrintStream commands;
  private final BufferedReader answers;

  /** Starts one; each secret is told by the byte that it is made of, its own first. */
  RotatingService(URI bedrock, String table, int... secrets) throws IOException {
    process =
        ChildJvm.of(
                RotatingService.class,
                bedrock,
                Dynamo.local().endpoint(),
                table,
                Arrays.toString(secrets))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
    answers = process.inputReader(StandardCharsets.US_ASCII);
  }

  /** Asks Alice's question, and returns its outcome, the source first. */
  String ask() throws IOException {
    return command("ask");
  }

  /** Invalidates what is Alice's, and returns how many entries went. */
  String invalidate() throws IOException {
    return command("invalidate");
  }

  private String command(String word) throws IOException {
    commands.println(word);
    String answer = answers.readLine();
    if (answer == null) {
      throw new IllegalStateException("The service has ended");
    }
    return answer;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] args) throws IOException {
    KeySecret[] secrets =
        Arrays.stream(args[3].replaceAll("[\\[\\] ]", "").split(","))
            .map(RotatingService::secret)
            .toArray(KeySecret[]::new);
    KeySecret[] others = Arrays.copyOfRange(secrets, 1, secrets.length);
    BedrockCache cache =
        BedrockCache.builder()
            .store(Kind.SYNC.store(args[2], URI.create(args[1])).build())
            .keySecret(secrets[0].alsoInvalidates(others))
            .invalidationDelay(Duration.ZERO)
            .build();
    Caller caller = new Caller(Way.SYNC, URI.create(args[0]));
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String word = commands.readLine(); word != null; word = commands.readLine()) {
      if (word.equals("ask")) {
        CacheOutcome outcome = CacheOutcome.of(caller.call(cache, ALICE, "question"));
        System.out.println(outcome.source() + ": " + outcome);
      } else {
        System.out.println(cache.invalidate(ALICE));
      }
    }
  }

  private static KeySecret secret(String fill) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, Byte.parseByte(fill));
    return KeySecret.of(secret);
  }
}

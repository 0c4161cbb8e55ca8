package com.gymcoach.bedrock.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A heap dump of a service must not tell its users' requests. */
@Timeout(300)
class HeapDumpTest {
  private static final String PROMPT = "what-does-my-knee-injury-mean";
  private static final String TOKEN = "session-token-of-the-service";
  private static final String KEY = "ACCESS-KEY-OF-THE-SERVICE";

  /** The words of a request beside its prompt: the Authorization header names the access key. */
  private static final List<String> OF_THE_EXCHANGE =
      List.of("AWS4-HMAC-SHA256 Credential=" + KEY, KEY, TOKEN);

  private final BedrockStandIn bedrock = BedrockStandIn.start();
  @TempDir private Path folder;

  @AfterEach
  void stop() {
    bedrock.close();
  }

  @Test
  void dump_whenTheMemoIsOff_holdsAnswersAndNothingOfTheRequests() throws Exception {
    String dump = dump(0);
    for (String word : OF_THE_EXCHANGE) {
      assertThat(count(dump, word)).as(word).isZero();
    }
    assertThat(count(dump, PROMPT)).as("prompts").isZero();
    assertThat(count(dump, "a sentence. a sentence.")).as("answers").isGreaterThanOrEqualTo(200);
  }

  @Test
  void dump_whenTheMemoIsOn_holdsThePromptsAndNothingElseOfTheRequests() throws Exception {
    String dump = dump(16L << 20);
    for (String word : OF_THE_EXCHANGE) {
      assertThat(count(dump, word)).as(word).isZero();
    }
    assertThat(count(dump, PROMPT)).as("prompts").isGreaterThanOrEqualTo(100);
  }

  private String dump(long memoBytes) throws IOException, InterruptedException {
    List<Reply> replies = DumpedProcess.SHAPES.stream().map(AnswerShape::reply).toList();
    bedrock.answerWith(
        request ->
            switch (request.operation()) {
              case "Converse" -> replies.get(0);
              case "InvokeModel" -> replies.get(1);
              default -> replies.get(2);
            });
    Path file = folder.resolve("live.hprof");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                // The JDK's HTTP client keeps a connection and its last request for five seconds.
                "-Dhttp.keepAlive=false",
                "-cp",
                System.getProperty("java.class.path"),
                DumpedProcess.class.getName(),
                bedrock.endpoint().toString(),
                file.toString(),
                Long.toString(memoBytes),
                backwards(PROMPT),
                backwards(KEY),
                backwards(TOKEN))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(said.strip()).endsWith("435");
    return Files.readString(file, ISO_8859_1);
  }

  /** Returns how often a text occurs, as the heap may hold it: Latin-1, or two bytes each. */
  private static int count(String dump, String text) {
    int count = 0;
    for (Charset charset : List.of(ISO_8859_1, UTF_16LE, UTF_16BE)) {
      String bytes = new String(text.getBytes(charset), ISO_8859_1);
      for (int at = dump.indexOf(bytes); at >= 0; at = dump.indexOf(bytes, at + 1)) {
        count++;
      }
    }
    return count;
  }

  private static String backwards(String text) {
    return new StringBuilder(text).reverse().toString();
  }
}

package com.gymcoach.bedrock.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

class ReadmeExampleTest {
  private static final Path SOURCE =
      Path.of("src/main/java/com/gymcoach/bedrock/examples/quickstart/ReadmeExample.java");

  @Test
  void readme_showsWhatIsCompiled() throws Exception {
    List<String> lines = Files.readAllLines(SOURCE);
    int begin = lines.indexOf("    // region readme");
    int end = lines.indexOf("    // endregion");
    String example = String.join("\n", lines.subList(begin + 1, end)).stripIndent();
    assertThat(Files.readString(Path.of("../../README.md")))
        .contains("```java\n" + example + "\n```\n");
  }

  @Test
  void example_answers() {
    ConverseRequest request =
        ConverseRequest.builder()
            .modelId("amazon.nova-lite-v1:0")
            .messages(
                Message.builder()
                    .role(ConversationRole.USER)
                    .content(ContentBlock.fromText("How do I squat?"))
                    .build())
            .build();
    // How often it is served from the store is a matter of the default budgets: the tour shows it.
    try (Services local = LocalServices.start(Duration.ZERO, "gymcoach-ai-main")) {
      CacheOutcome outcome = ReadmeExample.ask(local.bedrock(), local.dynamoDb(), "u-42", request);
      assertThat(outcome.status()).isEqualTo(CacheOutcome.Status.MISS);
      assertThat(outcome.source()).isEqualTo(CacheSource.BEDROCK);
    }
  }
}

package com.gymcoach.bedrock.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

class DocumentationTest {
  private static final Path ROOT = Path.of("../..");
  private static final List<Path> COMPILED =
      List.of(
          source("main", "ReadmeExample"),
          source("main", "GettingStarted"),
          source("test", "CallSnippets"),
          source("test", "PolicySnippets"),
          source("test", "ToolSnippets"),
          source("test", "FileStore"),
          source("test", "FileStoreContractTest"),
          source("test", "RecordedCoachTest"));

  private static final Pattern REGION =
      Pattern.compile("(?s)\\n *// region [^\\n]*\\n(.*?)\\n *// endregion");
  private static final Pattern SHOWN = Pattern.compile("(?s)```java\\n(.*?)\\n```");

  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import com\\.gymcoach\\.bedrock\\.cache\\.\\w+;$");

  private static Path source(String set, String name) {
    return Path.of("src", set, "java/com/gymcoach/bedrock/examples/quickstart", name + ".java");
  }

  @ParameterizedTest
  @CsvSource({
    "README.md, 1",
    "docs/getting-started.md, 4",
    "docs/how-a-request-flows.md, 1",
    "docs/context-propagation.md, 1",
    "docs/observability.md, 1",
    "docs/scoping-and-privacy.md, 5",
    "docs/keys-and-ttl.md, 5",
    "docs/dynamodb-table.md, 2",
    "docs/lambda.md, 2",
    "docs/large-entries.md, 1",
    "docs/testing-your-code.md, 2",
    "docs/recorded-tests.md, 3",
    "docs/rollout.md, 3",
    "docs/streaming.md, 2",
    "docs/both-forms.md, 1",
    "docs/embeddings.md, 1",
    "docs/money.md, 2",
    "docs/verified-hits.md, 4",
    "docs/warm-up.md, 3",
    "docs/what-is-cached.md, 2",
    "docs/why-a-miss.md, 2",
    "docs/writing-a-store.md, 2"
  })
  void page_showsWhatIsCompiled(String page, int snippets) throws Exception {
    List<String> compiled = new ArrayList<>();
    for (Path source : COMPILED) {
      String text = Files.readString(source);
      REGION.matcher(text).results().forEach(region -> compiled.add(region.group(1).stripIndent()));
      // A page may show the cache's imports, without those of the SDK between them.
      compiled.add(
          IMPORT.matcher(text).results().map(MatchResult::group).collect(Collectors.joining("\n")));
    }
    List<String> shown =
        SHOWN.matcher(Files.readString(ROOT.resolve(page))).results().map(m -> m.group(1)).toList();
    assertThat(shown).hasSize(snippets);
    assertThat(compiled).containsAll(shown);
  }

  private static final ConverseRequest QUESTION =
      ConverseRequest.builder()
          .modelId("amazon.nova-lite-v1:0")
          .messages(
              Message.builder()
                  .role(ConversationRole.USER)
                  .content(ContentBlock.fromText("How do I squat?"))
                  .build())
          .build();

  @Test
  void testOfTheTestingPage_givesWhatItSays() {
    assertThat(ToolSnippets.tested(QUESTION)).containsExactly(CacheSource.HOT, 1);
  }

  @Test
  void storeFailureOfTheTestingPage_isTheFaultThatItNames() {
    try (BedrockStandIn bedrock = BedrockStandIn.start();
        BedrockRuntimeClient real =
            BedrockRuntimeClient.builder()
                .endpointOverride(bedrock.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .build()) {
      assertThat(ToolSnippets.storeFails(real, QUESTION))
          .containsExactlyInAnyOrder(CacheFault.STORE_READ_FAILED, CacheFault.MARKERS_UNKNOWN);
      assertThat(bedrock.requests()).isEqualTo(1);
    }
  }

  @Test
  void gettingStarted_whenAskedTwice_hitsTheSecondTime() {
    try (Services local = LocalServices.start(Duration.ZERO, "bedrock-cache");
        BedrockCache cache = GettingStarted.withTable(local.dynamoDb())) {
      assertThat(cache.mode()).isEqualTo(CacheMode.ON);
      List<CacheOutcome> outcomes = GettingStarted.askTwice(local.bedrock(), QUESTION);
      assertThat(outcomes.get(0)).hasToString("MISS, ABSENT, kept");
      assertThat(outcomes.get(1).toString()).startsWith("HIT from HOT, ");
    }
  }

  @Test
  void example_answers() {
    // How often it is served from the store is a matter of the default budgets: the tour shows it.
    try (Services local = LocalServices.start(Duration.ZERO, "gymcoach-ai-main")) {
      CacheOutcome outcome = ReadmeExample.ask(local.bedrock(), local.dynamoDb(), "u-42", QUESTION);
      assertThat(outcome.status()).isEqualTo(CacheOutcome.Status.MISS);
      assertThat(outcome.source()).isEqualTo(CacheSource.BEDROCK);
    }
  }
}

package com.gymcoach.bedrock.examples.local;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.examples.local.Runbook.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The runbook's commands run as they are written. */
class RunbookTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Path EXAMPLE = Runbook.ROOT.resolve("examples/gymcoach-lambda");
  private static final Path TEMPLATE = EXAMPLE.resolve("template.yaml");
  private static final Path JAR = EXAMPLE.resolve("target/gymcoach-lambda.jar");

  private static final String NO_FILES = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="; // a zip's end
  private static final String FUNCTION = "PUT /2015-03-31/functions/gymcoach-ai-service/";
  private static final String ALIAS = FUNCTION + "aliases/live ";

  @TempDir private Path folder;

  /** The variables that an operator has set. */
  static final String SETTINGS =
      """
      STACK=gymcoach-ai FUNCTION=gymcoach-ai-service BUCKET=bucket ISSUER=https://issuer.example
      AUDIENCE=app TOPIC=arn:aws:sns:us-east-1:000000000000:operators GOOD=5 DEPLOYMENT=d-ABCDEF123
      TEST_USER=test TEST_PASSWORD=secret PARTITION=CACHE#default#x
      . examples/gymcoach-lambda/docs/operations/runbook.sh
      """;

  static List<String> pages() throws IOException {
    return Runbook.pages();
  }

  static Stream<String> pagesWithLocalBlocks() throws IOException {
    List<String> pages = new ArrayList<>();
    for (String page : pages()) {
      if (!Runbook.local(page).isEmpty()) {
        pages.add(page);
      }
    }
    return pages.stream();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void commands_areBash(String page) throws Exception {
    assumeTrue(Runbook.has("bash"), "no bash");
    for (String block : Runbook.blocks(page)) {
      Result parsed = Runbook.bash(Map.of("BLOCK", block), "bash -n <<<\"$BLOCK\"");
      assertThat(parsed.code()).as(block + parsed.output()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("pagesWithLocalBlocks")
  void localCommands_runInTheTwin(String page) throws Exception {
    Result result = inTheTwin(String.join("\n", Runbook.local(page)));
    assertThat(result.code()).as(result.output()).isZero();
  }

  /** The control: a step left out is noticed. */
  @Test
  void localCommands_whenTheFirstRequestIsLeftOut_fail() throws Exception {
    List<String> blocks = new ArrayList<>(Runbook.local("smoke-tests.md"));
    String question = blocks.remove(1).replaceAll("(?m)^api .*$", "");
    blocks.add(1, question);
    assertThat(inTheTwin(String.join("\n", blocks)).code()).isNotZero();
  }

  private static Result inTheTwin(String commands) throws Exception {
    assumeTrue(Runbook.has("bash", "curl", "jq"), "no bash, curl or jq");
    Options options =
        Options.parse(Map.of(), "--port", "0", "--delay", "0s", "--read-budget", "10s");
    try (Twin twin =
        Twin.start(
            options,
            Tokens.withNewSecret(),
            (o, settings) -> LocalServices.start(o.delay(), settings.tableName()))) {
      // How long a hit takes is not this test's to judge, on a machine that does other things.
      return Runbook.bash(Map.of("TWIN", twin.url(), "PAUSE", "0", "LIMIT", "10"), commands);
    }
  }

  /** Asked by the real CLI, which refuses an option or a value that it does not know. */
  @ParameterizedTest
  @ValueSource(strings = {"README.md", "deploy.md", "smoke-tests.md", "success.md", "watch.md"})
  void awsCommands_areTakenByTheCli(String page) throws Exception {
    try (AwsStandIn aws = AwsStandIn.start()) {
      Result result = onAws(aws, awsCommands(page));
      assertThat(result.code()).as(result.output()).isZero();
      assertThat(aws.calls()).isNotEmpty();
    }
  }

  /** Returns what a page asks of AWS, in its blocks and between them. */
  private static String awsCommands(String page) throws IOException {
    Stream<String> blocks =
        Runbook.blocks(page).stream()
            .filter(block -> !block.startsWith("# local"))
            .filter(block -> !block.startsWith("mvn ") && !block.startsWith("sam "))
            // The jar may not be built yet.
            .filter(block -> Files.exists(JAR) || !block.contains("cloudformation package"))
            .map(
                block ->
                    block.replace("examples/gymcoach-lambda/target/gymcoach-lambda.jar", "$CODE"));
    Stream<String> inline =
        Runbook.inline(page).stream().filter(text -> text.matches("aws [^ ]+ [^ ]+ --.*"));
    return Stream.concat(blocks, inline).collect(Collectors.joining("\n"));
  }

  private Result onAws(AwsStandIn aws, String commands) throws Exception {
    assumeTrue(Runbook.has("bash", "jq", "aws"), "no bash, jq or AWS CLI");
    Path packaged = Files.copy(TEMPLATE, folder.resolve("packaged.yaml"), REPLACE_EXISTING);
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.put("PACKAGED", packaged.toString());
    Path code = Files.write(folder.resolve("code.zip"), Base64.getDecoder().decode(NO_FILES));
    environment.put("CODE", code.toString());
    environment.put("WAIT", "0");
    environment.put("TRIES", "2");
    return Runbook.bash(environment, SETTINGS, commands);
  }

  /** Each version is asked before it gets the calls: it may be asleep. */
  @Test
  void rollback_sendsAllCallsToAVersionThatAnswers() throws Exception {
    try (AwsStandIn aws = AwsStandIn.start()) {
      Result result = onAws(aws, awsCommands("rollback.md"));
      assertThat(result.code()).as(result.output()).isZero();
      assertThat(bodies(aws, ALIAS)).containsExactly(alias("5"), alias("7"));
      List<String> steps =
          aws.calls().stream()
              .filter(call -> call.startsWith(ALIAS) || call.contains("/invocations?"))
              .map(call -> call.replaceAll("(?s).*Qualifier=(\\d+) .*|.*(aliases)/live .*", "$1$2"))
              .toList();
      assertThat(steps).containsExactly("5", "aliases", "7", "aliases");
      assertThat(bodies(aws, FUNCTION + "configuration ")).isEmpty(); // $LATEST stays as it is
    }
  }

  /**
   * Each step is a new version, and changes nothing else. By hand the last one leaves no weight.
   */
  @Test
  void rollout_goesStepByStep() throws Exception {
    try (AwsStandIn aws = AwsStandIn.start()) {
      Result result = onAws(aws, awsCommands("rollout.md"));
      assertThat(result.code()).as(result.output()).isZero();
      List<String> updates =
          aws.calls().stream().filter(call -> call.contains(" CreateChangeSet ")).toList();
      assertThat(updates).hasSize(3);
      for (int step = 0; step < updates.size(); step++) {
        assertThat(updates.get(step))
            .containsPattern("ParameterKey=LogLevel&[^&]*UsePreviousValue=true")
            .containsPattern("ParameterKey=Release&[^&]*ParameterValue=\\d{10}")
            .containsPattern(
                "ParameterKey=CacheRolloutPercent&[^&]*ParameterValue="
                    + List.of(10, 50, 100).get(step));
      }
      List<JsonNode> aliases = bodies(aws, ALIAS);
      assertThat(aliases).hasSize(3);
      assertThat(aliases.get(0).at("/RoutingConfig/AdditionalVersionWeights/8").asDouble())
          .isEqualTo(0.1);
      assertThat(aliases.get(1).at("/RoutingConfig/AdditionalVersionWeights/8").asDouble())
          .isEqualTo(0.5);
      assertThat(aliases.get(2)).isEqualTo(alias("8"));
      // The version is made of the jar that was just uploaded, or not at all.
      assertThat(bodies(aws, FUNCTION.replace("PUT", "POST") + "versions "))
          .containsExactly(JSON.createObjectNode().put("CodeSha256", "sha-of-the-jar"));
    }
  }

  private static JsonNode alias(String version) {
    ObjectNode alias = JSON.createObjectNode().put("FunctionVersion", version);
    alias.putObject("RoutingConfig").putObject("AdditionalVersionWeights");
    return alias;
  }

  static List<JsonNode> bodies(AwsStandIn aws, String call) throws IOException {
    List<JsonNode> bodies = new ArrayList<>();
    for (String made : aws.calls()) {
      if (made.startsWith(call)) {
        bodies.add(JSON.readTree(made.substring(call.length())));
      }
    }
    return bodies;
  }

  /** Nothing publishes from $LATEST but by the function that checks it; nothing else changes it. */
  @ParameterizedTest
  @MethodSource("pages")
  void pages_neverTouchLatestByHand(String page) throws Exception {
    for (String block : Runbook.blocks(page)) {
      assertThat(block)
          .doesNotContain(
              "publish-version", "update-function-c", "aws lambda update-alias --function-version");
    }
  }

  /** The page names this very expression: it compiles, and gives what a partition ends with. */
  @Test
  void smokeTests_nameAMethodThatExists() throws IOException {
    assertThat(Runbook.text("smoke-tests.md"))
        .contains(
            "CacheScope.user(id).partitions(\"default\", KeySecret.none()).get(0).principal().text()");
    String id = "alice";
    assertThat(
            CacheScope.user(id).partitions("default", KeySecret.none()).get(0).principal().text())
        .hasSize(43);
  }

  /** Without a new one, an update of a parameter has no effect. */
  @Test
  void deployments_nameANewRelease() throws Exception {
    int deployments = 0;
    for (String page : pages()) {
      for (String block : Runbook.blocks(page)) {
        if (block.contains("cloudformation deploy") || block.contains("sam deploy")) {
          assertThat(block).contains("--parameter-overrides Release=\"$(date +%s)\"");
          deployments++;
        }
      }
    }
    assertThat(deployments).isEqualTo(3);
    assertThat(Files.readString(Runbook.PAGES.resolve("runbook.sh")))
        .contains("--parameter-overrides Release=\"$(date +%s)\" \"$@\"");
  }

  /** Queries and metrics that the pages name are there. */
  @Test
  void queriesAndMetrics_exist() throws IOException {
    JsonNode queries =
        JSON.readTree(Runbook.ROOT.resolve("docs/monitoring/queries.json").toFile())
            .path("Resources");
    String metrics = Files.readString(Runbook.ROOT.resolve("docs/metrics.md"));
    int named = 0;
    for (String page : pages()) {
      List<String> commands = new ArrayList<>(Runbook.inline(page));
      Runbook.blocks(page).forEach(block -> commands.addAll(List.of(block.split("[(\\n]", -1))));
      for (String command : commands) {
        String[] words = command.split(" ", -1);
        if (words[0].equals("insights") && words.length > 1) {
          assertThat(queries.has(words[1])).as(page + ": " + command).isTrue();
          named++;
        } else if (words[0].equals("metric") && words.length > 1) {
          assertThat(metrics).as(page).contains("| `" + words[1] + "` |");
          named++;
        }
      }
    }
    assertThat(named).isGreaterThan(20);
  }

  /** The pages and tests to which the pages refer exist. */
  @ParameterizedTest
  @MethodSource("pages")
  void references_leadSomewhere(String page) throws IOException {
    for (String link : found("\\]\\(([^)#:]+)(?:#[^)]*)?\\)", Runbook.text(page))) {
      assertThat(Runbook.PAGES.resolve(link)).exists();
    }
    for (String heading : found("\\]\\([^):]*#([^)]+)\\)", Runbook.text(page))) {
      assertThat(headings()).contains(heading);
    }
    for (String test : found("`(\\w+(?:Test|IT))`", Runbook.text(page))) {
      assertThat(sources()).contains(test + ".java");
    }
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1)).toList();
  }

  private static Set<String> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Runbook.ROOT)) {
      return files
          .filter(file -> file.toString().contains("src/test/java"))
          .map(file -> String.valueOf(file.getFileName()))
          .collect(Collectors.toSet());
    }
  }

  /** The anchors that GitHub gives to headings, of the pages and those beside and above them. */
  private static Set<String> headings() throws IOException {
    Set<String> anchors = new TreeSet<>();
    for (Path folder : List.of(Runbook.PAGES, Runbook.ROOT.resolve("docs"), Runbook.ROOT)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".md")).toList()) {
          for (String heading : found("(?m)^#+ (.*)$", Files.readString(file))) {
            anchors.add(
                heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-'));
          }
        }
      }
    }
    return anchors;
  }
}

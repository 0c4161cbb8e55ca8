package com.gymcoach.bedrock.examples.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.examples.replay.Run.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  private static final String MODEL = "anthropic.claude-3-5-haiku-20241022-v1:0";

  @TempDir Path folder;

  private static Result play(Trace trace, CacheMode mode, Duration ttl, int processes) {
    return new Run(trace, new Run.Settings(MODEL, mode, ttl, 64L << 20, processes))
        .play(10, done -> {});
  }

  private Trace read(String... lines) throws IOException {
    Path file = Files.write(folder.resolve("trace"), List.of(lines));
    return new TraceReader(10, 0.8, false).read(file);
  }

  /** The load test of the present cache: fifty questions, each asked of Bedrock once. */
  @Test
  void play_ofTheSeedsLoad_hitsMoreAndMore() {
    Result on = play(Loads.seed(), CacheMode.ON, Duration.ofHours(1), 2);
    assertThat(on.bedrock()).isEqualTo(50);
    assertThat(on.hot() + on.warm()).isEqualTo(2_950);
    assertThat(on.hitRates().get(0)).isLessThan(on.hitRates().get(1));
    assertThat(on.hitRates().subList(2, 10)).allMatch(rate -> rate == 100);
  }

  @Test
  void play_whenObserving_saysWhatOneProcessSaves() {
    Result watched = play(Loads.gymcoach(20), CacheMode.OBSERVE, Duration.ofHours(1), 1);
    Result on = play(Loads.gymcoach(20), CacheMode.ON, Duration.ofHours(1), 1);
    assertThat(watched.bedrock()).isEqualTo(watched.calls());
    assertThat(watched.hitRate()).isEqualTo(on.hitRate()).isGreaterThan(0);
    assertThat(watched.savedUsd()).isCloseTo(on.savedUsd(), within(1e-3));
    assertThat(on.bedrock()).isEqualTo(on.calls() - on.hot() - on.warm());
  }

  /** By hand: 0.8 and 4 USD a million tokens, and a second call that costs the table's units. */
  @Test
  void play_ofAPair_savesThePriceOfOneCall() throws IOException {
    Trace pair =
        read(
            "time,user,endpoint,prompt,inputTokens,outputTokens",
            "0,alice,chat,one,1000,500",
            "60,alice,chat,one,1000,500",
            "61,bob,chat,one,1000,500");
    Result on = play(pair, CacheMode.ON, Duration.ofHours(1), 1);
    assertThat(on.hitRate()).isCloseTo(100.0 / 3, within(1e-9));
    assertThat(on.bedrockUsd()).isCloseTo(2 * (0.8 * 1_000 + 4 * 500) / 1e6, within(1e-12));
    assertThat(on.savedUsd()).isCloseTo((0.8 * 1_000 + 4 * 500) / 1e6, within(1e-5));
  }

  @Test
  void read_ofMooncakesLines_equalBlocksAreOnePrompt() throws IOException {
    Trace trace =
        read(
            "{\"timestamp\": 0, \"input_length\": 9, \"output_length\": 5, \"hash_ids\": [0, 7]}",
            "{\"timestamp\": 5, \"input_length\": 9, \"output_length\": 6, \"hash_ids\": [0, 7]}",
            "{\"timestamp\": 9, \"input_length\": 8, \"output_length\": 5, \"hash_ids\": [0, 7]}");
    assertThat(trace.asks()).extracting(Ask::prompt).containsExactly("0 7 :9", "0 7 :9", "0 7 :8");
    assertThat(trace.asks()).extracting(Ask::user).containsOnly("user-7");
  }

  @Test
  void read_ofAzuresLines_saysThatRepeatsAreAssumed() throws IOException {
    Trace trace =
        read(
            "TIMESTAMP,ContextTokens,GeneratedTokens",
            "2023-11-16 18:15:46.6805900,374,44",
            "2023-11-16 18:15:50.9951690,396,109");
    assertThat(trace.repeats()).contains("assumed").contains("Zipf").contains("0.80");
    assertThat(trace.asks()).extracting(Ask::millis).containsExactly(0L, 4_314L);
  }

  /** Times of the epoch, say, and not in their order: the first call is where the trace begins. */
  @Test
  void read_whenTimesBeginAnywhere_countsFromTheFirst() throws IOException {
    Trace own =
        read(
            "time,user,endpoint,prompt,inputTokens,outputTokens",
            "1700000060,alice,chat,one,1000,500",
            "1700000000,alice,chat,one,1000,500");
    assertThat(own.asks()).extracting(Ask::millis).containsExactly(0L, 60_000L);
    Trace azure =
        read(
            "TIMESTAMP,ContextTokens,GeneratedTokens",
            "2023-11-16 18:15:50,396,109",
            "2023-11-16 18:15:46,374,44");
    assertThat(azure.asks()).extracting(Ask::millis).containsExactly(0L, 4_000L);
    Result on = play(own, CacheMode.ON, Duration.ofHours(1), 1);
    assertThat(on.hitRates().get(0)).isZero();
    assertThat(on.hitRates().get(9)).isEqualTo(100);
  }

  /** DynamoDB bills the names of an item, and the endpoint is part of its key. */
  @Test
  void units_ofTheTable_areTheStoresOwn() {
    Digest key = new Digest(1, 2, 3, 4);
    Partition partition = new Partition("default", key, Partition.WHOLE);
    SharedTable table = new SharedTable();
    for (int process = 0; process < 2; process++) {
      EntryAddress chat = new EntryAddress(partition, "chat", key);
      EntryAddress longer = new EntryAddress(partition, "progress-analysis", key);
      assertThat(table.writeUnits(chat, 900)).isEqualTo(1);
      assertThat(table.writeUnits(longer, 900)).isEqualTo(2);
      assertThat(table.readUnits(new StoreQuery(longer, true, false), 900)).isEqualTo(2);
      assertThat(table.readUnits(new StoreQuery(longer, true, true), 0)).isEqualTo(3);
      table.close(); // by one of the processes that share it
    }
  }

  @Test
  void run_whenTheModelHasNoPrice_saysSo() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(Replay.run(new PrintStream(out, true, UTF_8), "--model", "acme.one")).isEqualTo(2);
    assertThat(out.toString(UTF_8)).contains("acme.one").contains("no price");
  }

  @Test
  void run_whenSizesAreInAnyOrder_watchesWithTheLargest() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Replay.run(
        new PrintStream(out, true, UTF_8),
        "--ttl",
        "1h",
        "--hot",
        "1M,0",
        "--out",
        folder.toString());
    assertThat(out.toString(UTF_8)).contains("OBSERVE, one process, TTL 1h, 1M:");
  }

  @Test
  void read_whenALineIsNoCall_namesIt() {
    assertThatThrownBy(
            () -> read("time,user,endpoint,prompt,inputTokens,outputTokens", "0,alice,chat"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Line 2");
    assertThatThrownBy(() -> read("what?")).hasMessageContaining("is no trace");
  }

  @Test
  void read_ofTheSharedTraces_findsTheirCalls() throws IOException {
    Path traces = Path.of(System.getProperty("bedrock.cache.shared"), "traces");
    TraceReader reader = new TraceReader(200, 0.8, false);
    Assumptions.assumeTrue(Files.isDirectory(traces), "there are no shared traces here");
    assertThat(reader.read(traces.resolve("mooncake-conversation.jsonl")).asks()).hasSize(12_031);
    assertThat(reader.read(traces.resolve("azure-conv.csv")).asks()).hasSize(19_366);
  }

  @Test
  void run_withTheSeedsLoad_printsTheTableAndDraws() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int status =
        Replay.run(
            new PrintStream(out, true, UTF_8),
            "--ttl",
            "1h",
            "--hot",
            "1M",
            "--out",
            folder.toString());
    assertThat(out.toString(UTF_8))
        .contains("Trace seed: 3,000 calls")
        .contains("OBSERVE, one process, TTL 1h, 1M: would answer 98.3 %")
        .containsPattern("1h +1M +98.3%")
        .containsPattern("1h +chat +3,000 +98.3% +4.4[0-9]+");
    assertThat(status).isZero();
    assertThat(folder.resolve("hit-rate.png")).isNotEmptyFile();
    assertThat(folder.resolve("hit-rate.svg")).content().contains("<svg").contains("<path");
  }

  @Test
  void parse_whenAnOptionCannotBeUsed_saysWhich() {
    for (String[] args :
        List.of(
            new String[] {"--what"},
            new String[] {"--ttl", "soon"},
            new String[] {"--hot", "1T"},
            new String[] {"--users", "0"},
            new String[] {"--zipf", "x"},
            new String[] {"--model"})) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Options.parse(args))
          .withMessageContaining(args[args.length - 1]);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(Replay.run(new PrintStream(out, true, UTF_8), "--what")).isEqualTo(2);
    assertThat(out.toString(UTF_8)).contains("There is no option --what").contains("--trace");
  }
}

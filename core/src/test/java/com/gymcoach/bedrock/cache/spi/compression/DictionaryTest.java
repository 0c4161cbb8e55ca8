package com.gymcoach.bedrock.cache.spi.compression;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeCodec;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** The dictionaries: that the built-in one never changes, and what they are worth. */
class DictionaryTest {
  /** The keys, attribute names and ttl of an item with the default names. */
  private static final int ITEM =
      "PK".length()
          + "CACHE#default#".length()
          + 43
          + "SK".length()
          + "E#chat#".length()
          + 43
          + "b".length()
          + "ttl".length()
          + 6;

  private static Path corpora() {
    Path shared = Path.of(System.getProperty("bedrock.cache.shared", "absent"), "corpus");
    assumeTrue(Files.isDirectory(shared), "Skipped: the corpora are not on this machine");
    return shared;
  }

  private static byte[] builtIn() throws IOException {
    try (InputStream in = DictionaryTest.class.getResourceAsStream("dictionary-1.txt")) {
      return in.readAllBytes();
    }
  }

  /** Entries that were written with it can be read only with the very same bytes. */
  @Test
  void builtIn_isTheOneThatEntriesWereWrittenWith() throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(builtIn());
    assertThat(HexFormat.of().formatHex(digest))
        .isEqualTo("822044557d8e55e28ca5d51065511302c2179212005324709c52d7b8c92967db");
  }

  @Test
  void builtIn_isWhatTheToolMakes() throws Exception {
    assertThat(BuiltInDictionary.make(corpora()).build()).isEqualTo(builtIn());
  }

  @Test
  void builtIn_hasNoFragmentOfMoreThan16Characters() throws Exception {
    List<String> fragments = BuiltInDictionary.make(corpora()).fragments(32 * 1024);
    assertThat(fragments)
        .hasSizeGreaterThan(1_000)
        .allMatch(one -> one.length() <= BuiltInDictionary.MAX_FRAGMENT);
    assertThat(builtIn()).hasSizeLessThanOrEqualTo(32 * 1024);
  }

  private static double ratio(Compressor compressor, List<String> texts) {
    return texts.stream()
        .map(text -> entry(text).payload().body())
        .mapToDouble(raw -> (double) raw.length / compressor.compress(raw).length)
        .average()
        .orElseThrow();
  }

  private static Compressor own(List<String> samples) {
    DictionaryBuilder builder = new DictionaryBuilder();
    samples.forEach(builder::add);
    return Compressor.deflate(128, builder.build());
  }

  /** On the half that they were not made from. */
  @Test
  void ratios_areAtLeastWhatTheyAreSaidToBe() throws Exception {
    List<String> answers = BuiltInDictionary.answers(corpora());
    List<String> known = BuiltInDictionary.everyOther(answers, 0);
    List<String> others = BuiltInDictionary.everyOther(answers, 1);
    var exercises = BuiltInDictionary.exercises(corpora());
    List<String> plansKnown =
        BuiltInDictionary.plans(BuiltInDictionary.everyOther(exercises, 0), 150);
    List<String> plans = BuiltInDictionary.plans(BuiltInDictionary.everyOther(exercises, 1), 150);
    double[] answerRatios = {
      ratio(Compressor.deflate(), others),
      ratio(Compressor.standard(), others),
      ratio(own(known), others)
    };
    double[] planRatios = {
      ratio(Compressor.deflate(), plans),
      ratio(Compressor.standard(), plans),
      ratio(own(plansKnown), plans)
    };
    System.out.printf(
        "times smaller: plain, built-in, own: answers %s, plans %s%n",
        Arrays.toString(answerRatios), Arrays.toString(planRatios));
    assertThat(answerRatios[1]).isGreaterThan(2.5);
    assertThat(answerRatios[2]).isGreaterThan(2.75);
    assertThat(planRatios[1]).isGreaterThan(3.2);
    assertThat(planRatios[2]).isGreaterThan(4.5);
  }

  private static double units(Compressor compressor, List<String> texts) {
    EnvelopeCodec codec = new EnvelopeCodec("gymcoach-ai-main", compressor, List.of(), null);
    EntryAddress address =
        new EntryAddress(
            new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE),
            "chat",
            new Digest(5, 6, 7, 8));
    return texts.stream()
        .mapToInt(text -> (ITEM + codec.encode(address, entry(text)).length + 1023) / 1024)
        .average()
        .orElseThrow();
  }

  private static Envelope entry(String text) {
    Instant now = Instant.parse("2026-11-24T08:00:00Z");
    ConverseResponse.Builder response =
        ConverseResponse.builder()
            .output(o -> o.message(m -> m.role("assistant").content(ContentBlock.fromText(text))))
            .stopReason("end_turn")
            .metrics(m -> m.latencyMs(2345L))
            .usage(u -> u.inputTokens(120).outputTokens(410).totalTokens(530));
    response.sdkHttpResponse(
        SdkHttpResponse.builder()
            .statusCode(200)
            .statusText("OK")
            .putHeader("Content-Type", "application/json")
            .putHeader("x-amzn-RequestId", "1f3c5a7e-1234-4abc-9def-0123456789ab")
            .build());
    Payload payload;
    try {
      payload = CacheableOperations.CONVERSE.encode(response.build());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new Envelope(
        1,
        "anthropic.claude-3-haiku-20240307-v1:0",
        now,
        now.plusSeconds(3600),
        now.plusSeconds(3600),
        new Markers(Marker.NONE, Marker.NONE, Marker.NONE),
        new TokenUsage(120, 410, 0, 0),
        payload);
  }

  /** All told: keys, attribute names and the envelope around the answer. */
  @Test
  void writeUnits_ofAnAnswerAreAtMostWhatTheyAreSaidToBe() throws Exception {
    List<String> others = BuiltInDictionary.everyOther(BuiltInDictionary.answers(corpora()), 1);
    double plain = units(Compressor.deflate(), others);
    double builtIn = units(Compressor.standard(), others);
    double own =
        units(own(BuiltInDictionary.everyOther(BuiltInDictionary.answers(corpora()), 0)), others);
    System.out.printf(
        "write units an answer: plain %.3f, built-in %.3f, own %.3f%n", plain, builtIn, own);
    assertThat(builtIn).isLessThan(1.4).isLessThan(plain);
    assertThat(own).isLessThan(1.30).isLessThan(builtIn);
  }

  /** The other way round, so that the figure does not depend on which half is learned from. */
  @Test
  void writeUnits_withADictionaryOfTheOtherHalf_areFewerThanWithTheBuiltIn() throws Exception {
    List<String> answers = BuiltInDictionary.answers(corpora());
    List<String> others = BuiltInDictionary.everyOther(answers, 0);
    double own = units(own(BuiltInDictionary.everyOther(answers, 1)), others);
    System.out.printf(
        "write units an answer, other half: built-in %.3f, own %.3f%n",
        units(Compressor.standard(), others), own);
    assertThat(own).isLessThan(1.33);
  }

  /** Texts stand in an entry as JSON has them; payloads as they are. */
  @Test
  void build_ofTexts_holdsThemAsAnEntryDoes() {
    String text = "Say \"go\":\nkeep going";
    byte[] ofTexts = new DictionaryBuilder().add(text).add(text).build();
    byte[] ofPayloads = new DictionaryBuilder().addPayload(text).addPayload(text).build();
    assertThat(new String(ofTexts, UTF_8))
        .contains("Say \\\"go\\\":\\nkeep going")
        .endsWith(BedrockJson.TEMPLATE);
    assertThat(new String(ofPayloads, UTF_8)).contains(text).endsWith(BedrockJson.TEMPLATE);
  }

  @Property(tries = 200)
  void build_ofAnySamples_fitsAndCompressesWhatItWasMadeFrom(
      @ForAll @Size(min = 1, max = 20) List<String> samples) throws Exception {
    DictionaryBuilder builder = new DictionaryBuilder().template("the end");
    samples.forEach(builder::add);
    byte[] dictionary = builder.build();
    assertThat(dictionary).hasSizeBetween(7, 32 * 1024);
    assertThat(builder.build()).isEqualTo(dictionary);
    Compressor compressor = Compressor.deflate(128, dictionary);
    for (String sample : samples) {
      byte[] raw = sample.getBytes(UTF_8);
      assertThat(compressor.decompress(compressor.compress(raw), 128, raw.length)).isEqualTo(raw);
    }
  }

  @Test
  void build_takesNothingThatOneSampleAloneHolds() {
    byte[] dictionary =
        new DictionaryBuilder()
            .add("Alice weighs 61 kilograms. Keep your back straight.")
            .add("Bob is allergic to nuts. Keep your back straight.")
            .build();
    assertThat(new String(dictionary, UTF_8))
        .contains("Keep your back straight.")
        .doesNotContain("Alice", "61", "nuts");
  }

  @Test
  void build_whenNothingIsShared_saysWhatToDo() {
    assertThatThrownBy(() -> new DictionaryBuilder().add("one sample").build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("add more samples");
  }

  @Test
  void deflate_whenTheNumberIsTheLibrarysOwn_saysWhatToDo() {
    assertThatThrownBy(() -> Compressor.deflate(127, new byte[10]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("choose 128 or more");
  }

  @Test
  void f20_moreThanPromised_isNotInflatedWithADictionaryEither() {
    byte[] bomb = Compressor.standard().compress(new byte[50_000_000]);
    assertThatThrownBy(() -> Compressor.standard().decompress(bomb, 1, 1000))
        .isInstanceOf(IOException.class);
  }
}

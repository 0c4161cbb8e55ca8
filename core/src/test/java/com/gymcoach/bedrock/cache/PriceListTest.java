package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.LocalDate;
import java.util.OptionalDouble;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

class PriceListTest {
  private static final PriceList STANDARD = PriceList.standard();
  private static final TokenUsage MILLIONS = new TokenUsage(1_000_000, 1_000_000, 0, 0);

  private static final String LIST =
      """
      {"date": "2026-10-07",
       "sources": {"page": "Bedrock's page of prices"},
       "store": {"readUnit": 0.125, "writeUnit": 0.625, "source": "page"},
       "models": {"acme.trainer": {"input": 1, "output": 2, "source": "page"}}}
      """;

  private static PriceList read(String json) throws IOException {
    return PriceList.read(new ByteArrayInputStream(json.getBytes(UTF_8)));
  }

  private static OptionalDouble usd(PriceList list, String model) {
    return list.usd(model, PriceTier.STANDARD, MILLIONS);
  }

  private static TokenUsage tokens(long input, long output, long read, long written) {
    return new TokenUsage(input, output, read, written);
  }

  @Test
  void standard_holdsGymCoachsOwnPrices() {
    assertThat(usd(STANDARD, "amazon.nova-micro-v1:0")).hasValue((75_000 + 300_000) / 1e6);
    assertThat(usd(STANDARD, "mistral.mistral-7b-instruct-v0:2"))
        .hasValue((150_000 + 200_000) / 1e6);
    assertThat(STANDARD.usd("amazon.nova-micro-v1:0", PriceTier.STANDARD, tokens(1000, 0, 0, 0)))
        .hasValue(0.000075);
    assertThat(STANDARD.usd("amazon.nova-micro-v1:0", PriceTier.STANDARD, tokens(0, 1000, 0, 0)))
        .hasValue(0.0003);
  }

  @Test
  void usd_ofAnAnswer_isWhatItsTokensCost() {
    ConverseRequest asked = FakeBedrock.ask("one"); // of Nova Micro; 12 tokens in, 34 out
    ConverseResponse answer = FakeBedrock.reply("one", StopReason.END_TURN);
    assertThat(STANDARD.usd(asked, answer))
        .hasValueCloseTo((12 * 75_000 + 34 * 300_000) / 1e12, within(1e-15));
    assertThat(PriceList.none().usd(asked, answer)).isEmpty();
    assertThat(STANDARD.usd(asked, answer.copy(r -> r.serviceTier(t -> t.type("reserved")))))
        .isEmpty();
    assertThat(
            STANDARD.usd(
                InvokeModelRequest.builder().modelId("amazon.nova-micro-v1:0").build(),
                InvokeModelResponse.builder()
                    .body(
                        SdkBytes.fromUtf8String(
                            "{\"usage\":{\"inputTokens\":12,\"outputTokens\":34}}"))
                    .build()))
        .isEqualTo(STANDARD.usd(asked, answer));
    assertThatThrownBy(() -> STANDARD.usd(asked, InvokeModelResponse.builder().build()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void standard_isDatedAndPricesTheStoreToo() {
    assertThat(STANDARD.date()).isEqualTo(LocalDate.of(2026, 10, 7));
    assertThat(STANDARD.modelIds()).hasSizeGreaterThan(90).allMatch(id -> id.contains("."));
    assertThat(STANDARD.storeUsd(1_000_000, 0)).isEqualTo(0.125);
    assertThat(STANDARD.storeUsd(0, 1_000_000)).isEqualTo(0.625);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "us.amazon.nova-micro-v1:0",
        "eu.amazon.nova-micro-v1:0",
        "apac.amazon.nova-micro-v1:0",
        "jp.amazon.nova-micro-v1:0",
        "au.amazon.nova-micro-v1:0",
        "ca.amazon.nova-micro-v1:0",
        "in.amazon.nova-micro-v1:0",
        "us-gov.amazon.nova-micro-v1:0",
        "sa.amazon.nova-micro-v1:0",
        "mx.amazon.nova-micro-v1:0",
        "global.amazon.nova-micro-v1:0",
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0",
        "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-micro-v1:0",
        "arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.amazon.nova-micro-v1:0",
      })
  void usd_ofWhatNamesItsModel_isTheModels(String model) {
    assertThat(usd(STANDARD, model)).hasValue(0.375);
  }

  @ParameterizedTest
  @CsvSource({
    "anthropic.claude-sonnet-4-6, 19.8",
    "us.anthropic.claude-sonnet-4-6, 19.8",
    "global.anthropic.claude-sonnet-4-6, 18",
    "arn:aws:bedrock:us-east-1:000000000000:inference-profile/global.anthropic.claude-sonnet-4-6,"
        + "18",
  })
  void usd_ofAProfileWithAPriceOfItsOwn_isThat(String model, double expected) {
    assertThat(usd(STANDARD, model)).hasValue(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/1arbu5hu2sjr",
        "arn:aws:bedrock:us-east-1:000000000000:provisioned-model/abcdefghijkl",
        "arn:aws:bedrock:us-east-1:000000000000:imported-model/abcdefghijkl",
        "arn:aws:bedrock:us-east-1:000000000000:custom-model/amazon.nova-micro-v1:0/abcdefghijkl",
        "arn:aws:bedrock:us-east-1:000000000000:prompt/ABCDEFGHIJ:3",
        "arn:aws:bedrock:us-east-1:000000000000:default-prompt-router/anthropic.claude:1",
        "arn:aws:sagemaker:us-east-1:000000000000:endpoint/mine",
        "acme.trainer",
        "acme.amazon.nova-micro-v1:0",
        "",
      })
  void usd_ofWhatDoesNotNameItsModel_isUnpricedUnlessGiven(String model) {
    PriceList named =
        STANDARD
            .with("abcdefghijkl", ModelPrice.of(9, 9)) // somebody else's
            .with("anthropic.claude:1", ModelPrice.of(9, 9))
            .with("mine", ModelPrice.of(9, 9));
    assertThat(usd(named, model)).isEmpty();
    assertThat(usd(named.with(model, ModelPrice.of(1, 2)), model)).hasValue(3);
  }

  @Test
  void with_leavesTheListItselfAlone() {
    PriceList changed =
        STANDARD.with("amazon.nova-micro-v1:0", ModelPrice.of(1, 1)).withStoreUnits(2, 3);
    assertThat(usd(changed, "us.amazon.nova-micro-v1:0")).hasValue(2);
    assertThat(changed.storeUsd(1e6, 1e6)).isEqualTo(5);
    assertThat(usd(STANDARD, "amazon.nova-micro-v1:0")).hasValue(0.375);
    assertThat(STANDARD.storeUsd(1e6, 1e6)).isEqualTo(0.75);
    assertThatThrownBy(() -> STANDARD.withStoreUnits(-1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("zero or more");
  }

  @Test
  void none_pricesNothing() {
    assertThat(usd(PriceList.none(), "amazon.nova-micro-v1:0")).isEmpty();
    assertThat(PriceList.none().storeUsd(1e6, 1e6)).isZero();
  }

  @Test
  void tier_ofAResponse_isItsOwnPriceOrNone() {
    String pro = "us.amazon.nova-pro-v1:0";
    assertThat(STANDARD.usd(pro, PriceTier.STANDARD, MILLIONS)).hasValue(4);
    assertThat(STANDARD.usd(pro, PriceTier.LATENCY_OPTIMIZED, MILLIONS)).hasValue(5);
    assertThat(STANDARD.usd(pro, PriceTier.BATCH, MILLIONS)).hasValue(2);
    assertThat(STANDARD.usd(pro, PriceTier.FLEX, MILLIONS)).isEmpty();
    assertThat(STANDARD.usd(pro, PriceTier.PRIORITY, MILLIONS)).isEmpty();
    assertThat(STANDARD.usd(pro, PriceTier.OTHER, MILLIONS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    ", , STANDARD",
    "standard, default, STANDARD",
    "optimized, , LATENCY_OPTIMIZED",
    "optimized, default, LATENCY_OPTIMIZED",
    "optimized, flex, OTHER",
    ", flex, FLEX",
    ", priority, PRIORITY",
    ", reserved, OTHER",
    ", something new, OTHER",
    "something new, , STANDARD",
  })
  void priceTier_ofWhatAResponseNames(String latency, String service, PriceTier expected) {
    assertThat(PriceTier.of(latency, service)).isEqualTo(expected);
  }

  @Test
  void longContext_pricesTheWholePromptWhenItIsLonger() {
    String model = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    assertThat(STANDARD.usd(model, PriceTier.STANDARD, tokens(200_000, 0, 0, 0))).hasValue(0.66);
    assertThat(STANDARD.usd(model, PriceTier.STANDARD, tokens(200_001, 0, 0, 0)).orElseThrow())
        .isCloseTo(200_001 * 6.6 / 1e6, within(1e-12));
    // Tokens read from and written to the prompt cache are part of the prompt.
    assertThat(
            STANDARD.usd(model, PriceTier.STANDARD, tokens(1, 0, 100_000, 100_000)).getAsDouble())
        .isCloseTo((6.6 + 100_000 * 0.66 + 100_000 * 8.25) / 1e6, within(1e-12));
    assertThat(STANDARD.usd(model, PriceTier.BATCH, tokens(200_001, 0, 0, 0))).isEmpty();
  }

  @Test
  void cacheTokens_withoutAPrice_areNotGuessed() {
    ModelPrice plain = ModelPrice.of(1, 1);
    assertThat(plain.usd(tokens(1, 1, 1, 0))).isEmpty();
    assertThat(plain.usd(tokens(1, 1, 0, 1))).isEmpty();
    assertThat(plain.usd(tokens(1, 1, 0, 0))).hasValue(2e-6);
    assertThat(new ModelPrice(1, 1, 0.0, null).usd(tokens(0, 0, 5, 0))).hasValue(0);
    assertThat(STANDARD.usd("amazon.nova-micro-v1:0", PriceTier.STANDARD, tokens(1, 1, 1, 0)))
        .isEmpty();
  }

  @Property(tries = 200)
  void usd_isLinearAndAdditiveInTokens(
      @ForAll @DoubleRange(max = 100) double input,
      @ForAll @DoubleRange(max = 100) double cached,
      @ForAll @IntRange(max = 1_000_000) int one,
      @ForAll @IntRange(max = 1_000_000) int other,
      @ForAll @IntRange(min = 1, max = 50) int times) {
    PriceList list = PriceList.none().with("a.b", new ModelPrice(input, 2 * input, cached, 1.0));
    double first = usd(list, one, other, other, one);
    double second = usd(list, other, one, 0, other);
    assertThat(usd(list, one + other, one + other, other, one + other))
        .isCloseTo(first + second, within(1e-9 * (1 + first + second)));
    assertThat(usd(list, (long) times * one, 0, (long) times * other, 0))
        .isCloseTo(times * usd(list, one, 0, other, 0), within(1e-9 * (1 + times * first)));
  }

  private static double usd(PriceList list, long input, long output, long read, long written) {
    return list.usd("us.a.b", PriceTier.STANDARD, tokens(input, output, read, written))
        .orElseThrow();
  }

  /** Jackson takes it for UTF-32. */
  @Test
  void read_ofBytesThatAreNoCharacters_saysWhatIsExpected() {
    byte[] json = {0, 0, 0, '{', 'd', '`', 't', 'e'};
    assertThatThrownBy(() -> PriceList.read(new ByteArrayInputStream(json)))
        .isInstanceOf(IOException.class)
        .hasMessage("A price list is JSON in UTF-8");
  }

  @Test
  void read_ofAListInTheForm_isThatList() throws IOException {
    PriceList list = read(LIST);
    assertThat(list.date()).isEqualTo(LocalDate.of(2026, 10, 7));
    assertThat(list.modelIds()).containsExactly("acme.trainer");
    assertThat(usd(list, "eu.acme.trainer")).hasValue(3);
    String full =
        LIST.replace(
            "\"output\": 2",
            "\"output\": 2, \"cacheRead\": null, \"flex\": {\"input\": 0.5, \"output\": 1,"
                + " \"source\": [\"page\"]}, \"longContext\": {\"aboveInputTokens\": 10,"
                + " \"input\": 4, \"output\": 8, \"source\": \"page\"}");
    assertThat(read(full).usd("acme.trainer", PriceTier.FLEX, tokens(10, 10, 0, 0)))
        .hasValue(15 / 1e6);
    assertThat(read(full).usd("acme.trainer", PriceTier.STANDARD, tokens(11, 0, 0, 0)))
        .hasValue(44 / 1e6);
  }

  /** Mistakes in a list, and the messages that say what to do. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"output\": 2, \"source\": \"page\"|\"output\": 2|acme.trainer names no source: add \"source\"",
        "2, \"source\": \"page\"|2, \"source\": \"hearsay\"|add \"source\" with a name from \"sources\"",
        "2, \"source\": \"page\"|2, \"source\": []|add \"source\"",
        "2, \"source\": \"page\"|2, \"source\": [\"page\", \"hearsay\"]|add \"source\"",
        "2, \"source\": \"page\"|2, \"source\": null|add \"source\"",
        "0.625, \"source\": \"page\"|0.625|A price of store names no source: add \"source\"",
        "\"output\": 2|\"ouput\": 2|there is no ouput: use [",
        "\"output\": 2|\"output\": 2, \"Batch\": {}|there is no Batch: use [",
        "\"output\": 2|\"output\": 2, \"batch\": {\"input\": 1, \"source\": \"page\"}|number output",
        "\"output\": 2|\"output\": 2, \"batch\": 1|needs an object for acme.trainer",
        "\"output\": 2|\"output\": 2, \"longContext\": {\"input\": 1, \"output\": 1, \"source\": \"page\"}|number aboveInputTokens",
        "\"readUnit\"|\"readUnits\"|there is no readUnits: use [readUnit,",
        "\"store\"|\"stores\"|there is no stores: use [date,",
        "\"input\": 1|\"input\": -1|need a number input, zero or more",
        "0.125|-0.125|need a number readUnit, zero or more",
        "\"input\": 1|\"input\": 1e999|need a number input, zero or more",
        "\"input\": 1|\"input\": \"1\"|need a number input, zero or more",
        "\"input\": 1|\"input\": NaN|is JSON: see line 4",
        "\"input\": 1|\"input\": true|objects, texts and numbers",
        "\"input\": 1|\"input\": 1, \"input\": 1|names input twice: take one out",
        "\"input\": 1|\"input\": null, \"input\": 1|names input twice: take one out",
        "\"2026-10-07\"|\"07.10.2026\"|needs its \"date\", like 2026-10-07",
        "\"date\": \"2026-10-07\",||needs its \"date\", like 2026-10-07",
        "\"sources\": {\"page\": \"Bedrock's page of prices\"}|\"sources\": [\"page\"]|object for sources",
        "\"models\": {|\"models\": [|is JSON: see line",
        "}}}|}}|is JSON: see line",
        "}}}|}}} {}|take out what follows it",
      })
  void read_ofAListThatIsWrong_saysWhatToDo(String good, String bad, String told) {
    assertThat(LIST).contains(good);
    assertThatThrownBy(() -> read(LIST.replace(good, bad == null ? "" : bad)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(told);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "\"text\"", "nothing"})
  void read_ofNoList_isRefused(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(IOException.class);
  }

  @Test
  void read_leavesTheStreamOpen() throws IOException {
    boolean[] closed = {false};
    ByteArrayInputStream in =
        new ByteArrayInputStream(LIST.getBytes(UTF_8)) {
          @Override
          public void close() {
            closed[0] = true;
          }
        };
    PriceList.read(in);
    assertThat(closed[0]).isFalse();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, Double.NaN, Double.POSITIVE_INFINITY})
  void modelPrice_thatIsNone_isRefused(double price) {
    assertThatThrownBy(() -> ModelPrice.of(price, 1)).hasMessageContaining("USD per million");
    assertThatThrownBy(() -> ModelPrice.of(1, price)).hasMessageContaining("USD per million");
    assertThatThrownBy(() -> new ModelPrice(1, 1, price, null)).hasMessageContaining("zero or");
    assertThatThrownBy(() -> new ModelPrice(1, 1, null, price)).hasMessageContaining("zero or");
  }
}

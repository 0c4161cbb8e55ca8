package com.gymcoach.bedrock.warmup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.ModelPrice;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.WireRequest;
import com.gymcoach.bedrock.warmup.Estimate.Gap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EstimatorTest {
  private static final PriceList PRICES =
      PriceList.none()
          .with("m", ModelPrice.of(1, 10))
          .with("cached", new ModelPrice(1, 10, 0.1, 2.0))
          .with("embed", ModelPrice.of(1, 0));

  private final Estimator estimator = new Estimator(PRICES, 0);

  private static WireRequest wire(String model, String body) {
    return new WireRequest("InvokeModel", model, Map.of(), body.getBytes(UTF_8));
  }

  private Estimate of(String body) {
    return estimator.of(wire("m", body.replace('\'', '"')));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'inferenceConfig':{'maxTokens':7}}           | 7
          {'inferenceConfig':{'max_new_tokens':7}}      | 7
          {'textGenerationConfig':{'maxTokenCount':7}}  | 7
          {'max_tokens':7}                              | 7
          {'max_tokens_to_sample':7}                    | 7
          {'max_completion_tokens':7}                   | 7
          {'max_output_tokens':7}                       | 7
          {'max_gen_len':7}                             | 7
          {'max_tokens':7,'n':3}                        | 21
          {'max_tokens':7,'maxTokens':9}                | 9
          {'max_tokens':7,'n':2.0}                      | 14
          {'max_tokens':7.5,'maxTokens':1}              | 8
          {'max_tokens':7,'maxTokens':1e3}              | 1000
          {'inferenceConfig':{'maxTokens':7},'additionalModelRequestFields':{'max_tokens':9}}  | 9
          {'inferenceConfig':{'maxTokens':7},'additionalModelRequestFields':{'a':{'maxTokens':9}}} | 9
          {'inferenceConfig':{'maxTokens':7},'additionalModelRequestFields':{'n':2}}           | 14
          {'max_tokens':-7}                             | 0
          {'messages':[{'max_tokens':7}]}               | 0
          {'other':{'max_tokens':7}}                    | 0
          {'max_tokens':'7'}                            | 0
          {'max_tokens':-7}                             | 0
          {'max_tokens':9223372036854775807}            | 2147483647
          {'max_tokens':9223372036854775808}            | 2147483647
          {'max_tokens':-9223372036854775809}           | 0
          {'max_tokens':7,'n':92233720368547758082}     | 15032385529
          """)
  void of_aBody_findsTheLimitOfItsOutput(String body, long tokens) {
    assertThat(of(body).outputHigh()).isEqualTo(tokens);
    assertThat(of(body).gap()).isEqualTo(tokens == 0 ? Gap.NO_OUTPUT_LIMIT : null);
  }

  @Test
  void of_aBody_countsAByteAsATokenAtMost() {
    Estimate estimate = of("{'max_tokens':100,'p':'\u00e4\u00e4\u00e4'}");
    assertThat(estimate.inputHigh()).isEqualTo(31);
    assertThat(estimate.inputLow()).isEqualTo(3);
    assertThat(estimate.usdHigh()).isEqualTo((31 + 100 * 10) / 1e6);
    assertThat(estimate.usdLow()).isEqualTo((3 + 10) / 1e6);
  }

  @Test
  void of_aBodyWithTools_addsBedrocksPromptForThem() {
    assertThat(of("{'max_tokens':1,'tools':[]}").inputHigh()).isEqualTo(1_027);
    assertThat(of("{'max_tokens':1,'toolConfig':{}}").inputHigh()).isEqualTo(1_032);
  }

  @Test
  void of_aPromptForBedrocksCache_countsTheDearerPrice() {
    String body = "{\"max_tokens\":1,\"system\":[{\"cache_control\":{\"type\":\"ephemeral\"}}]}";
    assertThat(estimator.of(wire("cached", body)).usdHigh())
        .isEqualTo((body.length() * 2 + 10) / 1e6);
    assertThat(estimator.of(wire("m", body)).gap()).isEqualTo(Gap.NO_PRICE);
    String hour = body.replace("\"ephemeral\"", "\"ephemeral\",\"ttl\":\"1h\"");
    assertThat(estimator.of(wire("cached", hour)).gap()).isEqualTo(Gap.NO_PRICE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'max_tokens':1,'messages':[{'content':[{'image':{}}]}]}             | MEDIA
          {'max_tokens':1,'messages':[{'content':[{'type':'image'}]}]}         | MEDIA
          {'max_tokens':1,'messages':[{'content':[{'document':{}}]}]}          | MEDIA
          {'max_tokens':1,'tools':[{'type':'computer_20250124'}]}              | MEDIA
          {'max_tokens':1,'tools':[{'type':'custom'}]}                         |
          {'max_tokens':1,'additionalModelRequestFields':{'tools':[{'type':'bash_20250124'}]}} | MEDIA
          {'max_tokens':1,'toolConfig':{'tools':[{'systemTool':{'name':'nova_grounding'}}]}}   | MEDIA
          {'max_tokens':1,'serviceTier':{'type':'priority'}}                   | NO_PRICE
          {'max_tokens':1,'service_tier':'flex'}                               | NO_PRICE
          {'max_tokens':1,'performanceConfig':{'latency':'optimized'}}         | NO_PRICE
          {'max_tokens':1,'performanceConfig':{'latency':'standard'}}          |
          sesame                                                               | MEDIA
          """)
  void of_aBodyWhoseCostHasNoLimit_saysWhy(String body, Gap gap) {
    assertThat(of(body).gap()).isEqualTo(gap);
  }

  @Test
  void of_aHeaderWithATier_countsIt() {
    WireRequest wire =
        new WireRequest(
            "InvokeModel",
            "m",
            Map.of("x-amzn-bedrock-service-tier", "priority"),
            "{\"max_tokens\":1}".getBytes(UTF_8));
    assertThat(estimator.of(wire).gap()).isEqualTo(Gap.NO_PRICE);
  }

  @Test
  void of_anEmbedding_needsNoOutputLimit() {
    Estimate estimate = estimator.of(wire("embed", "{\"inputText\":\"a\"}"));
    assertThat(estimate.gap()).isNull();
    assertThat(estimate.usdHigh()).isEqualTo(17 / 1e6);
  }

  @Test
  void of_aRequestWithoutALimit_usesTheNumberGiven() {
    Estimate estimate = new Estimator(PRICES, 500).of(wire("m", "{}"));
    assertThat(estimate.gap()).isNull();
    assertThat(estimate.usdHigh()).isEqualTo((2 + 500 * 10) / 1e6);
  }

  @Test
  void of_aModelWithoutAPrice_saysSo() {
    assertThat(estimator.of(wire("x", "{\"max_tokens\":1}")).gap()).isEqualTo(Gap.NO_PRICE);
  }
}

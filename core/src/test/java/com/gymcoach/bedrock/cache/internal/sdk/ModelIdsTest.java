package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.PriceList;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;

class ModelIdsTest {
  private static final Set<String> IDS = PriceList.standard().modelIds();

  @Test
  void withoutProfile_ofEveryPricedModel_leavesItsOwnIdAlone() {
    for (String id : IDS) {
      String model = id.startsWith("global.") ? id.substring("global.".length()) : id;
      assertThat(ModelIds.withoutProfile(id)).isEqualTo(model);
      assertThat(ModelIds.withoutProfile(model)).isEqualTo(model);
    }
  }

  @Property
  void withoutProfile_ofAnyPrefixBeforeEveryPricedModel_takesItAway(
      @ForAll("prefixes") String prefix) {
    for (String id : IDS) {
      if (!id.startsWith("global.")) {
        assertThat(ModelIds.withoutProfile(prefix + "." + id)).isEqualTo(id);
      }
    }
  }

  @Provide
  Arbitrary<String> prefixes() {
    return Arbitraries.oneOf(
        Arbitraries.of(
            "us", "eu", "apac", "jp", "au", "ca", "in", "sa", "mx", "us-gov", "global", "emea"),
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .ofMinLength(2)
            .ofMaxLength(3)
            .filter(letters -> !letters.equals("zai") && !letters.equals("xai")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "anthropic",
        "zai.glm-4.7",
        "zai.glm4.air",
        "xai.grok-4.1",
        "xai.grok.fast",
        "ai21.jamba-1-5-large-v1:0",
        "deepseek.v3.2",
        "openai.gpt-5.4",
        "ibm.granite-3.1",
        "us.",
        "us.x",
        "us..x",
        "USA.anthropic.claude",
      })
  void withoutProfile_ofWhatHasNoPrefix_isTheSame(String id) {
    assertThat(ModelIds.withoutProfile(id)).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource({
    "anthropic.claude-v2, anthropic.claude-v2",
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2, anthropic.claude-v2",
    "arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.meta.llama3, us.meta.llama3",
    "arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/abc,",
    "arn:aws:bedrock:us-east-1:000000000000:custom-model/amazon.nova-lite-v1:0/abcdefghijkl,",
    "arn:aws:bedrock:us-east-1:000000000000:imported-model/abcdefghijkl,",
    "arn:aws:bedrock:us-east-1:000000000000:prompt/ABCDEFGHIJ:3,",
    "arn:aws:sagemaker:us-east-1:000000000000:endpoint/anthropic.claude,",
    "arn:,",
  })
  void named_isTheModelOrProfileAtTheEnd(String id, @Nullable String named) {
    assertThat(ModelIds.named(id)).isEqualTo(named);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "anthropic.claude-v2",
        "mx.anthropic.claude-sonnet-4-6",
        "SA.Anthropic.claude-sonnet-4-6",
        "arn:aws:bedrock:us-east-1:000000000000:inference-profile/in.amazon.nova-lite-v1:0",
      })
  void isKnown_ofAModelUnderAnyOfItsNames_isTrue(String id) {
    assertThat(ModelIds.isKnown(id)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "acme.trainer", "us.acme.trainer", "acme.anthropic", "a.anthropic.x"})
  void isKnown_ofAnother_isFalse(String id) {
    assertThat(ModelIds.isKnown(id)).isFalse();
  }

  /** Real ids: none loses its provider. */
  @Test
  void withoutProfile_ofEveryRecordedModel_leavesAProvider() throws IOException {
    Set<String> profiles = new TreeSet<>();
    JsonNodeParser parser = JsonNodeParser.create();
    for (String line : Files.readAllLines(Recordings.file("bedrock-open.jsonl"))) {
      JsonNode id = Recordings.member(parser.parse(line), "modelId");
      String named = id.isNull() ? null : ModelIds.named(id.asString());
      if (named != null && named.contains(".")) {
        String model = ModelIds.withoutProfile(named);
        assertThat(model).containsPattern("^[a-z0-9]+\\.|^us\\.does-not-exist");
        profiles.add(named.substring(0, named.length() - model.length()));
      }
    }
    assertThat(profiles).containsExactly("", "eu.", "us.");
  }
}

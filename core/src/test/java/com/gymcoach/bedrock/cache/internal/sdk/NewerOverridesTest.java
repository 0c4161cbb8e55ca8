package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.auth.scheme.BedrockRuntimeAuthSchemeProvider;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;

/** What only newer SDKs can override counts like everything else. */
class NewerOverridesTest {

  @Test
  void matter_whenARequestNamesAnAuthSchemeProvider_isTrue() {
    BedrockRuntimeAuthSchemeProvider provider = parameters -> List.of();
    ConverseRequest request =
        ConverseRequest.builder()
            .overrideConfiguration(o -> o.authSchemeProvider(provider))
            .build();

    assertThat(SdkFeatures.AUTH_SCHEME_OVERRIDES).isTrue();
    assertThat(RequestOverrides.matter(request, Set.of())).isTrue();
  }
}

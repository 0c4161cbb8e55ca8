package com.gymcoach.bedrock.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromptsTest {
  private final Prompts prompts = new Prompts(512);

  @Test
  void requests_whenMadeTwice_areEqualAndShareNothing() {
    assertThat(prompts.invokeModel()).isEqualTo(prompts.invokeModel());
    assertThat(prompts.converse()).isEqualTo(prompts.converse());
    assertThat(text()).isNotSameAs(text()).hasSize(512);
    assertThat(prompts.invokeModel().body().asByteArrayUnsafe())
        .isNotSameAs(prompts.invokeModel().body().asByteArrayUnsafe());
  }

  @Test
  void number_whenSet_changesBothRequests() {
    String before = text();
    var body = prompts.invokeModel().body();
    prompts.number(90_817);
    assertThat(text()).startsWith("000000090817").isNotEqualTo(before);
    assertThat(prompts.invokeModel().body()).isNotEqualTo(body);
    assertThat(prompts.invokeModel().body().asUtf8String()).contains("\"000000090817");
  }

  private String text() {
    return prompts.converse().messages().get(0).content().get(0).text();
  }
}

package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import org.junit.jupiter.api.Test;

class ExplanationsTest {
  private final Explanations explanations = new Explanations();

  @Test
  void meanings_ofEveryReasonAndFault_arePlainText() {
    JsonNode meanings = explanations.meanings();
    for (CacheReason reason : CacheReason.values()) {
      assertThat(meanings.path("reasons").path(reason.name()).asText())
          .as(reason.name())
          .endsWith(".")
          .doesNotContain("*", "`", "\n");
    }
    for (CacheFault fault : CacheFault.values()) {
      assertThat(meanings.path("faults").path(fault.name()).asText())
          .as(fault.name())
          .endsWith(".")
          .doesNotContain("*", "`", "\n");
    }
    assertThat(meanings.at("/reasons/STORE_BUSY").isMissingNode()).isTrue();
  }

  @Test
  void page_ofEveryReasonAndFault_hasAnAnchorAndTheRemedy() {
    String page = explanations.page();
    for (CacheReason reason : CacheReason.values()) {
      assertThat(page).contains("<dt id=\"reason-" + reason + "\">");
    }
    for (CacheFault fault : CacheFault.values()) {
      assertThat(page).contains("<dt id=\"fault-" + fault + "\">");
    }
    assertThat(page)
        .contains("<em>Remedy:</em> raise <code>maxTokens</code>.")
        .doesNotContain("](", "`", "**");
  }
}

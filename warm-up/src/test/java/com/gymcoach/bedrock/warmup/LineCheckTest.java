package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.warmup.Requests.questions;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineCheckTest {
  @TempDir Path folder;

  /** A caller that cannot look some requests up. */
  private record Choosy(BedrockCaller caller, String word) implements BedrockCaller {
    @Override
    public int attempts() {
      return caller.attempts();
    }

    @Override
    public boolean supports(RequestLine line) {
      return caller.supports(line);
    }

    @Override
    public CacheOutcome lookUp(RequestLine line) {
      if (line.write().contains(word)) {
        throw new IllegalArgumentException("It quotes " + word);
      }
      return caller.lookUp(line);
    }

    @Override
    public Answered ask(RequestLine line, PriceList prices) throws InterruptedException {
      return caller.ask(line, prices);
    }
  }

  @Test
  void run_whereOneLineCannotBeLookedUp_asksTheOthers() throws Exception {
    try (Fixture f = new Fixture()) {
      WarmUpBuilder builder = f.warmUp(questions(folder, 4)).stateFile(folder.resolve("state"));
      builder.caller = new Choosy(new SyncCaller(f.client), "question 2");
      WarmUp warmUp = builder.build();
      assertThat(warmUp.plan().refused()).isEqualTo(Map.of("ENGINE_FAILED", 1L));
      WarmUpReport report = warmUp.run();
      assertThat(report.end()).isEqualTo(End.FINISHED);
      assertThat(report.counts().kept()).isEqualTo(3);
      assertThat(report.refused()).isEqualTo(Map.of("ENGINE_FAILED", 1L));
      assertThat(StateFile.read(folder.resolve("state")).again()).containsExactly(2L);
    }
  }
}

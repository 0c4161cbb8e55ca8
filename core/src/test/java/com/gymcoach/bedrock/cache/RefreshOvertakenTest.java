package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** A refreshed answer stays, although another call has just read the previous one. */
class RefreshOvertakenTest {
  private final GatedStore store = new GatedStore();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeTime time = new FakeTime();

  private CachingBedrockAsyncClient client() {
    BedrockCache cache = BedrockCache.builder().store(store).timeSource(time).build();
    return StreamCalls.cached(new FakeAsyncBedrock(bedrock), cache);
  }

  private static String text(CompletableFuture<ConverseResponse> call) {
    return call.join().output().message().content().get(0).text();
  }

  @Test
  void refresh_whileAnotherCallReadsTheOldAnswer_isWhatIsServedAfterwards() {
    ConverseRequest request = FakeBedrock.ask("one");
    assertThat(text(client().converse(request))).isEqualTo("answer 1");
    CachingBedrockAsyncClient client = client();
    CompletableFuture<Void> gate = store.holdNext();
    CompletableFuture<ConverseResponse> older = client.converse(request);
    assertThat(text(client.converse(CacheControl.REFRESH.applyTo(request)))).isEqualTo("answer 2");
    gate.complete(null);
    assertThat(text(older)).isEqualTo("answer 1");
    assertThat(text(client.converse(request))).isEqualTo("answer 2");
  }
}

package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeBaseClientBuilder;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/**
 * The keys of clients without configuration of their own, as they were before a client's
 * configuration was part of the key: an update of the library must find what is stored.
 */
class UnchangedKeysTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final InvokeModelRequest INVOKE =
      InvokeModelRequest.builder()
          .modelId("anthropic.claude-3-haiku-20240307-v1:0")
          .body(SdkBytes.fromUtf8String("{\"max_tokens\":9,\"messages\":[]}"))
          .build();

  /** Clients, each with the keys of Converse, InvokeModel and ConverseStream. */
  private static final Map<String, List<String>> GOLDEN =
      new TreeMap<>(
          Map.of(
              "region",
              List.of(
                  "jMUtQuiAqAk5Hwll3DkaqfcJpaQuNumjhAiqh-OHso0",
                  "muCWaeTf9GgpBmHQCI3SdfnZKYIhz3lImOppKOhBuFM",
                  "o4jv47pN1Ua_dk2sNFoMPAWhSVCnrx_BRDD-zPYwdZk"),
              "harmless",
              List.of(
                  "jMUtQuiAqAk5Hwll3DkaqfcJpaQuNumjhAiqh-OHso0",
                  "muCWaeTf9GgpBmHQCI3SdfnZKYIhz3lImOppKOhBuFM",
                  "o4jv47pN1Ua_dk2sNFoMPAWhSVCnrx_BRDD-zPYwdZk"),
              "another region",
              List.of(
                  "Uq3J0OqBYaW6NN5cV65PtGSxB_CkGtf9L9Jikoy6oFw",
                  "lGwcMvYE36oAPjvHfQayzwLZ-OfhIBklkhXHS00TTso",
                  "DThu7Z_As0K9m4BAg9U4Ll9wFPj6IfbSqD1Be9iivd4"),
              "endpoint",
              List.of(
                  "6qimsvCBNH6__PZCFw9bC8G82we6RiGlyXKsmupN2bE",
                  "yQtIiHychubNtVYDU94pWpH-XDeUbMYypUn5DPKB8_w",
                  "U6buq_3Tz9Jiqs2c_rONRZ89-k7COkelCaBw4gwHn8E")));

  private static Map<String, Consumer<BedrockRuntimeBaseClientBuilder<?, ?>>> clients() {
    Map<String, Consumer<BedrockRuntimeBaseClientBuilder<?, ?>>> clients = new TreeMap<>();
    clients.put("region", builder -> {});
    clients.put("another region", builder -> builder.region(Region.US_EAST_1));
    clients.put(
        "endpoint", builder -> builder.endpointOverride(URI.create("http://localhost:4566/x")));
    clients.put(
        "harmless",
        builder ->
            builder.overrideConfiguration(
                o -> o.retryStrategy(RetryMode.STANDARD).appId("gymcoach")));
    return clients;
  }

  /** Returns the keys of three calls, as they are in the store. */
  static List<String> keys(Consumer<BedrockRuntimeBaseClientBuilder<?, ?>> configured) {
    return List.of(
        key(configured, client -> client.converse(FakeBedrock.ask("one")).join()),
        key(configured, client -> client.invokeModel(INVOKE).join()),
        key(
            configured,
            client -> client.converseStream(StreamsTest.ask("one"), Listener.eager()).join()));
  }

  private static String key(
      Consumer<BedrockRuntimeBaseClientBuilder<?, ?>> configured,
      Consumer<BedrockRuntimeAsyncClient> call) {
    FakeStore store = new FakeStore();
    try (BedrockCache cache = BedrockCache.builder().store(store).build();
        BedrockRuntimeAsyncClient client = SdkClients.async(new EchoHttp(), configured)) {
      call.accept(CachingBedrockAsyncClient.create(client, cache).forScope(ALICE));
    }
    return store.entries.keySet().iterator().next().key().text();
  }

  /** With the token in its environment, the SDK puts it into the client's configuration. */
  @Test
  void keys_whenBearerTokenIsInTheEnvironment_areAsTheyWereAndHoldNoToken() throws Exception {
    String token = "token-that-nobody-may-see";
    ProcessBuilder child =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1", // it does not live long
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            WithBearerToken.class.getName());
    child.environment().put("AWS_BEARER_TOKEN_BEDROCK", token);
    Process process = child.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said)
        .contains("keys " + GOLDEN.get("region"))
        .contains("authorised by the token: true")
        .doesNotContain(token);
  }

  /** Makes the calls in a child process, and prints everything that could hold the token. */
  static final class WithBearerToken {
    private WithBearerToken() {}

    public static void main(String[] none) {
      EchoHttp http = new EchoHttp();
      CapturedLog.start();
      try (BedrockCache cache = BedrockCache.builder().build();
          BedrockRuntimeClient client = SdkClients.sync(http, builder -> {})) {
        CachingBedrockClient.create(client, cache).forScope(ALICE).converse(FakeBedrock.ask("one"));
        System.out.println(
            DelegateInfo.of(
                client::serviceClientConfiguration, cache.clientRules(), new ClientOptions()));
      }
      String bearer = "Bearer " + System.getenv("AWS_BEARER_TOKEN_BEDROCK");
      boolean authorised =
          http.sent
              .element()
              .http()
              .firstMatchingHeader("Authorization")
              .filter(bearer::equals)
              .isPresent();
      System.out.println("authorised by the token: " + authorised);
      System.out.println("keys " + keys(builder -> {}));
      CapturedLog.stop().forEach(event -> System.out.println("logged " + event.getMessage()));
    }
  }

  @Test
  void keys_whenClientHasNoConfigurationOfItsOwn_areAsTheyWere() {
    Map<String, List<String>> keys = new TreeMap<>();
    clients().forEach((what, configured) -> keys.put(what, keys(configured)));
    assertThat(keys).isEqualTo(GOLDEN);
  }
}

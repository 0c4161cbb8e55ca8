package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.Configurations.Configuration;
import java.util.Objects;
import java.util.function.Consumer;

/** A real SDK client with a cache before it, by the operation that a test makes with it. */
enum ClientKind {
  SYNC {
    @Override
    Client over(
        EchoHttp http,
        BedrockCache cache,
        Configuration configured,
        Consumer<ClientOptions> options) {
      CachingBedrockClient client =
          CachingBedrockClient.create(SdkClients.sync(http, configured), cache, options);
      return new Client() {
        @Override
        public CacheOutcome ask(CacheScope scope) {
          return CacheOutcome.of(client.forScope(scope).converse(FakeBedrock.ask(QUESTION)));
        }

        @Override
        public long invalidate(CacheScope scope) {
          return client.forScope(scope).invalidate(FakeBedrock.ask(QUESTION));
        }
      };
    }
  },
  ASYNC {
    @Override
    Client over(
        EchoHttp http,
        BedrockCache cache,
        Configuration configured,
        Consumer<ClientOptions> options) {
      CachingBedrockAsyncClient client =
          CachingBedrockAsyncClient.create(SdkClients.async(http, configured), cache, options);
      return new Client() {
        @Override
        public CacheOutcome ask(CacheScope scope) {
          return CacheOutcome.of(client.forScope(scope).converse(FakeBedrock.ask(QUESTION)).join());
        }

        @Override
        public long invalidate(CacheScope scope) {
          return client.forScope(scope).invalidate(FakeBedrock.ask(QUESTION));
        }
      };
    }
  },
  STREAM {
    @Override
    Client over(
        EchoHttp http,
        BedrockCache cache,
        Configuration configured,
        Consumer<ClientOptions> options) {
      CachingBedrockAsyncClient client =
          CachingBedrockAsyncClient.create(SdkClients.async(http, configured), cache, options);
      return new Client() {
        @Override
        public CacheOutcome ask(CacheScope scope) {
          Listener listener = Listener.eager();
          client.forScope(scope).converseStream(StreamsTest.ask(QUESTION), listener).join();
          return CacheOutcome.of(Objects.requireNonNull(listener.response()));
        }

        @Override
        public long invalidate(CacheScope scope) {
          return client.forScope(scope).invalidate(StreamsTest.ask(QUESTION));
        }
      };
    }
  };

  /** A caching client as these tests see it: it always asks the same question. */
  interface Client {
    CacheOutcome ask(CacheScope scope);

    long invalidate(CacheScope scope);
  }

  private static final String QUESTION = "How deep should I squat?";

  abstract Client over(
      EchoHttp http, BedrockCache cache, Configuration configured, Consumer<ClientOptions> options);

  Client over(EchoHttp http, BedrockCache cache, Configuration configured) {
    return over(http, cache, configured, options -> {});
  }
}

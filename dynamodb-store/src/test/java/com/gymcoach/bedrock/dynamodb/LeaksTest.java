package com.gymcoach.bedrock.dynamodb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.sealing.SealingKeys;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Words that may never be told are put wherever a service has them, and looked for in all that the
 * library says while everything goes well, and then wrong: log lines (at level TRACE; {@code
 * simplelogger.properties}), its own exceptions, events, outcomes, figures, and its types' texts.
 */
@ParameterizedClass
@EnumSource(Way.class)
class LeaksTest extends WarmTierFixture {
  private static final String PROMPT = "canary-prompt-7f3a";
  private static final String ANSWER = "canary-answer-91bc";
  private static final String USER = "canary-user-2d8e";
  private static final String VARIED = "canary-varied-5a06";
  private static final String SECRET = "canary-secret-c4f1-and-some-more";
  private static final String SEALING = "canary-sealing-e63b-of-32-bytes.";
  private static final CacheScope SCOPE =
      CacheScope.user(USER).endpoint("chat").vary("profile", VARIED);

  private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> ownMessages = new ConcurrentLinkedQueue<>();

  LeaksTest(Way way) {
    super(way);
  }

  private static List<String> canaries() {
    return List.of(PROMPT, ANSWER, USER, VARIED, SECRET, SEALING).stream()
        .flatMap(
            word ->
                Stream.of(
                    word,
                    Base64.getEncoder().withoutPadding().encodeToString(word.getBytes(UTF_8)),
                    HexFormat.of().formatHex(word.getBytes(UTF_8))))
        .toList();
  }

  private BedrockCacheBuilder builder(Kind kind) {
    return BedrockCache.builder()
        .store(say(throughProxy(kind).readBudget(SHORT).writeBudget(SHORT).build()))
        .timeSource(time)
        .keySecret(say(KeySecret.of(SECRET.getBytes(UTF_8))))
        .sealer(say(EntrySealer.aes256Gcm(1, SEALING.getBytes(UTF_8))))
        .metricsSink(MetricsSink.all(MetricsSink.logging(), this::heard));
  }

  private void heard(CacheEvent event) {
    say(event);
    say(event.outcome());
    throw new IllegalStateException("A sink that fails with " + PROMPT);
  }

  private <T> T say(T spoken) {
    said.add(spoken.toString());
    return spoken;
  }

  /** Asks. A failure is Bedrock's own exception, whose message is not the library's. */
  private void ask(BedrockCache cache) {
    Throwable failure = catchThrowable(() -> say(CacheOutcome.of(call(cache, SCOPE, PROMPT))));
    if (failure != null) {
      assertThat(failure).isInstanceOf(SdkException.class);
    }
    say(cache);
    say(cache.stats());
    said.add(cache.stats().toJson());
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void s_o_wordsThatMayNotBeTold_areInNothingThatTheLibrarySays(Kind kind) throws Exception {
    bedrock.answerWith(request -> Caller.reply(ANSWER));
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream console = System.err;
    System.setErr(new PrintStream(log, true, UTF_8));
    Set<CacheFault> seen = EnumSet.noneOf(CacheFault.class);
    try {
      for (BedrockCache cache : everythingGoesWell(kind)) {
        seen.addAll(cache.stats().faults().keySet());
      }
      for (BedrockCache cache : everythingGoesWrong(kind)) {
        seen.addAll(cache.stats().faults().keySet());
      }
    } finally {
      System.setErr(console);
    }
    // It means something only if it all happened, and if what was said is what is looked at.
    assertThat(seen)
        .contains(
            CacheFault.ENTRY_SEAL,
            CacheFault.ENCODE_FAILED,
            CacheFault.STORE_READ_FAILED,
            CacheFault.STORE_UNAVAILABLE,
            CacheFault.CALLBACK_FAILED);
    String logged = log.toString(UTF_8);
    assertThat(logged.lines().filter(line -> line.contains("cacheSource=")))
        .as("a line for each call")
        .hasSizeGreaterThan(12);
    assertThat(logged).contains("AccessDeniedException");
    assertThat(ownMessages).isNotEmpty();
    said.addAll(ownMessages);
    said.add(logged);
    for (String canary : canaries()) {
      assertThat(said).as(canary).noneMatch(text -> text.contains(canary));
    }
  }

  private List<BedrockCache> everythingGoesWell(Kind kind) {
    BedrockCache cache = closing(builder(kind).build());
    BedrockCache other = closing(builder(kind).build());
    ask(cache); // a miss
    ask(cache); // hot
    ask(other); // warm
    say(SCOPE);
    say(CacheScope.shared().vary("profile", VARIED));
    say(CacheControl.maxAge(Duration.ofMinutes(1)));
    say(SealingKeys.of(1, SEALING.getBytes(UTF_8)));
    say(new CallContext("Converse", "a.model", "chat"));
    SCOPE
        .partitions("prod", null)
        .forEach(
            partition -> {
              EntryAddress address = new EntryAddress(partition, "chat", partition.principal());
              say(partition);
              say(address);
              say(new StoreQuery(address, true, true));
              say(new StoreRead(ANSWER.getBytes(UTF_8), null));
            });
    say(CacheAdmin.builder().client(Dynamo.client()).tableName(table).build());
    assertThat(cache.invalidate(SCOPE)).isEqualTo(1);
    ask(cache);
    return List.of(cache, other);
  }

  private List<BedrockCache> everythingGoesWrong(Kind kind) {
    BedrockCache cache = closing(builder(kind).build());
    bedrock.answerWith(request -> Reply.error(400, "ValidationException", "Malformed: " + PROMPT));
    ask(closing(builder(kind).namespace("failing").build()));
    bedrock.answerWith(request -> Caller.reply(ANSWER));

    damageEntries();
    ask(cache);

    AtomicBoolean fetched = new AtomicBoolean();
    EntrySealer renewed =
        EntrySealer.aes256Gcm(
            () -> {
              if (fetched.getAndSet(true)) {
                throw new IllegalStateException("No key " + SEALING);
              }
              return SealingKeys.of(1, SEALING.getBytes(UTF_8));
            },
            Duration.ofHours(1),
            1_000,
            1 << 20);
    renewed.forget();
    BedrockCache keyless = closing(builder(kind).namespace("keyless").sealer(say(renewed)).build());
    ask(keyless);

    BedrockCache ruled =
        closing(
            builder(kind)
                .namespace("ruled")
                .cachePolicy(
                    new CachePolicy() {
                      @Override
                      public boolean mayServe(CallContext call, SdkRequest request) {
                        throw new IllegalStateException("A policy that fails with " + request);
                      }

                      @Override
                      public boolean mayKeep(CallContext call, SdkResponse response) {
                        throw new IllegalStateException("A policy that fails with " + response);
                      }
                    })
                .build());
    ask(ruled);

    BedrockCache denied = closing(builder(kind).namespace("denied").build());
    proxy.refuse("AccessDeniedException");
    ask(denied);
    ask(closing(builder(kind).namespace("denied").build()));
    for (int i = 0; i < 3; i++) {
      caller.ask(denied, SCOPE, PROMPT + i); // the breaker is open
    }
    Throwable failure = catchThrowable(() -> denied.invalidate(SCOPE));
    assertThat(failure).isInstanceOf(SdkException.class);
    ownMessages.add(String.valueOf(failure.getMessage()));
    proxy.heal();
    for (String wrong : List.of(PROMPT + "\n", " " + PROMPT)) {
      ownMessages.add(String.valueOf(catchThrowable(() -> CacheScope.shared().endpoint(wrong))));
    }
    return List.of(cache, keyless, ruled, denied);
  }

  private void damageEntries() {
    Dynamo.items(table)
        .values()
        .forEach(
            item -> {
              AttributeValue body = item.get("b");
              if (body != null) {
                byte[] bytes = body.b().asByteArray();
                bytes[bytes.length - 1] ^= 1;
                Map<String, AttributeValue> damaged = new HashMap<>(item);
                damaged.put("b", AttributeValue.fromB(SdkBytes.fromByteArray(bytes)));
                Dynamo.client().putItem(put -> put.tableName(table).item(damaged));
              }
            });
  }
}

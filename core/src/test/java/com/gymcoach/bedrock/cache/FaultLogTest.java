package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.MessageFormatter;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** Whatever goes wrong inside the cache is logged: once with its stack, then as a count. */
class FaultLogTest {
  private static final String LOGGER = "com.gymcoach.bedrock.cache.faults";
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  /** Texts that an exception's message may quote. */
  private static final String SECRET = "my knee hurts";

  private final FakeTime time = new FakeTime();
  private final FakeStore store = new FakeStore();
  private final FakeBedrock bedrock = new FakeBedrock();

  @BeforeEach
  void capture() {
    CapturedLog.start();
  }

  @AfterEach
  void release() {
    CapturedLog.stop();
  }

  /** A part of a service or of the cache that breaks, and what is said of it. */
  enum Place {
    KEY_GENERATOR(CacheFault.CALLBACK_FAILED) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        builder.keyGenerator(
            (call, request) -> {
              throw failure();
            });
      }
    },
    POLICY_FOR_REQUESTS(CacheFault.CALLBACK_FAILED) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        builder.cachePolicy(
            new CachePolicy() {
              @Override
              public boolean mayServe(CallContext call, SdkRequest request) {
                throw failure();
              }
            });
      }
    },
    POLICY_FOR_ANSWERS(CacheFault.CALLBACK_FAILED) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        builder.cachePolicy(
            new CachePolicy() {
              @Override
              public boolean mayKeep(CallContext call, SdkResponse response) {
                throw failure();
              }
            });
      }
    },
    TTL_POLICY(CacheFault.CALLBACK_FAILED) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        builder.ttlPolicy(
            call -> {
              throw failure();
            });
      }
    },
    MODE(CacheFault.CALLBACK_FAILED) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        builder.mode(() -> test.failAfterFirst(CacheMode.ON));
      }
    },
    ROLLOUT(CacheFault.CALLBACK_FAILED) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        builder.rolloutPercent(() -> test.failAfterFirst(100.0));
      }
    },
    LOOK_UP(CacheFault.STORE_READ_FAILED) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        test.store.failReads = failure();
      }
    },
    LOOK_UP_THAT_THROWS(CacheFault.STORE_READ_FAILED) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        test.store.whileReading =
            () -> {
              throw failure();
            };
      }
    },
    WRITE(CacheFault.STORE_WRITE_FAILED) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        test.store.failWrites = failure();
      }
    },
    SEALER(CacheFault.ENCODE_FAILED) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        builder.sealer(
            new EntrySealer() {
              @Override
              public byte[] seal(byte[] scope, byte[] address, byte[] content) {
                throw failure();
              }

              @Override
              public byte[] open(byte[] scope, byte[] address, byte[] sealed) {
                throw failure();
              }
            });
      }
    },
    STORED_ENTRY(CacheFault.ENTRY_CORRUPT) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        builder.hotMaxBytes(0);
        test.store.whileReading = () -> test.store.entries.replaceAll((a, e) -> new byte[] {1});
      }
    },
    CLOCK(CacheFault.ENGINE_FAILED) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        test.breaksClock = true;
      }
    },
    SINK(null) {
      @Override
      void breakIt(FaultLogTest test, BedrockCacheBuilder builder) {
        builder.metricsSink(
            new MetricsSink() {
              @Override
              public void record(CacheEvent event) {
                throw failure();
              }
            });
      }
    };

    private final @Nullable CacheFault fault;

    Place(@Nullable CacheFault fault) {
      this.fault = fault;
    }

    abstract void breakIt(FaultLogTest test, BedrockCacheBuilder builder);

    static RuntimeException failure() {
      return new UnsupportedOperationException(SECRET, new ArithmeticException(SECRET));
    }
  }

  private boolean first = true;
  private boolean breaksClock;

  private <T> T failAfterFirst(T value) {
    if (first) {
      first = false;
      return value;
    }
    throw Place.failure();
  }

  /** The failure of the wall clock, once the cache is built. */
  private @Nullable Throwable clockFailure;

  /** It breaks for the cache, and works for those who measure how long something took. */
  private final TimeSource clock =
      new TimeSource() {
        @Override
        public Instant now() {
          if (clockFailure != null) {
            throw Result.<RuntimeException>unchanged(clockFailure);
          }
          return time.now();
        }

        @Override
        public long nanoTime() {
          return time.nanoTime();
        }
      };

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder().store(store).timeSource(clock);
  }

  private static ConverseResponse call(CallingStyle way, FakeBedrock bedrock, BedrockCache cache) {
    return way.over(bedrock, cache).forScope(ALICE).converse(ask("one"));
  }

  private static List<LoggingEvent> logged() {
    return CapturedLog.stop().stream().filter(e -> e.getLoggerName().equals(LOGGER)).toList();
  }

  /** Returns what a layout makes of an event, the stack included. */
  private static String written(LoggingEvent event) {
    StringWriter text = new StringWriter();
    List<Object> arguments =
        event.getArguments() == null ? new ArrayList<>() : event.getArguments();
    text.write(MessageFormatter.arrayFormat(event.getMessage(), arguments.toArray()).getMessage());
    if (event.getThrowable() != null) {
      event.getThrowable().printStackTrace(new PrintWriter(text, true));
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void breaks_whereverAndForWhomever_isLoggedOnceWithTypesAndStackAndWithoutMessage(Place place) {
    for (CallingStyle way : CallingStyle.values()) {
      CapturedLog.start();
      store.entries.clear();
      first = true;
      clockFailure = null;
      BedrockCacheBuilder builder = builder();
      place.breakIt(this, builder);
      try (BedrockCache cache = builder.build()) {
        clockFailure = breaksClock ? Place.failure() : null;
        for (int i = 0; i < 5; i++) {
          call(way, bedrock, cache);
        }
        clockFailure = null;
        List<LoggingEvent> events = logged();
        List<LoggingEvent> ofThis =
            events.stream().filter(e -> place.fault == null || isOf(place.fault, e)).toList();
        assertThat(ofThis).hasSize(1);
        LoggingEvent event = ofThis.get(0);
        assertThat(event.getLevel()).isEqualTo(Level.WARN);
        if (place == Place.STORED_ENTRY) {
          assertThat(written(event)).contains("EnvelopeException");
        } else {
          assertThat(written(event))
              .contains("java.lang.UnsupportedOperationException")
              .contains("java.lang.ArithmeticException")
              .contains("at " + Place.class.getName() + ".failure");
        }
        assertThat(events).noneMatch(e -> written(e).contains(SECRET));
        if (place.fault != null) {
          assertThat(cache.stats().faults().get(place.fault)).isPositive();
        }
      }
    }
  }

  private static boolean isOf(CacheFault fault, LoggingEvent event) {
    return written(event).contains("fault " + fault);
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void scopeFunction_whenItThrows_isAFaultAndLogged(CallingStyle way) {
    try (BedrockCache cache = builder().build()) {
      way.over(bedrock, cache)
          .scopedBy(
              request -> {
                throw Place.failure();
              })
          .converse(ask("one"));
      assertThat(cache.stats().faults()).containsEntry(CacheFault.SCOPE_FAILED, 1L);
    }
    assertThat(logged())
        .singleElement()
        .satisfies(
            event ->
                assertThat(written(event))
                    .contains("SCOPE_FAILED", "UnsupportedOperationException")
                    .doesNotContain(SECRET));
  }

  @Test
  void invalidation_whenTheStoreFails_isLoggedWithItsCause() {
    store.failMarks = Place.failure();
    try (BedrockCache cache = builder().build()) {
      assertThatThrownBy(() -> cache.invalidate(ALICE)).isInstanceOf(SdkException.class);
    }
    assertThat(logged())
        .anySatisfy(
            event -> assertThat(written(event)).contains("marker", "UnsupportedOperationException"))
        .anySatisfy(event -> assertThat(written(event)).contains("INVALIDATION_FAILED"))
        .noneMatch(event -> written(event).contains(SECRET));
  }

  @Test
  void fault_whenItRepeats_isOneLineAnIntervalWithTheCount() {
    store.failReads = Place.failure();
    try (BedrockCache cache = builder().ttlPolicy(call -> Duration.ZERO).build()) {
      for (int i = 0; i < 100; i++) {
        call(CallingStyle.SYNC, bedrock, cache);
      }
      assertThat(lines("STORE_READ_FAILED")).hasSize(1);
      time.advance(Duration.ofMinutes(1));
      call(CallingStyle.SYNC, bedrock, cache);
      call(CallingStyle.SYNC, bedrock, cache);
      assertThat(lines("STORE_READ_FAILED"))
          .hasSize(2)
          .last()
          .satisfies(line -> assertThat(line).contains("100 more"));
    }
    assertThat(lines("STORE_READ_FAILED"))
        .as("the rest is told when the cache is closed")
        .hasSize(3)
        .last()
        .satisfies(line -> assertThat(line).contains("1 more"));
  }

  @Test
  void fault_whenTheCauseIsAnother_isLoggedAnewWithItsStack() {
    try (BedrockCache cache = builder().ttlPolicy(call -> Duration.ZERO).build()) {
      for (Throwable cause :
          List.of(
              new IllegalStateException(),
              new TimeoutException(),
              new StoreUnavailableException(),
              new IllegalStateException(new ArithmeticException()))) {
        store.failReads = cause;
        call(CallingStyle.SYNC, bedrock, cache);
        call(CallingStyle.SYNC, bedrock, cache);
      }
    }
    assertThat(lines("STORE_READ_FAILED: ")).hasSize(2);
    assertThat(lines("STORE_READ_TIMEOUT: ")).hasSize(1);
    assertThat(lines("STORE_UNAVAILABLE: ")).hasSize(1);
  }

  @Test
  void failureOfTheService_isNamedByItsErrorCode() {
    store.failReads =
        BedrockRuntimeException.builder()
            .message(SECRET)
            .awsErrorDetails(
                AwsErrorDetails.builder()
                    .errorCode("AccessDeniedException")
                    .errorMessage(SECRET)
                    .build())
            .build();
    try (BedrockCache cache = builder().build()) {
      call(CallingStyle.SYNC, bedrock, cache);
    }
    assertThat(lines("STORE_READ_FAILED"))
        .singleElement()
        .satisfies(
            line -> assertThat(line).contains("AccessDeniedException").doesNotContain(SECRET));
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void tenCallsInARow_whenTheyFailInside_areOneErrorThatSaysWhatToDo(CallingStyle way) {
    callWithMissingMethod(way, 9);
    assertThat(errors()).isEmpty();
    CapturedLog.start();
    callWithMissingMethod(way, 30);
    assertThat(errors())
        .singleElement()
        .satisfies(
            line ->
                assertThat(line)
                    .contains(
                        "10 calls in a row",
                        "java.lang.NoSuchMethodError",
                        "ConverseResponse.serviceTier",
                        "docs/compatibility.md",
                        "at " + FaultLogTest.class.getName()));
  }

  private static final String MISSING =
      "'software.amazon.awssdk.services.bedrockruntime.model.ServiceTier"
          + " software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse.serviceTier()'";

  private void callWithMissingMethod(CallingStyle way, int calls) {
    clockFailure = null;
    try (BedrockCache cache = builder().build()) {
      clockFailure = new NoSuchMethodError(MISSING);
      for (int i = 0; i < calls; i++) {
        call(way, bedrock, cache);
      }
      clockFailure = null;
    }
  }

  @Test
  void failuresInside_whenCallsBetweenThemWork_areNoError() {
    try (BedrockCache cache = builder().build()) {
      for (int i = 0; i < 30; i++) {
        clockFailure = i % 9 == 8 ? null : new IllegalStateException();
        call(CallingStyle.SYNC, bedrock, cache);
      }
      clockFailure = null;
    }
    assertThat(errors()).isEmpty();
  }

  private static List<String> errors() {
    return CapturedLog.peek().stream()
        .filter(e -> e.getLevel() == Level.ERROR)
        .map(FaultLogTest::written)
        .toList();
  }

  private static List<String> lines(String part) {
    return CapturedLog.peek().stream()
        .filter(e -> Objects.equals(e.getLoggerName(), LOGGER))
        .map(FaultLogTest::written)
        .filter(line -> line.contains(part))
        .toList();
  }
}

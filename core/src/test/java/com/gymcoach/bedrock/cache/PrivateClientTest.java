package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.Configurations.PLAIN;
import static com.gymcoach.bedrock.cache.Configurations.interceptor;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.ClientKind.Client;
import com.gymcoach.bedrock.cache.Configurations.Configuration;
import com.gymcoach.bedrock.cache.Configurations.SystemPrompt;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeBaseClientBuilder;

/** A client that the cache cannot judge, and the ways to make it share again. */
@ParameterizedClass
@EnumSource(ClientKind.class)
class PrivateClientTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final CacheScope ALL = CacheScope.shared().endpoint("chat");
  private static final Configuration GUARDED = interceptor(new SystemPrompt("Be brief."));
  private static final Configuration GUARDED_TENANT =
      Configurations.overriding(
          o -> o.addExecutionInterceptor(new SystemPrompt("Be brief.")).putHeader("x-tenant", "a"));
  private static final Duration LATER = Duration.ofMinutes(1);

  private final ClientKind kind;
  private final EchoHttp bedrock = new EchoHttp();
  private final FakeStore store = new FakeStore();
  private final FakeTime time = new FakeTime();

  PrivateClientTest(ClientKind kind) {
    this.kind = kind;
  }

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .ttlPolicy(TtlPolicy.fixed(Duration.ofHours(1)).withJitter(0))
        .store(store)
        .timeSource(time);
  }

  private Client client(BedrockCache cache) {
    return kind.over(bedrock, cache, GUARDED);
  }

  private Client named(String name, Configuration configured) {
    return kind.over(bedrock, builder().build(), configured, options -> options.identity(name));
  }

  private static void guardedElsewhere(BedrockRuntimeBaseClientBuilder<?, ?> builder) {
    GUARDED.accept(builder);
    builder.region(Region.US_EAST_1);
  }

  private static void assertMiss(CacheOutcome outcome) {
    assertThat(outcome.status()).isEqualTo(Status.MISS);
  }

  @Test
  void ask_whenClientIsPrivate_readsMarkersAndNoEntryAndWritesNone() {
    Client client = client(builder().build());
    assertMiss(client.ask(ALICE));
    assertThat(store.reads).hasPositiveValue();
    assertThat(client.ask(ALICE).source()).isEqualTo(CacheSource.HOT);
    time.advance(LATER); // the markers are due
    int before = store.reads.get();
    assertThat(client.ask(ALICE).source()).isEqualTo(CacheSource.HOT);
    assertThat(store.reads).hasValueGreaterThan(before);
    assertThat(store.entryReads).hasValue(0);
    assertThat(store.writes).hasValue(0);
  }

  @Test
  void ask_whenTwoClientsAreConfiguredAlikeAndPrivate_shareNothing() {
    BedrockCache cache = builder().build();
    assertMiss(client(cache).ask(ALICE));
    assertMiss(client(cache).ask(ALICE));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ask_whenAnotherProcessInvalidates_goesToBedrock(boolean whole) {
    Client client = client(builder().build());
    client.ask(ALICE);
    BedrockCache elsewhere = builder().build();
    elsewhere.invalidate(whole ? CacheScope.user("alice") : ALICE);
    time.advance(LATER);
    assertMiss(client.ask(ALICE));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void invalidate_whenClientIsPrivate_takesItsAnswer(boolean shared) {
    CacheScope scope = shared ? ALL : ALICE;
    BedrockCache cache = builder().build();
    Client client = client(cache);
    client.ask(scope);
    assertThat(client.invalidate(scope)).isEqualTo(1);
    assertMiss(client.ask(scope));
    assertThat(cache.invalidate(scope)).isEqualTo(1);
    assertMiss(client.ask(scope));
  }

  @ParameterizedTest
  @EnumSource(CacheMode.class)
  void ask_whenMemoryHoldsNothing_findsNothingInAnyMode(CacheMode mode) {
    BedrockCache cache = builder().hotMaxBytes(0).mode(mode).observeFleet(true).build();
    Client client = client(cache);
    client.ask(ALICE);
    CacheOutcome again = client.ask(ALICE);
    assertThat(again.source()).isEqualTo(CacheSource.BEDROCK);
    assertThat(again.reason()).isNotEqualTo(Optional.of(CacheReason.WOULD_HIT));
    assertThat(bedrock.calls()).isEqualTo(2);
    assertThat(store.entryReads).hasValue(0);
    assertThat(store.writes).hasValue(0);
  }

  @Test
  void ask_whenObservedAlone_foreseesNoHitFromTheStore() {
    Client client = client(builder().hotMaxBytes(0).mode(CacheMode.OBSERVE).build());
    client.ask(ALICE);
    assertThat(client.ask(ALICE).reason()).contains(CacheReason.WOULD_MISS);
  }

  @Test
  void ask_whenObserved_countsNoWrite() {
    store.writeUnits = bytes -> 1e9;
    BedrockCache cache = builder().mode(CacheMode.OBSERVE).build();
    Client client = client(cache);
    client.ask(ALICE);
    client.ask(ALICE);
    assertThat(cache.stats().observed().total().savedUsd()).isPositive();
  }

  @Test
  void ask_whenObserved_foreseesTheHitFromMemory() {
    Client client = client(builder().mode(CacheMode.OBSERVE).observeFleet(true).build());
    client.ask(ALICE);
    assertThat(client.ask(ALICE).reason()).contains(CacheReason.WOULD_HIT);
    assertThat(store.writes).hasValue(0);
  }

  @Test
  void ask_whenClientsHaveTheSameName_shareTheTable() {
    assertMiss(named("guarded-v3", GUARDED).ask(ALICE));
    assertThat(named("guarded-v3", GUARDED).ask(ALICE).source()).isEqualTo(CacheSource.WARM);
  }

  @Test
  void ask_whenNamesRegionsOrHeadersDiffer_shareNothing() {
    assertMiss(named("guarded-v3", GUARDED).ask(ALICE));
    assertMiss(named("guarded-v4", GUARDED).ask(ALICE));
    assertMiss(named("Guarded-v3", GUARDED).ask(ALICE));
    assertMiss(named("guarded-v3", PrivateClientTest::guardedElsewhere).ask(ALICE));
    assertMiss(named("guarded-v3", GUARDED_TENANT).ask(ALICE));
    assertMiss(kind.over(bedrock, builder().build(), PLAIN).ask(ALICE));
  }

  @Test
  void ask_whenTheClassIsTrusted_sharesWithThePlainClient() {
    kind.over(bedrock, builder().build(), PLAIN).ask(ALICE);
    BedrockCache trusting = builder().trustedInterceptors(SystemPrompt.class).build();
    assertThat(client(trusting).ask(ALICE).source()).isEqualTo(CacheSource.WARM);
  }

  @Test
  void ask_whenOnlyTheSuperclassIsTrusted_shareNothing() {
    BedrockCache trusting = builder().trustedInterceptors(SystemPrompt.class).build();
    kind.over(bedrock, trusting, PLAIN).ask(ALICE);
    assertMiss(kind.over(bedrock, trusting, interceptor(new SystemPrompt("Rhyme.") {})).ask(ALICE));
  }

  @Test
  void ask_whenTheHeaderIsIgnored_sharesWithThePlainClient() {
    kind.over(bedrock, builder().build(), PLAIN).ask(ALICE);
    BedrockCache cache = builder().ignoredOverrides("X-TRACE", "Tenant").build();
    Configuration traced =
        Configurations.overriding(
            o -> o.putHeader("x-trace", "t-1").putExecutionAttribute(Configurations.TENANT, "a"));
    assertThat(kind.over(bedrock, cache, traced).ask(ALICE).source()).isEqualTo(CacheSource.WARM);
  }
}

package com.gymcoach.bedrock.cache.spi.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.FakeTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** S-t: a fetched key has limits of age and use. */
class RenewingSealerTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final byte[] SCOPE = "alice".getBytes(UTF_8);
  private static final byte[] ADDRESS = "there".getBytes(UTF_8);

  private final FakeTime time = new FakeTime();
  private final Deque<Runnable> fetching = new ArrayDeque<>();
  private int fetched;
  private boolean sourceFails;

  private SealingKeys next() {
    if (sourceFails) {
      throw new IllegalStateException("no key service");
    }
    fetched++;
    return new SealingKeys(
        fetched, key(fetched), fetched == 1 ? Map.of() : Map.of(fetched - 1, key(fetched - 1)));
  }

  private static byte[] key(int number) {
    byte[] key = new byte[32];
    key[0] = (byte) number;
    return key;
  }

  private RenewingSealer sealer(long maxEntries, long maxBytes) {
    return new RenewingSealer(
        this::next, new RenewingSealer.Limits(HOUR, maxEntries, maxBytes), time, fetching::add);
  }

  private static byte[] seal(EntrySealer sealer) {
    return sealer.seal(SCOPE, ADDRESS, new byte[10]);
  }

  private void fetchNow() {
    while (!fetching.isEmpty()) {
      fetching.remove().run();
    }
  }

  private static int keyOf(byte[] sealed) {
    return sealed[3];
  }

  @Test
  void s_t_keyHasSealedHalfOfItsEntries_theNextIsFetchedBehindTheBack() {
    RenewingSealer sealer = sealer(4, 1_000);
    for (int i = 0; i < 3; i++) {
      assertThat(keyOf(seal(sealer))).isEqualTo(1);
    }
    assertThat(fetching).isEmpty();
    assertThat(keyOf(seal(sealer))).isEqualTo(1);
    assertThat(fetching).hasSize(1);
    fetchNow();
    assertThat(keyOf(seal(sealer))).isEqualTo(2);
  }

  @Test
  void s_t_keyHasSealedAllThatItMay_sealsNothingMoreUntilThereIsAnother() {
    RenewingSealer sealer = sealer(2, 1_000);
    seal(sealer);
    seal(sealer);
    assertThatIllegalStateException().isThrownBy(() -> seal(sealer));
    fetchNow();
    assertThat(keyOf(seal(sealer))).isEqualTo(2);
  }

  @Test
  void s_t_keyHasSealedAllBytesThatItMay_sealsNothingMore() {
    RenewingSealer sealer = sealer(100, 25);
    seal(sealer);
    seal(sealer);
    assertThatIllegalStateException().isThrownBy(() -> seal(sealer));
  }

  @Test
  void seal_whenTheBytesAreExactlyWhatTheKeyMaySeal_seals() {
    RenewingSealer sealer = sealer(100, 20);
    seal(sealer);
    assertThat(keyOf(seal(sealer))).isEqualTo(1);
    assertThatIllegalStateException().isThrownBy(() -> seal(sealer));
  }

  @Test
  void seal_whenMoreThanHalfOfTheBytesAreSealed_fetchesTheNextKey() {
    RenewingSealer sealer = sealer(100, 40);
    for (int i = 0; i < 3; i++) {
      seal(sealer);
      assertThat(fetching).as("before seal %s", i + 2).isEmpty();
    }
    seal(sealer);
    assertThat(fetching).hasSize(1);
  }

  @Test
  void seal_afterAFetch_fetchesAgainWhenTheNewKeyIsHalfUsed() {
    RenewingSealer sealer = sealer(100, 1_000);
    for (int key = 2; key < 5; key++) {
      time.advance(HOUR.dividedBy(2));
      seal(sealer);
      fetchNow();
      assertThat(keyOf(seal(sealer))).isEqualTo(key);
    }
  }

  /** The exception of a thread that cannot be started is not the caller's. */
  @Test
  void seal_whenNoThreadCanFetch_sealsWithTheOldKeyAndTriesAgain() {
    int[] refused = new int[1];
    RenewingSealer sealer =
        new RenewingSealer(
            this::next,
            new RenewingSealer.Limits(HOUR, 100, 1_000),
            time,
            task -> {
              refused[0]++;
              throw new OutOfMemoryError("no more threads");
            });
    time.advance(HOUR.dividedBy(2));
    assertThat(keyOf(seal(sealer))).isEqualTo(1);
    seal(sealer);
    assertThat(refused[0]).isEqualTo(1);
    time.advance(Duration.ofSeconds(10));
    assertThat(keyOf(seal(sealer))).isEqualTo(1);
    assertThat(refused[0]).isEqualTo(2);
  }

  @Test
  void ownThread_runsTheTaskOnADaemonThread() throws Exception {
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    RenewingSealer.ownThread().execute(() -> ran.complete(Thread.currentThread()));
    Thread thread = ran.get(30, TimeUnit.SECONDS);
    assertThat(thread).isNotSameAs(Thread.currentThread());
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getName()).isEqualTo("bedrock-cache-keys");
  }

  @Test
  void s_t_keyIsTooOld_neitherSealsNorOpens() throws IOException {
    RenewingSealer sealer = sealer(100, 1_000);
    byte[] sealed = seal(sealer);
    time.advance(HOUR.minusNanos(1));
    assertThat(sealer.open(SCOPE, ADDRESS, sealed)).hasSize(10);
    time.advance(Duration.ofNanos(1));
    assertThatThrownBy(() -> sealer.open(SCOPE, ADDRESS, sealed)).isInstanceOf(IOException.class);
    assertThatIllegalStateException().isThrownBy(() -> seal(sealer));
    fetchNow();
    assertThat(sealer.open(SCOPE, ADDRESS, sealed)).hasSize(10); // with what is an older key now
  }

  /** Elapsed time stands still while a process is frozen; the wall clock does not. */
  @Test
  void s_t_processWasFrozenForDays_neitherSealsNorOpensWithOldKeys() throws IOException {
    RenewingSealer sealer = sealer(100, 1_000);
    byte[] sealed = seal(sealer);
    time.jump(Duration.ofDays(4));
    assertThatThrownBy(() -> sealer.open(SCOPE, ADDRESS, sealed)).isInstanceOf(IOException.class);
    assertThatIllegalStateException().isThrownBy(() -> seal(sealer));
    fetchNow();
    assertThat(keyOf(seal(sealer))).isEqualTo(2);
  }

  @Test
  void s_t_wallClockIsSetBack_keysAreNoYounger() {
    RenewingSealer sealer = sealer(100, 1_000);
    time.jump(Duration.ofDays(-4));
    time.advance(HOUR);
    assertThatIllegalStateException().isThrownBy(() -> seal(sealer));
  }

  @Test
  void s_t_processWasFrozenAfterTheSourceFailed_theSourceIsAskedAgainAtOnce() {
    RenewingSealer sealer = sealer(2, 1_000);
    seal(sealer);
    seal(sealer);
    sourceFails = true;
    assertThatIllegalStateException().isThrownBy(() -> seal(sealer));
    fetchNow();
    sourceFails = false;
    time.jump(Duration.ofSeconds(10));
    assertThatIllegalStateException().isThrownBy(() -> seal(sealer));
    fetchNow();
    assertThat(keyOf(seal(sealer))).isEqualTo(2);
  }

  @Test
  void s_t_forgotten_fetchesBeforeItIsUsedAgain() throws IOException {
    RenewingSealer sealer = sealer(100, 1_000);
    byte[] sealed = seal(sealer);
    sealer.forget();
    assertThatThrownBy(() -> sealer.open(SCOPE, ADDRESS, sealed)).isInstanceOf(IOException.class);
    fetchNow();
    assertThat(sealer.open(SCOPE, ADDRESS, sealed)).hasSize(10);
  }

  @Test
  void s_t_sourceFails_isAskedAgainAfterAWhile() {
    RenewingSealer sealer = sealer(2, 1_000);
    seal(sealer);
    seal(sealer);
    sourceFails = true;
    assertThatIllegalStateException().isThrownBy(() -> seal(sealer));
    fetchNow();
    sourceFails = false;
    assertThatIllegalStateException().isThrownBy(() -> seal(sealer));
    assertThat(fetching).isEmpty();
    time.advance(Duration.ofSeconds(10));
    assertThatIllegalStateException().isThrownBy(() -> seal(sealer));
    fetchNow();
    assertThat(keyOf(seal(sealer))).isEqualTo(2);
  }

  @Test
  void aes256Gcm_whenLimitsAreNone_saysWhatToDo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sealer(0, 1))
        .withMessageContaining("choose more than zero");
    assertThatIllegalArgumentException().isThrownBy(() -> sealer(1, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntrySealer.aes256Gcm(this::next, Duration.ZERO, 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntrySealer.aes256Gcm(this::next, Duration.ofNanos(-1), 1, 1));
    assertThat(keyOf(sealer(1, 10).seal(SCOPE, ADDRESS, new byte[1]))).isEqualTo(1);
    assertThat(keyOf(sealer(10, 1).seal(SCOPE, ADDRESS, new byte[1]))).isEqualTo(2);
  }

  @Test
  void toString_ofKeys_holdsNone() {
    assertThat(new SealingKeys(2, key(2), Map.of(1, key(1))))
        .hasToString("SealingKeys[seals=2, opens=[1]]");
    assertThat(SealingKeys.of(3, key(3)).older()).isEmpty();
  }
}

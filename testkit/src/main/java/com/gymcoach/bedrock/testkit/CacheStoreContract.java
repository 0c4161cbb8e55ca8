package com.gymcoach.bedrock.testkit;

import static com.gymcoach.bedrock.testkit.Stages.failure;
import static com.gymcoach.bedrock.testkit.Stages.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The contract that the cache expects of every {@link CacheStore}, as JUnit tests. Extend it in the
 * tests of a store and implement the factory method:
 *
 * <pre>{@code
 * class MyStoreContractTest extends CacheStoreContract {
 *   @Override
 *   protected CacheStore createStore() {
 *     return new InMemoryCacheStore(); // your store in its place
 *   }
 * }
 * }</pre>
 *
 * <p>Each test creates a store, uses its own namespace and closes the store. So the backend may be
 * shared and need not be emptied between tests. Requires JUnit 5 and AssertJ. A test fails if a
 * call does not complete within 10 s, so give the store under test generous time limits.
 *
 * <p>Behaviour that is left to the store is not tested. An entry may or may not be returned once
 * its {@code retainUntil} has passed, because the cache decides whether an entry is still valid. An
 * empty envelope need not be accepted, because the cache writes none. A partition that was never
 * marked may have any marker, as long as it stays the same.
 *
 * <p>Override {@link #createSecondStore()}, {@link #breakBackend()} and {@link #markNamespace} to
 * test more of the contract. Tests that need one of them are skipped if it is not overridden.
 */
@Timeout(120)
public abstract class CacheStoreContract extends DeletionContract {
  private static final String SECRET = "what the user asked and Bedrock said";

  /** Does nothing: each test creates its store with {@link #createStore()}. */
  protected CacheStoreContract() {}

  /**
   * Creates the store under test, on a working backend. Called once before each test. The store is
   * closed after the test.
   */
  @Override
  protected abstract CacheStore createStore();

  /**
   * Creates a second store on the backend of the last {@link #createStore()}, as another process
   * would. Called at most once per test, which closes it. By default returns null.
   */
  @Override
  protected @Nullable CacheStore createSecondStore() {
    return null;
  }

  /**
   * Makes the backend of the last created store fail until the next {@link #createStore()}. By
   * default does nothing.
   *
   * @return whether the backend fails now
   */
  @Override
  protected boolean breakBackend() {
    return false;
  }

  /**
   * Writes a marker for a whole namespace of the last created store, as an operator does. By
   * default does nothing.
   *
   * @return whether the marker is in force now
   */
  @Override
  protected boolean markNamespace(String namespace, Marker marker) {
    return false;
  }

  @Test
  void name_isStableAndNotBlank() {
    assertThat(underTest.name()).isNotBlank().isEqualTo(underTest.name());
  }

  @Test
  void budgets_arePositive() {
    assertThat(underTest.readBudget()).isPositive();
    assertThat(underTest.writeBudget()).isPositive();
    assertThat(underTest.maxEnvelopeBytes()).isPositive();
  }

  @Test
  void read_whenAnotherStoreWroteAndMarked_seesBoth() {
    CacheStore made = createSecondStore();
    assumeTrue(made != null, "The store's test makes no second store");
    try (CacheStore second = Objects.requireNonNull(made)) {
      EntryAddress address = address("chat");
      byte[] envelope = bytes(64);
      Marker marker = marker();
      assertThat(second.name()).isEqualTo(underTest.name());
      assertThat(envelope(address)).isNull(); // the store might remember this from now on
      get(second.write(address, envelope, retainUntil()));
      get(second.mark(partition, null, marker, retainUntil()));
      assertThat(envelope(address)).isEqualTo(envelope);
      assertThat(markers(partition, "chat").scope()).isEqualTo(marker);
      assertThat(get(second.deleteAll(partition, null))).containsExactly(address);
      assertThat(envelope(address)).isNull();
    }
  }

  @Test
  void everyCall_whenTheBackendFails_failsItsStageAndTellsNoPayload() {
    write(address("chat"), secret());
    assumeTrue(breakBackend(), "The store's test cannot break its backend");
    for (Throwable failure : failures()) {
      StringWriter text = new StringWriter();
      failure.printStackTrace(new PrintWriter(text, true));
      assertThat(text.toString()).doesNotContain(SECRET);
    }
  }

  @Test
  void everyCall_whenTheStoreIsClosed_failsItsStage() {
    underTest.close();
    assertThat(failures()).hasSize(4).doesNotContainNull();
  }

  @Test
  void close_whenClosed_changesNothing() {
    underTest.close();
    assertThatCode(() -> underTest.close()).doesNotThrowAnyException();
  }

  @Test
  void toString_whenThereIsAnEntry_tellsNothingOfIt() {
    EntryAddress address = address("chat");
    write(address, secret());
    assertThat(underTest.toString())
        .doesNotContain(SECRET)
        .doesNotContain(Arrays.toString(secret()))
        .doesNotContain(address.key().text());
  }

  /** Makes each kind of call, all of which must fail, and returns the failures. */
  private List<Throwable> failures() {
    EntryAddress address = address("chat");
    return List.of(
        failure("read", () -> underTest.read(new StoreQuery(address, true, true))),
        failure("write", () -> underTest.write(address, secret(), retainUntil())),
        failure("mark", () -> underTest.mark(partition, "chat", marker(), retainUntil())),
        failure("deleteAll", () -> underTest.deleteAll(partition, null)));
  }

  private static byte[] secret() {
    return SECRET.getBytes(StandardCharsets.UTF_8);
  }
}

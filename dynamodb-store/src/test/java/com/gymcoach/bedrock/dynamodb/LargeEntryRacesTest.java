package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Large entries that are deleted, invalidated or replaced while they are read and written. */
@ParameterizedClass
@EnumSource(Kind.class)
class LargeEntryRacesTest extends LargeEntriesFixture {
  LargeEntryRacesTest(Kind kind) {
    super(kind);
  }

  @Test
  void deleteAll_ofEntriesAndWhatTheyReplaced_leavesNothingAndReportsEachOnce() throws Exception {
    EntryAddress other = address();
    write(address, bytes(LARGE));
    write(address, bytes(LARGE));
    write(other, bytes(LARGE));
    write(other, bytes(10));
    EntryAddress elsewhere = new EntryAddress(PARTITION, "chat-2", address.key());
    write(elsewhere, bytes(LARGE));
    assertThat(items()).hasSize(1 + 6 + 1 + 3 + 1 + 3);
    assertThat(get(store.deleteAll(PARTITION, "chat"))).containsExactlyInAnyOrder(address, other);
    assertThat(items()).hasSize(4).allSatisfy((sort, item) -> assertThat(sort).contains("chat-2"));
    assertThat(get(store.deleteAll(PARTITION, null))).containsExactly(elsewhere);
    assertThat(items()).isEmpty();
  }

  /** A writer died between the parts and the head. */
  @Test
  void deleteAll_whenThereAreOnlyParts_deletesThemAndReportsNoEntry() throws Exception {
    write(address, bytes(LARGE));
    delete(items().firstEntry().getValue());
    assertThat(read(address).envelope()).isNull();
    assertThat(get(store.deleteAll(PARTITION, "chat"))).isEmpty();
    assertThat(items()).isEmpty();
  }

  /** The look-up began before: it may return what was valid then. Those that begin now may not. */
  @Test
  void read_whenMarkedBetweenItsRequests_hasTheMarkersFromBeforeAndTheNextHasTheNew()
      throws Exception {
    byte[] envelope = bytes(LARGE);
    write(address, envelope);
    Marker marker = new Marker(3, 4);
    notes.beforeParts = () -> markElsewhere(marker, false);
    StoreRead during = read(address);
    assertIs(envelope, during);
    assertThat(during.markers()).isEqualTo(new Markers(Marker.NONE, Marker.NONE, null));
    notes.beforeParts = () -> {};
    assertThat(read(address).markers()).isEqualTo(new Markers(Marker.NONE, marker, null));
  }

  @Test
  void read_whenDeletedBetweenItsRequests_isBroken() throws Exception {
    write(address, bytes(LARGE));
    notes.beforeParts = () -> markElsewhere(new Marker(3, 4), true);
    assertBroken(read(address));
    notes.beforeParts = () -> {};
    assertThat(read(address).envelope()).isNull();
  }

  /** The parts from before are still there: the look-up returns the entry from before, whole. */
  @Test
  void read_whenReplacedBetweenItsRequests_isTheOneBefore() throws Exception {
    byte[] before = bytes(LARGE);
    byte[] after = bytes(LARGE);
    write(address, before);
    notes.beforeParts = () -> elsewhere(other -> other.write(address, after, UNTIL));
    assertIs(before, read(address));
    notes.beforeParts = () -> {};
    assertIs(after, read(address));
  }

  /** A write that is under way during an invalidation. Its entry's markers are the old ones. */
  @Test
  void write_whenItsPartsAreDeletedBeforeItsHead_leavesAMiss() throws Exception {
    notes.beforeHead = () -> markElsewhere(new Marker(3, 4), true);
    write(address, bytes(LARGE));
    notes.beforeHead = () -> {};
    assertThat(items()).hasSize(1);
    assertThat(read(address).envelope()).isEmpty();
  }

  private void markElsewhere(Marker marker, boolean deletes) {
    elsewhere(other -> other.mark(PARTITION, "chat", marker, UNTIL));
    if (deletes) {
      elsewhere(other -> other.deleteAll(PARTITION, "chat"));
    }
  }

  /** Does something with a store of another process. */
  private void elsewhere(Function<CacheStore, CompletionStage<?>> call) {
    try (CacheStore other = kind.store(table).maxEnvelopeBytes(EntryParts.MAX_BYTES).build()) {
      Object unused = get(call.apply(other));
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }
}

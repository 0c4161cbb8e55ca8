package com.gymcoach.bedrock.testkit;

import static com.gymcoach.bedrock.testkit.Stages.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The part of the contract about reading and writing entries. */
abstract class EntryContract extends StoreUnderTest {
  @Test
  void read_whenNothingWasWritten_isAbsentUnderMarkersThatStay() {
    StoreQuery query = new StoreQuery(address("chat"), true, true);
    StoreRead read = get(underTest.read(query));
    assertThat(read.envelope()).isNull();
    assertThat(read.markers()).isNotNull();
    write(address("chat"), bytes(64));
    assertThat(get(underTest.read(query)).markers()).isEqualTo(read.markers());
  }

  @Test
  void read_whenWritten_returnsTheSameBytes() {
    byte[] each = new byte[256];
    for (int i = 0; i < each.length; i++) {
      each[i] = (byte) i;
    }
    for (byte[] envelope : List.of(each, new byte[1], bytes(1), bytes(1024), bytes(5000))) {
      EntryAddress address = address("chat");
      write(address, envelope);
      assertThat(envelope(address)).isEqualTo(envelope);
    }
  }

  @Test
  void read_whenEnvelopeIsTheLargestTaken_returnsIt() {
    byte[] envelope = largest();
    EntryAddress address = address("chat");
    write(address, envelope);
    assertIs(envelope, address);
  }

  @Test
  void read_whenMarkersAloneAskedFor_returnsNoEnvelope() {
    EntryAddress address = address("chat");
    Markers before = markers(partition, "chat");
    write(address, bytes(64));
    StoreRead read = get(underTest.read(new StoreQuery(address, false, false)));
    assertThat(read.envelope()).isNull();
    assertThat(read.markers()).isEqualTo(before);
  }

  @Test
  void read_whenReturnedArrayIsChanged_returnsTheEntryUnchanged() {
    EntryAddress address = address("chat");
    byte[] envelope = bytes(64);
    write(address, envelope);
    byte[] returned = envelope(address);
    assertThat(returned).isNotNull();
    Arrays.fill(returned, (byte) 0);
    assertThat(envelope(address)).isEqualTo(envelope);
  }

  @Test
  void write_whenGivenArrayIsChangedAfterwards_keepsWhatItWas() {
    EntryAddress address = address("chat");
    byte[] envelope = bytes(64);
    byte[] given = envelope.clone();
    write(address, given);
    Arrays.fill(given, (byte) 0);
    assertThat(envelope(address)).isEqualTo(envelope);
  }

  @Test
  void write_whenThereIsAnEntry_replacesIt() {
    EntryAddress address = address("chat");
    for (byte[] envelope : List.of(bytes(2000), bytes(10), bytes(3000))) {
      write(address, envelope);
      assertThat(envelope(address)).isEqualTo(envelope);
    }
  }

  /** A store that keeps a large entry in several pieces must not mix them with those before. */
  @Test
  void write_whenTheLargestReplacesASmallOneAndTheReverse_returnsTheLast() {
    EntryAddress address = address("chat");
    byte[] large = largest();
    byte[] other = bytes(large.length);
    for (byte[] envelope : List.of(bytes(10), large, other, bytes(20), large)) {
      write(address, envelope);
      assertIs(envelope, address);
    }
  }

  /** A read meanwhile may find nothing, or an entry that counts as broken, but never a mixture. */
  @Test
  void write_whenTwoOfTheLargestAreConcurrent_keepsOneOfThemWhole() throws Exception {
    EntryAddress address = address("chat");
    List<byte[]> written = List.of(largest(), largest());
    List<byte[]> meanwhile = new CopyOnWriteArrayList<>();
    List<Supplier<CompletionStage<Void>>> calls = new ArrayList<>();
    for (byte[] envelope : written) {
      calls.add(() -> underTest.write(address, envelope, retainUntil()));
      calls.add(
          () ->
              underTest
                  .read(new StoreQuery(address, true, false))
                  .thenAccept(read -> meanwhile.add(orNothing(read.envelope()))));
    }
    atOnce(calls);
    assertThat(meanwhile).hasSize(2).allMatch(read -> read.length == 0 || isOneOf(written, read));
    assertThat(isOneOf(written, orNothing(envelope(address)))).isTrue();
  }

  private static byte[] orNothing(byte @Nullable [] envelope) {
    return envelope == null ? new byte[0] : envelope;
  }

  private static boolean isOneOf(List<byte[]> written, byte[] read) {
    return written.stream().anyMatch(each -> Arrays.equals(each, read));
  }

  @Test
  void readAll_whenTheLargestIsAmongThem_givesEachWhatItAsksFor() {
    List<StoreQuery> queries = new ArrayList<>();
    List<byte[]> written = List.of(bytes(50), largest(), bytes(60));
    for (byte[] envelope : written) {
      EntryAddress address = address("chat");
      write(address, envelope);
      queries.add(new StoreQuery(address, true, false));
    }
    Markers markers = get(underTest.read(queries.get(0))).markers();
    List<CompletionStage<StoreRead>> reads = underTest.readAll(queries, null);
    for (int i = 0; i < reads.size(); i++) {
      StoreRead read = get(reads.get(i));
      assertThat(Arrays.equals(read.envelope(), written.get(i))).as("read %s", i).isTrue();
      assertThat(read.markers()).isNotNull().isEqualTo(markers);
    }
  }

  @Test
  void write_whenOnePartOfTheAddressDiffers_isAnotherEntry() {
    Digest key = digest();
    Map<EntryAddress, byte[]> written = new HashMap<>();
    for (Partition each : partitionsLike(partition)) {
      written.put(new EntryAddress(each, "chat", key), bytes(32));
    }
    for (String endpoint : namesLike("chat")) {
      written.put(new EntryAddress(partition, endpoint, key), bytes(32));
    }
    for (Digest each : digestsLike(key)) {
      written.put(new EntryAddress(partition, "chat", each), bytes(32));
    }
    EntryAddress absent = new EntryAddress(partition, "chat", key);
    written.forEach(this::write);
    assertThat(envelope(absent)).isNull();
    written.put(absent, bytes(32));
    write(absent, written.get(absent));
    written.forEach(
        (address, envelope) ->
            assertThat(envelope(address)).as(address.toString()).isEqualTo(envelope));
  }

  @Test
  void readAll_ofManyReads_givesEachWhatItAsksFor() {
    Marker marker = new Marker(7, 8);
    StoreQuery unmarked = new StoreQuery(address("chat"), false, true);
    Markers before = Objects.requireNonNull(get(underTest.read(unmarked)).markers());
    mark(partition, "chat", marker);
    List<StoreQuery> queries = new ArrayList<>();
    List<byte[]> written = new ArrayList<>();
    for (int i = 0; i < 96; i++) {
      EntryAddress address = address("chat");
      byte[] envelope = i % 3 == 0 ? null : bytes(100 + i);
      if (envelope != null) {
        write(address, envelope);
      }
      boolean withEntry = i % 3 != 2;
      queries.add(new StoreQuery(address, withEntry, i == 0));
      written.add(withEntry ? envelope : null);
    }
    List<CompletionStage<StoreRead>> reads = underTest.readAll(queries, null);
    assertThat(reads).hasSize(queries.size());
    for (int i = 0; i < reads.size(); i++) {
      StoreRead read = get(reads.get(i));
      assertThat(read.envelope()).isEqualTo(written.get(i));
      assertThat(read.entryUnread()).isFalse();
      assertThat(read.markers())
          .isEqualTo(new Markers(before.scope(), marker, i == 0 ? before.namespace() : null));
    }
  }

  @Test
  void write_whenConcurrent_keepsOneOfTheEntriesWhole() throws Exception {
    EntryAddress address = address("chat");
    List<byte[]> written = new ArrayList<>();
    List<Supplier<CompletionStage<Void>>> writes = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      byte[] envelope = bytes(500 + 100 * i);
      written.add(envelope);
      writes.add(() -> underTest.write(address, envelope, retainUntil()));
    }
    atOnce(writes);
    assertThat(written).usingElementComparator(Arrays::compare).contains(envelope(address));
  }
}

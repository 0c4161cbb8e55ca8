package com.gymcoach.bedrock.testkit;

import static com.gymcoach.bedrock.testkit.Stages.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The part of the contract about markers. */
abstract class MarkerContract extends EntryContract {
  @Test
  void read_whenNamespaceMarkerNotAskedFor_doesNotGuessIt() {
    assertThat(markers(partition, "chat").namespace()).isNull();
  }

  @Test
  void read_whenNamespaceMarked_seesItWhereAskedFor() {
    Marker marker = marker();
    assumeTrue(markNamespace(namespace, marker), "The store's test cannot mark a namespace");
    StoreRead read = get(underTest.read(new StoreQuery(address("chat"), false, true)));
    assertThat(read.markers()).isEqualTo(new Markers(Marker.NONE, Marker.NONE, marker));
    assertThat(markers(partition, "chat")).isEqualTo(new Markers(Marker.NONE, Marker.NONE, null));
  }

  @Test
  void mark_whenPartitionMarked_isSeenAtEachEndpointAndNowhereElse() {
    Marker marker = marker();
    mark(partition, null, marker);
    assertThat(markers(partition, "chat")).isEqualTo(new Markers(marker, Marker.NONE, null));
    assertThat(markers(partition, "chat-2")).isEqualTo(new Markers(marker, Marker.NONE, null));
    assertUnmarked(partitionsLike(partition), "chat");
  }

  @Test
  void mark_whenShardMarked_isSeenInNoOther() {
    Partition shard = new Partition(namespace, ALICE, 1);
    mark(shard, null, marker());
    assertUnmarked(partitionsLike(shard), "chat");
  }

  @Test
  void mark_whenEndpointMarked_isSeenThereAndNowhereElse() {
    Marker marker = marker();
    mark(partition, "chat", marker);
    assertThat(markers(partition, "chat")).isEqualTo(new Markers(Marker.NONE, marker, null));
    for (String endpoint : namesLike("chat")) {
      assertUnmarked(List.of(partition), endpoint);
    }
    assertUnmarked(partitionsLike(partition), "chat");
  }

  @Test
  void mark_whenPartitionAndEndpointMarked_keepsThemApartWhateverTheEndpointIsCalled() {
    Marker scope = marker();
    mark(partition, null, scope);
    for (String endpoint : List.of("scope", "namespace", "marker", "s", "M", "ttl", "null", ".")) {
      assertThat(markers(partition, endpoint)).isEqualTo(new Markers(scope, Marker.NONE, null));
      Marker marker = marker();
      mark(partition, endpoint, marker);
      assertThat(markers(partition, endpoint)).isEqualTo(new Markers(scope, marker, null));
    }
  }

  @Test
  void mark_whenMarkedTwice_theLaterIsInForce() {
    for (String endpoint : Arrays.asList(null, "chat")) {
      mark(partition, endpoint, marker());
    }
    Marker scope = marker();
    Marker endpoint = marker();
    mark(partition, null, scope);
    mark(partition, "chat", endpoint);
    assertThat(markers(partition, "chat")).isEqualTo(new Markers(scope, endpoint, null));
  }

  @Test
  void mark_whateverItsBits_isReadAsItWas() {
    for (Marker marker :
        List.of(new Marker(0, 1), new Marker(1, 0), new Marker(-1, Long.MIN_VALUE), marker())) {
      mark(partition, "chat", marker);
      assertThat(markers(partition, "chat").endpoint()).isEqualTo(marker);
    }
  }

  @Test
  void mark_whenConcurrent_putsOneOfThemInForce() throws Exception {
    List<Marker> marked = new ArrayList<>();
    List<Supplier<CompletionStage<Void>>> marks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Marker marker = marker();
      marked.add(marker);
      marks.add(() -> underTest.mark(partition, "chat", marker, retainUntil()));
    }
    atOnce(marks);
    assertThat(marked).contains(markers(partition, "chat").endpoint());
  }

  @Test
  void mark_whenThereAreEntries_leavesThem() {
    EntryAddress address = address("chat");
    byte[] envelope = bytes(64);
    write(address, envelope);
    mark(partition, null, marker());
    mark(partition, "chat", marker());
    assertThat(envelope(address)).isEqualTo(envelope);
  }

  private void assertUnmarked(List<Partition> partitions, String endpoint) {
    for (Partition each : partitions) {
      assertThat(markers(each, endpoint))
          .as("%s, %s", each, endpoint)
          .isEqualTo(new Markers(Marker.NONE, Marker.NONE, null));
    }
  }
}

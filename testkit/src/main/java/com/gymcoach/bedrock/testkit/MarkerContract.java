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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    Markers before = markers(partition, "chat");
    assumeTrue(markNamespace(namespace, marker), "The store's test cannot mark a namespace");
    StoreRead read = get(underTest.read(new StoreQuery(address("chat"), false, true)));
    assertThat(read.markers()).isEqualTo(new Markers(before.scope(), before.endpoint(), marker));
    assertThat(markers(partition, "chat")).isEqualTo(before);
  }

  @Test
  void mark_whenPartitionMarked_isSeenAtEachEndpointAndNowhereElse() {
    Marker marker = marker();
    Markers before = markers(partition, "chat");
    Map<Partition, Markers> others = markers(partitionsLike(partition));
    mark(partition, null, marker);
    Markers marked = new Markers(marker, before.endpoint(), null);
    assertThat(markers(partition, "chat")).isEqualTo(marked);
    assertThat(markers(partition, "chat-2")).isEqualTo(marked);
    assertUnmarked(others);
  }

  @Test
  void mark_whenShardMarked_isSeenInNoOther() {
    Partition shard = new Partition(namespace, ALICE, 1);
    Map<Partition, Markers> others = markers(partitionsLike(shard));
    mark(shard, null, marker());
    assertUnmarked(others);
  }

  @Test
  void mark_whenEndpointMarked_isSeenThereAndNowhereElse() {
    Marker marker = marker();
    Markers before = markers(partition, "chat");
    Map<Partition, Markers> others = markers(partitionsLike(partition));
    mark(partition, "chat", marker);
    assertThat(markers(partition, "chat")).isEqualTo(new Markers(before.scope(), marker, null));
    for (String endpoint : namesLike("chat")) {
      assertThat(markers(partition, endpoint)).as(endpoint).isEqualTo(before);
    }
    assertUnmarked(others);
  }

  @Test
  void mark_whenPartitionAndEndpointMarked_keepsThemApartWhateverTheEndpointIsCalled() {
    Markers unmarked = markers(partition, "chat");
    Marker scope = marker();
    mark(partition, null, scope);
    for (String endpoint : List.of("scope", "namespace", "marker", "s", "M", "ttl", "null", ".")) {
      assertThat(markers(partition, endpoint))
          .isEqualTo(new Markers(scope, unmarked.endpoint(), null));
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

  private Map<Partition, Markers> markers(List<Partition> partitions) {
    Map<Partition, Markers> markers = new HashMap<>();
    partitions.forEach(each -> markers.put(each, markers(each, "chat")));
    return markers;
  }

  private void assertUnmarked(Map<Partition, Markers> before) {
    assertThat(markers(List.copyOf(before.keySet()))).isEqualTo(before);
  }
}

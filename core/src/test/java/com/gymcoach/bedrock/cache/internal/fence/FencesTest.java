package com.gymcoach.bedrock.cache.internal.fence;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.internal.sdk.KeyDigests;
import com.gymcoach.bedrock.cache.internal.sdk.RequestKeys;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FencesTest {
  private static final Partition ALICE =
      RequestKeys.partitions("default", CacheScope.user("alice"), KeyDigests.PLAIN).get(0);

  private static final Duration DELAY = Duration.ofSeconds(10);
  private static final Marker FIRST = new Marker(1, 1);
  private static final Marker SECOND = new Marker(2, 2);

  private final FakeTime time = new FakeTime();
  private final Fences fences = new Fences(time);

  /** Endpoints' names may be many, and an answer at one of them keeps none of the others. */
  @Test
  void of_whenNothingIsKeptAtAnEndpoint_holdsNoFenceOfItsBesideOthersOfTheUser() {
    Fence held = fences.of(ALICE, "chat");
    WeakReference<Fence> other = new WeakReference<>(fences.of(ALICE, "plan"));
    try {
      for (int i = 0; i < 100 && other.get() != null; i++) {
        System.gc();
      }
      assertThat(other.get()).isNull();
      assertThat(fences.of(ALICE, "chat")).isSameAs(held);
    } finally {
      Reference.reachabilityFence(held);
    }
  }

  @Test
  void takeDown_ofAnEndpoint_leavesOthersStanding() {
    Fence chat = fences.of(ALICE, "chat");
    Fence plan = fences.of(ALICE, "plan");
    fences.takeDown(ALICE, "chat");
    assertThat(chat.stands()).isFalse();
    assertThat(plan.stands()).isTrue();
    assertThat(fences.of(ALICE, "chat").stands()).isTrue();
    assertThat(fences.of(ALICE, "plan")).isSameAs(plan);
  }

  @Test
  void takeDown_ofAllEndpoints_leavesNoneStanding() {
    Fence chat = fences.of(ALICE, "chat");
    Fence plan = fences.of(ALICE, "plan");
    fences.takeDown(ALICE, null);
    assertThat(chat.stands()).isFalse();
    assertThat(plan.stands()).isFalse();
    assertThat(fences.of(ALICE, "chat").stands()).isTrue();
  }

  /**
   * A follower's fence may be from before its wait. If its leader has learned meanwhile that the
   * whole namespace was invalidated, the follower's own look-up does not ask for that marker again.
   */
  @Test
  void observe_withAFenceFromBeforeANamespacesInvalidation_usesTheMarkerThatIsKnownNow() {
    Marker before = Marker.random();
    Marker after = Marker.random();
    Fence followers = fences.of(ALICE, "chat");
    fences.observe(followers, markers(before), fences.beginRead());
    Fences.Observation leaders = fences.observe(followers, markers(after), fences.beginRead());
    assertThat(leaders.markers()).isEqualTo(markers(after));
    assertThat(leaders.changed()).isTrue();
    assertThat(leaders.fence().stands()).isTrue();
    Markers read = new Markers(Marker.NONE, Marker.NONE, null);
    Fences.Observation seen = fences.observe(followers, read, fences.beginRead());
    assertThat(seen.markers()).isEqualTo(markers(after));
    assertThat(fences.admits(markers(before), markers(after))).isFalse();
    assertThat(seen.changed()).isTrue();
  }

  /** After all fences were taken down, the namespace's marker has to be read again. */
  @Test
  void observe_withAFenceFromBeforeAllWereTakenDown_doesNotKnowTheNamespacesMarker() {
    Fence old = fences.of(ALICE, "chat");
    fences.observe(old, markers(Marker.random()), fences.beginRead());
    fences.takeDownAll();
    Markers read = new Markers(Marker.NONE, Marker.NONE, null);
    assertThat(fences.observe(old, read, fences.beginRead()).markers()).isNull();
  }

  @Test
  void observe_withAFenceFromBeforeAllWereTakenDown_usesTheMarkersOfTheRead() {
    Fence old = fences.of(ALICE, "chat");
    fences.observe(old, markers(FIRST), fences.beginRead());
    fences.takeDownAll();
    Fences.Observation seen = fences.observe(old, markers(SECOND), fences.beginRead());
    assertThat(seen.markers()).isEqualTo(markers(SECOND));
    assertThat(seen.fence().stands()).isFalse();
  }

  @Test
  void observe_ofTheSameMarkersAgain_keepsTheFence() {
    Fence fence = fences.of(ALICE, "chat");
    for (int i = 0; i < 3; i++) {
      time.advance(DELAY);
      assertThat(fences.observe(fence, markers(FIRST), fences.beginRead()))
          .isEqualTo(new Fences.Observation(fence, markers(FIRST), false));
      assertThat(unverifiedFor(fence)).isZero();
    }
    assertThat(fence.stands()).isTrue();
  }

  /** The marker that the read left out is the one that is known. */
  @Test
  void observe_withoutTheNamespacesMarker_addsTheOneThatIsKnown() {
    Fence fence = fences.of(ALICE, "chat");
    fences.observe(fence, markers(FIRST), fences.beginRead());
    assertThat(fences.observe(fence, markers(null), fences.beginRead()))
        .isEqualTo(new Fences.Observation(fence, markers(FIRST), false));
  }

  /** An answer is kept blind after such a read: the next read cannot say whether it is valid. */
  @Test
  void observe_withoutTheNamespacesMarkerWhileNoneIsKnown_leavesTheFenceWithoutMarkers() {
    Fence fence = fences.of(ALICE, "chat");
    assertThat(fences.observe(fence, markers(null), fences.beginRead()))
        .isEqualTo(new Fences.Observation(fence, null, false));
    fence.noteBlindUse();
    Fences.Observation next = fences.observe(fence, markers(FIRST), fences.beginRead());
    assertThat(fence.stands()).isFalse();
    assertThat(next.changed()).isTrue();
    assertThat(next.fence().stands()).isTrue();
  }

  @Test
  void observe_whenTheReadOfTheNamespacesMarkerIsOlderThanTheKnownOne_changesNothing() {
    Fence fence = fences.of(ALICE, "chat");
    Fences.Read older = fences.beginRead();
    time.advance(DELAY);
    fences.observe(fence, markers(SECOND), fences.beginRead());
    assertThat(fences.observe(fence, markers(FIRST), older))
        .isEqualTo(new Fences.Observation(fence, null, true));
    assertThat(fence.stands()).isTrue();
    assertThat(fences.of(ALICE, "chat")).isSameAs(fence);
  }

  @Test
  void observe_whenTheReadOfAnEndpointsMarkerIsOlderThanTheKnownOne_changesNothing() {
    Fence fence = fences.of(ALICE, "chat");
    Fences.Read older = fences.beginRead();
    time.advance(DELAY);
    fences.observe(fence, new Markers(FIRST, FIRST, FIRST), fences.beginRead());
    assertThat(fences.observe(fence, new Markers(FIRST, SECOND, FIRST), older))
        .isEqualTo(new Fences.Observation(fence, null, true));
    assertThat(fence.stands()).isTrue();
  }

  @Test
  void observe_whenAnEndpointsMarkerHasChanged_leavesTheOtherEndpointsStanding() {
    Fence chat = fences.of(ALICE, "chat");
    Fence plan = fences.of(ALICE, "plan");
    fences.observe(chat, new Markers(FIRST, FIRST, FIRST), fences.beginRead());
    Markers changed = new Markers(FIRST, SECOND, FIRST);
    Fences.Observation seen = fences.observe(chat, changed, fences.beginRead());
    assertThat(chat.stands()).isFalse();
    assertThat(plan.stands()).isTrue();
    assertThat(seen).isEqualTo(new Fences.Observation(fences.of(ALICE, "chat"), changed, true));
  }

  @Test
  void observe_whenAScopesMarkerHasChanged_takesDownAllEndpoints() {
    Fence chat = fences.of(ALICE, "chat");
    Fence plan = fences.of(ALICE, "plan");
    fences.observe(chat, new Markers(FIRST, FIRST, FIRST), fences.beginRead());
    fences.observe(chat, new Markers(SECOND, FIRST, FIRST), fences.beginRead());
    assertThat(chat.stands()).isFalse();
    assertThat(plan.stands()).isFalse();
  }

  /** Then nothing has to be dropped: the markers are known before an answer is kept. */
  @Test
  void noteBlindUse_whenTheMarkersAreKnown_changesNothing() {
    Fence fence = fences.of(ALICE, "chat");
    fences.observe(fence, markers(FIRST), fences.beginRead());
    fence.noteBlindUse();
    assertThat(fences.observe(fence, markers(FIRST), fences.beginRead()).changed()).isFalse();
    assertThat(fence.stands()).isTrue();
  }

  @Test
  void noteBlindUse_twice_isStillBlind() {
    Fence fence = fences.of(ALICE, "chat");
    fence.noteBlindUse();
    fence.noteBlindUse();
    assertThat(fences.observe(fence, markers(FIRST), fences.beginRead()).changed()).isTrue();
    assertThat(fence.stands()).isFalse();
  }

  @Test
  void unverifiedFor_afterAnOlderReadHasEnded_countsFromTheLatestRead() {
    Fence fence = fences.of(ALICE, "chat");
    Fences.Read older = fences.beginRead();
    time.advance(DELAY);
    fences.observe(fence, markers(FIRST), fences.beginRead());
    time.advance(DELAY);
    fences.observe(fence, markers(FIRST), older);
    assertThat(unverifiedFor(fence)).isEqualTo(DELAY.toNanos());
  }

  @Test
  void namespaceDue_whenTheMarkerIsUnknownOrAsOldAsTheDelay_isTrue() {
    long delay = DELAY.toNanos();
    assertThat(fences.namespaceDue(delay)).isTrue();
    Fence fence = fences.of(ALICE, "chat");
    fences.observe(fence, markers(FIRST), fences.beginRead());
    assertThat(fences.namespaceDue(delay)).isFalse();
    time.advance(DELAY.minusNanos(1));
    assertThat(fences.namespaceDue(delay)).isFalse();
    time.advance(Duration.ofNanos(1));
    assertThat(fences.namespaceDue(delay)).isTrue();
  }

  @Test
  void namespaceDue_afterAReadHasShownAnotherMarker_isFalse() {
    Fence fence = fences.of(ALICE, "chat");
    fences.observe(fence, markers(FIRST), fences.beginRead());
    time.advance(DELAY);
    fences.observe(fence, markers(SECOND), fences.beginRead());
    assertThat(fences.namespaceDue(DELAY.toNanos())).isFalse();
  }

  @Test
  void inForce_ofAFenceThatStands_isThatFence() {
    Fence fence = fences.of(ALICE, "chat");
    assertThat(fences.inForce(fence, fences.beginRead())).isSameAs(fence);
  }

  @Test
  void inForce_whenAnotherPartsReadHasTakenTheFenceDown_isTheNewFence() {
    Fence fence = fences.of(ALICE, "chat");
    Fences.Read read = fences.beginRead();
    fences.observe(fence, markers(FIRST), read);
    fences.observe(fence, markers(SECOND), read);
    assertThat(fences.inForce(fence, read)).isNotSameAs(fence).isSameAs(fences.of(ALICE, "chat"));
  }

  @Test
  void inForce_whenThisProcessInvalidatedSinceTheRead_isTheFallenFence() {
    Fence fence = fences.of(ALICE, "chat");
    Fences.Read read = fences.beginRead();
    fences.takeDown(ALICE, "chat");
    assertThat(fences.inForce(fence, read)).isSameAs(fence);
    assertThat(fence.stands()).isFalse();
  }

  /** Their texts have the same hash code. */
  @Test
  void of_twoEndpointsWithEqualHashes_areTwoFences() {
    assertThat(fences.of(ALICE, "Aa")).isNotSameAs(fences.of(ALICE, "BB"));
  }

  /** So many that some of them have equal identity hashes. */
  @Test
  void of_manyPartitions_areAsManyFences() {
    Set<Fence> all = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int user = 0; user < 200_000; user++) {
      Digest principal = new Digest(user, 0, 0, 0);
      all.add(fences.of(new Partition("default", principal, Partition.WHOLE), "chat"));
    }
    assertThat(all).hasSize(200_000);
  }

  /**
   * The read has seen that the fence stands, and waits; meanwhile all fences are taken down. The
   * fences made after that must still be found by the next invalidation.
   */
  @Test
  void observe_whenAllAreTakenDownMeanwhile_keepsTheNewFencesInReach() throws Exception {
    Fence old = fences.of(ALICE, "chat");
    fences.observe(old, markers(FIRST), fences.beginRead());
    Fences.Read read = fences.beginRead();
    Thread reader = new Thread(() -> fences.observe(old, markers(SECOND), read), "reader");
    Fence later;
    synchronized (old.generation()) {
      reader.start();
      while (reader.getState() != Thread.State.BLOCKED) {
        Thread.onSpinWait();
      }
      fences.takeDownAll();
      later = fences.of(ALICE, "chat");
    }
    reader.join();
    fences.takeDown(ALICE, null);
    assertThat(later.stands()).isFalse();
  }

  private long unverifiedFor(Fence fence) {
    return fence.unverifiedFor(time.nanoTime(), time.epochMillis());
  }

  private static Markers markers(@Nullable Marker namespace) {
    return new Markers(Marker.NONE, Marker.NONE, namespace);
  }
}

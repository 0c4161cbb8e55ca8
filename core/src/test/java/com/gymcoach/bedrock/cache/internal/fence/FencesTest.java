package com.gymcoach.bedrock.cache.internal.fence;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.internal.sdk.KeyDigests;
import com.gymcoach.bedrock.cache.internal.sdk.RequestKeys;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class FencesTest {
  private static final Partition ALICE =
      RequestKeys.partitions("default", CacheScope.user("alice"), KeyDigests.PLAIN).get(0);

  private final Fences fences = new Fences(new FakeTime());

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
    fences.observe(followers, markers(after), fences.beginRead()); // the leader's
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

  private static Markers markers(Marker namespace) {
    return new Markers(Marker.NONE, Marker.NONE, namespace);
  }
}

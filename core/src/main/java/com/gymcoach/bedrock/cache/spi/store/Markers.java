package com.gymcoach.bedrock.cache.spi.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The markers in force for an entry, as one consistent read saw them.
 *
 * @param scope the partition's marker
 * @param endpoint the marker of the entry's endpoint within the partition
 * @param namespace the namespace's marker, or null if the read did not ask for it
 */
public record Markers(Marker scope, Marker endpoint, @Nullable Marker namespace) {
  /** Checks that the partition's and the endpoint's markers are known. */
  public Markers {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(endpoint, "endpoint");
  }

  // Hand-written, as in Marker.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Markers that
        && scope.equals(that.scope)
        && endpoint.equals(that.endpoint)
        && Objects.equals(namespace, that.namespace);
  }

  @Override
  public int hashCode() {
    return Objects.hash(scope, endpoint, namespace);
  }
}

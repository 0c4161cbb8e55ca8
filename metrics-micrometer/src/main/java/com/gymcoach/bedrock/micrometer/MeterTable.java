package com.gymcoach.bedrock.micrometer;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;

/**
 * Meters by a small index. Each is registered when it is first used and found without the registry
 * from then on: the registry's look-up takes longer than the rest of a call. Registering the same
 * meter twice returns the same meter, so a race is harmless. Thread-safe.
 */
final class MeterTable<M> {
  private final AtomicReferenceArray<M> meters;
  private final IntFunction<M> register;

  MeterTable(int size, IntFunction<M> register) {
    this.meters = new AtomicReferenceArray<>(size);
    this.register = register;
  }

  M get(int index) {
    M present = meters.get(index);
    if (present != null) {
      return present;
    }
    M registered = register.apply(index);
    meters.set(index, registered);
    return registered;
  }
}

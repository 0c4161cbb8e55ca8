package com.gymcoach.bedrock.cache.internal.fence;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A table that holds its values weakly. Not a Caffeine cache: if the stack overflows while Caffeine
 * grows its write buffer, every later writer spins forever. A table of fences cannot be replaced
 * without taking all of them down. Thread-safe.
 */
final class WeakTable<K, V> {
  /** A key whose value can be collected. */
  static final class Entry<K, V> extends WeakReference<V> {
    private final K key;

    Entry(K key, V value, ReferenceQueue<? super V> collected) {
      super(value, collected);
      this.key = key;
    }
  }

  /** Tests in this package collect values by hand. */
  final ConcurrentHashMap<K, Entry<K, V>> entries = new ConcurrentHashMap<>();

  private final ReferenceQueue<V> collected = new ReferenceQueue<>();

  /** Returns the value of a key, creating it if there is none. */
  V get(K key, Function<K, V> make) {
    removeCollected();
    V value = getIfPresent(key);
    return value != null ? value : put(key, make.apply(key));
  }

  /** Returns the value that another thread has put there meanwhile, or else the one just made. */
  private V put(K key, V made) {
    Entry<K, V> ours = new Entry<>(key, made, collected);
    while (true) {
      Entry<K, V> entry = entries.putIfAbsent(key, ours);
      if (entry == null) {
        return made;
      }
      V value = entry.get();
      if (value != null) {
        return value;
      }
      entries.remove(key, entry);
    }
  }

  /** Returns the value of a key, or null if there is none. */
  @Nullable V getIfPresent(K key) {
    Entry<K, V> entry = entries.get(key);
    return entry == null ? null : entry.get();
  }

  /** Removes a key if it still has the given value, compared by identity. */
  void remove(K key, V value) {
    Entry<K, V> entry = entries.get(key);
    if (entry != null && entry.refersTo(value)) {
      entries.remove(key, entry);
    }
  }

  private void removeCollected() {
    for (Reference<? extends V> gone = collected.poll(); gone != null; gone = collected.poll()) {
      entries.remove(((Entry<?, ?>) gone).key, gone);
    }
  }
}

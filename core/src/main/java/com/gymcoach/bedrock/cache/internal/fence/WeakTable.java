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
  private static final class Entry<K, V> extends WeakReference<V> {
    private final K key;

    Entry(K key, V value, ReferenceQueue<? super V> collected) {
      super(value, collected);
      this.key = key;
    }
  }

  private final ConcurrentHashMap<K, Entry<K, V>> entries = new ConcurrentHashMap<>();
  private final ReferenceQueue<V> collected = new ReferenceQueue<>();

  /** Returns the value of a key, creating it if there is none. */
  V get(K key, Function<K, V> make) {
    removeCollected();
    V made = null;
    Entry<K, V> ours = null;
    while (true) {
      Entry<K, V> entry = entries.get(key);
      V value = entry == null ? null : entry.get();
      if (value != null) {
        return value;
      }
      if (made == null || ours == null) {
        made = make.apply(key);
        ours = new Entry<>(key, made, collected);
      }
      boolean taken =
          entry == null
              ? entries.putIfAbsent(key, ours) == null
              : entries.replace(key, entry, ours);
      if (taken) {
        return made;
      }
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
      if (gone instanceof Entry<?, ?> entry) {
        entries.remove(entry.key, entry);
      }
    }
  }
}

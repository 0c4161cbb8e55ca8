package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.internal.sdk.FieldTree;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The latest calls that were not answered from memory, and what was said of them: at most a fixed
 * number of each, of which the oldest go first. One owner's calls are not found for another.
 * Thread-safe.
 */
final class RecentCalls {
  /** An explanation, and to whose calls it belongs. */
  private record Told(Digest owner, Explanation what) {}

  private final int most;
  private final ReentrantLock lock = new ReentrantLock();

  /** By address, oldest first. Guarded by the lock. */
  private final Map<EntryAddress, RecentCall> calls = new LinkedHashMap<>();

  /** Oldest first. Guarded by the lock. */
  private final Deque<Told> told = new ArrayDeque<>();

  RecentCalls(int most) {
    this.most = most;
  }

  /** Returns what is remembered of an address, which becomes the latest one. */
  RecentCall at(EntryAddress address, Digest owner, FieldTree fields) {
    lock.lock();
    try {
      RecentCall call = calls.remove(address);
      if (call == null) {
        call = new RecentCall(address, owner, fields.withoutNames());
        if (calls.size() == most) {
          calls.remove(calls.keySet().iterator().next());
        }
      }
      calls.put(address, call);
      return call;
    } finally {
      lock.unlock();
    }
  }

  /** Returns what is remembered of an address, or null. */
  @Nullable RecentCall get(EntryAddress address) {
    lock.lock();
    try {
      return calls.get(address);
    } finally {
      lock.unlock();
    }
  }

  /** Returns all calls, oldest first. */
  List<RecentCall> all() {
    lock.lock();
    try {
      return new ArrayList<>(calls.values());
    } finally {
      lock.unlock();
    }
  }

  /** Keeps an explanation. */
  void tell(Digest owner, Explanation what) {
    lock.lock();
    try {
      if (told.size() == most) {
        told.removeFirst();
      }
      told.addLast(new Told(owner, what));
    } finally {
      lock.unlock();
    }
  }

  /** Returns what was said of an owner's calls, at an endpoint or at all; latest first. */
  List<Explanation> toldTo(Digest owner, @Nullable String endpoint) {
    List<Explanation> theirs = new ArrayList<>();
    lock.lock();
    try {
      for (Told each : told) {
        if (each.owner().equals(owner)
            && (endpoint == null || each.what().call().endpoint().equals(endpoint))) {
          theirs.add(0, each.what());
        }
      }
    } finally {
      lock.unlock();
    }
    return theirs;
  }

  /** Forgets everything. */
  void clear() {
    lock.lock();
    try {
      calls.clear();
      told.clear();
    } finally {
      lock.unlock();
    }
  }
}

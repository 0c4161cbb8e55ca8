package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The store that all instances share. A request takes effect some time after it was sent, and is
 * answered some time after that; or something goes wrong with it.
 */
final class SimStore {
  private static final String NAMESPACE = "default";
  private static final long MILLI = 1_000_000;

  private final EventLoop loop;
  private final RandomGenerator random;
  private final Coverage coverage;
  private final double faults;
  private final Map<EntryAddress, byte[]> entries = new LinkedHashMap<>();
  private final Map<List<Object>, Marker> marks = new HashMap<>();

  /** The entries that were deleted early, until they are written again. */
  private final Set<EntryAddress> evicted = new HashSet<>();

  private String settings = "";

  SimStore(EventLoop loop, RandomGenerator random, Coverage coverage, double faults) {
    this.loop = loop;
    this.random = random;
    this.coverage = coverage;
    this.faults = faults;
  }

  /** Puts the namespace's marker in force, as an operator does. */
  void purge() {
    marks.put(List.of(NAMESPACE, "*"), Marker.random());
  }

  /** Returns the markers in force. */
  Markers markers(EntryAddress address) {
    return new Markers(
        inForce(address.partition(), "*"),
        inForce(address.partition(), address.endpoint()),
        inForce(NAMESPACE, "*"));
  }

  private Marker inForce(Object whose, String endpoint) {
    return marks.getOrDefault(List.of(whose, endpoint), Marker.NONE);
  }

  void settings(String text) {
    settings = text;
  }

  /** Deletes about half of the entries. */
  void evict() {
    for (EntryAddress address : List.copyOf(entries.keySet())) {
      if (random.nextBoolean()) {
        entries.remove(address);
        evicted.add(address);
      }
    }
  }

  /** Returns the store as an instance sees it. */
  CacheStore of(SimInstance instance) {
    return new View(instance);
  }

  private final class View implements CacheStore {
    private final SimInstance instance;

    View(SimInstance instance) {
      this.instance = instance;
    }

    @Override
    public String name() {
      return "table";
    }

    @Override
    public CompletionStage<StoreRead> read(StoreQuery query) {
      Phase phase = query.withEntry() ? Phase.LOOK_UP : Phase.MARKERS;
      Fault fault =
          fault(
              phase,
              query.withEntry()
                  ? new Fault[] {
                    Fault.STORE_FAILS,
                    Fault.STORE_HANGS,
                    Fault.STORE_LATE,
                    Fault.STORE_UNPROCESSED,
                    Fault.STORE_OTHER_ENTRY,
                    Fault.STORE_CORRUPT
                  }
                  : new Fault[] {
                    Fault.STORE_FAILS, Fault.STORE_HANGS, Fault.STORE_LATE, Fault.STORE_UNPROCESSED
                  });
      return answer(phase, fault, readBudget().toNanos(), () -> snapshot(query, fault));
    }

    @Override
    public CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retainUntil) {
      Fault fault =
          fault(
              Phase.WRITE,
              Fault.STORE_FAILS,
              Fault.STORE_HANGS,
              Fault.STORE_LATE,
              Fault.STORE_ANSWER_LOST);
      return answer(
          Phase.WRITE,
          fault,
          writeBudget().toNanos(),
          () -> {
            entries.put(address, envelope);
            evicted.remove(address);
            return null;
          });
    }

    @Override
    public CompletionStage<Void> mark(
        Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
      Fault fault =
          fault(
              Phase.MARK,
              Fault.STORE_FAILS,
              Fault.STORE_HANGS,
              Fault.STORE_LATE,
              Fault.STORE_ANSWER_LOST);
      return answer(
          Phase.MARK,
          fault,
          250 * MILLI,
          () -> {
            marks.put(List.of(partition, endpoint == null ? "*" : endpoint), marker);
            return null;
          });
    }

    @Override
    public CompletionStage<Set<EntryAddress>> deleteAll(
        Partition partition, @Nullable String endpoint) {
      Fault fault =
          fault(
              Phase.DELETE,
              Fault.STORE_FAILS,
              Fault.STORE_HANGS,
              Fault.STORE_LATE,
              Fault.STORE_ANSWER_LOST);
      return answer(Phase.DELETE, fault, 250 * MILLI, () -> delete(partition, endpoint));
    }

    private Set<EntryAddress> delete(Partition partition, @Nullable String endpoint) {
      Set<EntryAddress> gone = new HashSet<>();
      for (EntryAddress address : List.copyOf(entries.keySet())) {
        if (address.partition().equals(partition)
            && (endpoint == null || endpoint.equals(address.endpoint()))) {
          entries.remove(address);
          gone.add(address);
        }
      }
      return gone;
    }

    @Override
    public CompletionStage<String> readSettings(String namespace) {
      return answer(Phase.MARKERS, null, 0, () -> settings);
    }

    @Override
    public void close() {}

    private @Nullable Fault fault(Phase phase, Fault... possible) {
      Activity activity = loop.activity();
      if (activity != null) {
        activity.enters(phase);
      }
      Fault fault = instance.storeDown();
      if (fault == null && faults > 0 && random.nextDouble() < faults) {
        fault = possible[random.nextInt(possible.length)];
      }
      if (fault == null) {
        return null;
      }
      coverage.hit(fault, activity);
      instance.struck(fault);
      return fault;
    }

    private <T> CompletionStage<T> answer(
        Phase phase, @Nullable Fault fault, long budget, Supplier<T> effect) {
      CompletableFuture<T> answer = new CompletableFuture<>();
      boolean isLost = fault == Fault.STORE_ANSWER_LOST;
      boolean hangs = fault == Fault.STORE_HANGS || (isLost && random.nextBoolean());
      long sent = fault == Fault.STORE_LATE ? random.nextLong(4 * budget) : latency(phase);
      long back = fault == Fault.STORE_LATE ? budget : latency(phase);
      loop.log(() -> instance + " " + phase + " sent" + (fault == null ? "" : ", " + fault));
      if (fault == Fault.STORE_HANGS) {
        return answer;
      }
      loop.after(
          sent,
          () -> {
            if (fault == Fault.STORE_FAILS) {
              loop.after(back, () -> answer.completeExceptionally(broken()));
              return;
            }
            T result = effect.get();
            loop.after(
                back,
                () -> {
                  loop.log(() -> instance + " " + phase + " answered");
                  if (isLost && !hangs) {
                    answer.completeExceptionally(broken());
                  } else if (!hangs) {
                    answer.complete(result);
                  }
                });
          });
      return answer;
    }

    private RuntimeException broken() {
      return new IllegalStateException("The store is broken");
    }

    private long latency(Phase phase) {
      if (phase == Phase.WRITE && random.nextInt(4) == 0) {
        return random.nextLong(110 * MILLI);
      }
      return random.nextInt(10) == 0 ? random.nextLong(20 * MILLI) : random.nextLong(2 * MILLI);
    }

    private StoreRead snapshot(StoreQuery query, @Nullable Fault fault) {
      EntryAddress address = query.address();
      byte[] envelope = query.withEntry() ? entries.get(address) : null;
      if (query.withEntry() && envelope == null && evicted.contains(address)) {
        coverage.hit(Fault.STORE_EVICTED, loop.activity());
        instance.struck(Fault.STORE_EVICTED);
      }
      Markers markers =
          new Markers(
              inForce(address.partition(), "*"),
              inForce(address.partition(), address.endpoint()),
              query.withNamespaceMarker() ? inForce(NAMESPACE, "*") : null);
      if (fault == Fault.STORE_UNPROCESSED) {
        boolean isEntry = query.withEntry() && random.nextBoolean();
        return isEntry ? new StoreRead(null, markers, true) : new StoreRead(envelope, null, false);
      } else if (fault == Fault.STORE_OTHER_ENTRY) {
        envelope = another(address);
      } else if (fault == Fault.STORE_CORRUPT && envelope != null) {
        envelope = corrupt(envelope);
      }
      return new StoreRead(envelope, markers, false, query.withNamespaceMarker() ? settings : null);
    }

    private byte @Nullable [] another(EntryAddress address) {
      List<EntryAddress> others = new ArrayList<>(entries.keySet());
      others.remove(address);
      return others.isEmpty() ? null : entries.get(others.get(random.nextInt(others.size())));
    }

    private byte[] corrupt(byte[] envelope) {
      byte[] corrupt = envelope.clone();
      corrupt[random.nextInt(corrupt.length)] ^= (byte) (1 << random.nextInt(8));
      return corrupt;
    }
  }
}

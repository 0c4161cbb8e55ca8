package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;

/**
 * The totals of an endpoint, and of its models if requested. They are sent whole or not at all.
 * Adding is thread-safe; all other methods need one thread at a time.
 */
final class EndpointCells {
  /** An endpoint's metrics, ready to be sent, and their sums. */
  record Row(EndpointCells of, Sums sums, List<MetricDatum> datums) {}

  private final String endpoint;
  private final EndpointTotals cell = new EndpointTotals();
  private final @Nullable ClosedNames<EndpointTotals> models;
  private int intervalsHeld;

  EndpointCells(String endpoint, boolean byModel) {
    this.endpoint = endpoint;
    this.models = byModel ? ClosedNames.models(name -> new EndpointTotals()) : null;
  }

  void add(CacheEvent event) {
    try {
      if (models != null) {
        Tally.add(event, models.get(event.modelId()));
      }
      Tally.add(event, cell);
    } finally {
      cell.recorded();
    }
  }

  void addInvalidation() {
    cell.count(Metrics.CACHE_INVALIDATIONS);
    cell.recorded();
  }

  void addFault(CacheFault fault) {
    cell.fault(fault);
    cell.recorded();
  }

  /** Returns the totals not yet committed. */
  Row take() {
    Sums sums = cell.take();
    List<MetricDatum> datums = new ArrayList<>(Datums.ofEndpoint(endpoint, sums));
    if (models != null) {
      models.forEach(
          (model, ofModel) -> datums.addAll(Datums.ofModel(endpoint, model, ofModel.take())));
    }
    return new Row(this, sums, datums);
  }

  /** Commits the totals that {@link #take()} last returned. */
  void commit() {
    cell.commit();
    if (models != null) {
      models.forEach((model, ofModel) -> ofModel.commit());
    }
    intervalsHeld = 0;
  }

  /** Records one more interval in which sending failed. Returns the number of such intervals. */
  int heldAgain() {
    return ++intervalsHeld;
  }

  /** Returns the number of calls and invalidations not yet committed. Thread-safe. */
  long held() {
    return cell.held();
  }
}

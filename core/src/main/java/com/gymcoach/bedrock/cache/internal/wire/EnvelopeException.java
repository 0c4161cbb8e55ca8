package com.gymcoach.bedrock.cache.internal.wire;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import org.jspecify.annotations.Nullable;

/** Thrown if stored bytes are not a valid entry. */
public final class EnvelopeException extends Exception {
  private static final long serialVersionUID = 1L;

  private final CacheFault fault;

  /** Creates an exception for a fault. Contains nothing of the entry's content. */
  public EnvelopeException(CacheFault fault) {
    this(fault, null);
  }

  /** Creates an exception for a fault with its cause. */
  EnvelopeException(CacheFault fault, @Nullable Throwable cause) {
    super(fault.name(), cause, false, false);
    this.fault = fault;
  }

  /** Returns the fault. */
  public CacheFault fault() {
    return fault;
  }
}

package com.gymcoach.bedrock.cache.internal.wire;

import com.gymcoach.bedrock.cache.spi.CacheFault;

/** Stored bytes are not an entry that can be taken. */
public final class EnvelopeException extends Exception {
  private static final long serialVersionUID = 1L;

  private final CacheFault fault;

  /** Carries which fault it is, and nothing of what the bytes hold. */
  public EnvelopeException(CacheFault fault) {
    super(fault.name(), null, false, false);
    this.fault = fault;
  }

  /** Returns what is wrong. */
  public CacheFault fault() {
    return fault;
  }
}

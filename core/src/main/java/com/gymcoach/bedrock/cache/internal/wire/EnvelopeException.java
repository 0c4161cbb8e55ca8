package com.gymcoach.bedrock.cache.internal.wire;

import com.gymcoach.bedrock.cache.spi.CacheFault;
import org.jspecify.annotations.Nullable;

/** Stored bytes are not an entry that can be taken. */
public final class EnvelopeException extends Exception {
  private static final long serialVersionUID = 1L;

  private final CacheFault fault;

  /** Carries which fault it is, and nothing of what the bytes hold. */
  public EnvelopeException(CacheFault fault) {
    this(fault, null);
  }

  /** Carries which fault it is, and what showed it. */
  EnvelopeException(CacheFault fault, @Nullable Throwable cause) {
    super(fault.name(), cause, false, false);
    this.fault = fault;
  }

  /** Returns what is wrong. */
  public CacheFault fault() {
    return fault;
  }
}

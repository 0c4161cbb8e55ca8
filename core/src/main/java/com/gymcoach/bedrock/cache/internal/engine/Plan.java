package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.spi.EntryAddress;

/** What is to be done with a call, decided from the call alone. */
sealed interface Plan {
  /** What policies go by. */
  CallContext context();

  /** Past the cache. */
  record Bypass(CallContext context, CacheReason reason) implements Plan {}

  /**
   * Through the cache.
   *
   * @param memorable whether the address was worked out, and should be remembered if it is found
   */
  record Lookup(
      CallContext context,
      EntryAddress address,
      CacheControl control,
      CacheableOperation.OptIns optIns,
      boolean memorable)
      implements Plan {

    /** Returns the same way through the cache with what may differ from call to call. */
    Lookup with(CacheControl now, CacheableOperation.OptIns agreed) {
      return control.equals(now) && optIns.equals(agreed)
          ? this
          : new Lookup(context, address, now, agreed, memorable);
    }
  }
}

package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.tier.HotLink;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;

/** How a call is handled, decided from the call alone. */
sealed interface Plan {
  /** Returns the context passed to policies. */
  CallContext context();

  /** Bypass the cache. */
  record Bypass(CallContext context, CacheReason reason) implements Plan {}

  /**
   * Use the cache.
   *
   * @param link the answer's address, and where memory had it last
   * @param memorable whether the address was newly computed, and should be remembered if an answer
   *     is found
   */
  record Lookup(
      CallContext context,
      HotLink link,
      CacheControl control,
      CacheableOperation.OptIns optIns,
      boolean memorable)
      implements Plan {

    EntryAddress address() {
      return link.address();
    }

    /** Returns this plan with the parts that may differ between calls of the same request. */
    Lookup with(CacheControl now, CacheableOperation.OptIns agreed) {
      return control.equals(now) && optIns.equals(agreed)
          ? this
          : new Lookup(context, link, now, agreed, memorable);
    }
  }
}

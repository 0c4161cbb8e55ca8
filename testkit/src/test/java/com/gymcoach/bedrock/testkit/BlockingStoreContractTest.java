package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;

class BlockingStoreContractTest extends CacheStoreContract {
  private BlockingMapStore.Backend backend = new BlockingMapStore.Backend();

  @Override
  protected CacheStore createStore() {
    backend = new BlockingMapStore.Backend();
    return createSecondStore();
  }

  @Override
  protected CacheStore createSecondStore() {
    return CacheStore.blocking(new BlockingMapStore(backend));
  }

  @Override
  protected boolean breakBackend() {
    backend.fail();
    return true;
  }
}

package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.Marker;

class InMemoryCacheStoreContractTest extends CacheStoreContract {
  private InMemoryCacheStore store = new InMemoryCacheStore();

  @Override
  protected CacheStore createStore() {
    store = new InMemoryCacheStore();
    return store;
  }

  @Override
  protected boolean breakBackend() {
    store.failWith(() -> new IllegalStateException("The backend is down"));
    return true;
  }

  @Override
  protected boolean markNamespace(String namespace, Marker marker) {
    store.markNamespace(namespace, marker);
    return true;
  }
}

package com.gymcoach.bedrock.examples.quickstart;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.testkit.CacheStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

// region contract
class FileStoreContractTest extends CacheStoreContract {
  @TempDir Path backend;

  @Override
  protected CacheStore createStore() {
    return createSecondStore();
  }

  @Override
  protected CacheStore createSecondStore() {
    return CacheStore.blocking(new FileStore(backend.resolve("store")));
  }

  @Override
  protected boolean markNamespace(String namespace, Marker marker) {
    new FileStore(backend.resolve("store")).markNamespace(namespace, marker);
    return true;
  }

  @Override
  protected boolean breakBackend() {
    try { // a file in the place of the directory
      Files.move(backend.resolve("store"), backend.resolve("moved"));
      Files.createFile(backend.resolve("store"));
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
// endregion

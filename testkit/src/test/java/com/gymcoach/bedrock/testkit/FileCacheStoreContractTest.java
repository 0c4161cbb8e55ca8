package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileCacheStoreContractTest extends CacheStoreContract {
  @TempDir Path backend;

  boolean isReadable() {
    return false;
  }

  private FileCacheStore open() {
    return FileCacheStore.in(backend.resolve("store")).readable(isReadable()).build();
  }

  @Override
  protected CacheStore createStore() {
    return CacheStore.blocking(open());
  }

  @Override
  protected CacheStore createSecondStore() {
    return createStore();
  }

  @Override
  protected boolean markNamespace(String namespace, Marker marker) {
    open().markNamespace(namespace, marker);
    return true;
  }

  @Override
  protected boolean breakBackend() {
    try { // a file in the place of the folder
      Files.move(backend.resolve("store"), backend.resolve("moved"));
      Files.createFile(backend.resolve("store"));
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

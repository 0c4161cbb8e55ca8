package com.gymcoach.bedrock.testkit;

class ReadableFileCacheStoreContractTest extends FileCacheStoreContractTest {
  @Override
  boolean isReadable() {
    return true;
  }
}

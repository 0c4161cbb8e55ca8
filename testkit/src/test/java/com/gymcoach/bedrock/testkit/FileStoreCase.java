package com.gymcoach.bedrock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** What the tests of the store in files share: a stand-in for Bedrock and a folder. */
abstract class FileStoreCase {
  static final String QUESTION = "How do I squat?";
  static final String USER = "alice-of-wonderland";
  static final CacheScope ALICE = CacheScope.user(USER).endpoint("chat");
  static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE),
          "chat",
          new Digest(5, 6, 7, 8));

  final BedrockStandIn bedrock = BedrockStandIn.start();
  final BedrockRuntimeClient real = LocalClients.sync(bedrock.endpoint(), Region.US_EAST_1);
  final BedrockRuntimeAsyncClient realAsync =
      LocalClients.async(bedrock.endpoint(), Region.US_EAST_1);
  @TempDir Path folder;

  @AfterEach
  void stop() {
    real.close();
    realAsync.close();
    bedrock.close();
  }

  FileCacheStore store(boolean readable) {
    return FileCacheStore.in(folder).readable(readable).build();
  }

  BedrockCacheBuilder cache(boolean readable) {
    return BedrockCache.builder().store(CacheStore.blocking(store(readable)));
  }

  ConverseResponse ask(BedrockCache cache) {
    return CachingBedrockClient.create(real, cache)
        .forScope(ALICE)
        .converse(Asked.request(QUESTION));
  }

  List<String> askAll(BedrockCache cache) {
    return Asked.all(
        CachingBedrockClient.create(real, cache).forScope(ALICE),
        CachingBedrockAsyncClient.create(realAsync, cache).forScope(ALICE),
        QUESTION);
  }

  /** A stream is written after its caller has gone on. */
  void awaitEntries(int count) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (entries().size() < count && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(entries()).hasSize(count);
  }

  static BedrockStandIn.Reply converseReply(String text) {
    return BedrockStandIn.Reply.json(
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\""
            + text
            + "\"}]}},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":1,\"outputTokens\":2,"
            + "\"totalTokens\":3},\"metrics\":{\"latencyMs\":1}}");
  }

  static byte @Nullable [] read(FileCacheStore store) {
    return store.read(new StoreQuery(ADDRESS, true, false)).envelope();
  }

  static String logged(Runnable code) {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(log, true, UTF_8));
    try {
      code.run();
    } finally {
      System.setErr(before);
    }
    return log.toString(UTF_8);
  }

  List<Path> entries() {
    return files().stream()
        .filter(file -> file.toString().endsWith(".entry") || file.toString().endsWith(".json"))
        .toList();
  }

  List<Path> files() {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    return new String(bytes(file), UTF_8);
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path file, byte[] content) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

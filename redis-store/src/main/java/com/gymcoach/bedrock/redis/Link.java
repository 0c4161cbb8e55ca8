package com.gymcoach.bedrock.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A connection to a server or a cluster, and its commands. None of its methods blocks.
 *
 * @param connection the connection
 * @param commands its commands; in a cluster each goes to the node of its keys
 * @param atNodeOf returns the commands of the node that has a key
 */
record Link(
    StatefulConnection<byte[], byte[]> connection,
    RedisClusterAsyncCommands<byte[], byte[]> commands,
    Function<byte[], CompletionStage<RedisClusterAsyncCommands<byte[], byte[]>>> atNodeOf) {

  /** Connects to a single server. */
  static CompletionStage<Link> to(RedisClient client, RedisURI uri) {
    return client.connectAsync(ByteArrayCodec.INSTANCE, uri).thenApply(Link::of);
  }

  private static Link of(StatefulRedisConnection<byte[], byte[]> server) {
    return new Link(
        server, server.async(), key -> CompletableFuture.completedFuture(server.async()));
  }

  /** Connects to a cluster. */
  static CompletionStage<Link> to(RedisClusterClient client) {
    return client
        .refreshPartitionsAsync()
        .thenCompose(known -> client.connectAsync(ByteArrayCodec.INSTANCE))
        .thenApply(Link::of);
  }

  private static Link of(StatefulRedisClusterConnection<byte[], byte[]> cluster) {
    return new Link(
        cluster,
        cluster.async(),
        key ->
            cluster
                .getConnectionAsync(
                    cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(key)).getNodeId())
                .thenApply(StatefulRedisConnection::async));
  }

  /** Runs a script. Sends its text if the server does not know it. */
  CompletableFuture<List<Object>> run(Script script, byte[][] keys, byte[]... args) {
    RedisFuture<List<Object>> reply =
        script.isReadOnly()
            ? commands.evalshaReadOnly(script.digest(), ScriptOutputType.MULTI, keys, args)
            : commands.evalsha(script.digest(), ScriptOutputType.MULTI, keys, args);
    return reply
        .toCompletableFuture()
        .exceptionallyCompose(
            failure ->
                RedisFailures.bare(failure) instanceof RedisNoScriptException
                    ? runText(script, keys, args)
                    : CompletableFuture.failedFuture(failure));
  }

  private RedisFuture<List<Object>> runText(Script script, byte[][] keys, byte[]... args) {
    return script.isReadOnly()
        ? commands.evalReadOnly(script.text(), ScriptOutputType.MULTI, keys, args)
        : commands.eval(script.text(), ScriptOutputType.MULTI, keys, args);
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  void close() {
    CompletableFuture<Void> unused = connection.closeAsync();
  }
}

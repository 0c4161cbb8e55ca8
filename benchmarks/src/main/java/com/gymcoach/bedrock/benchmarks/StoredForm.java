package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeCodec;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeException;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** What becomes of an answer on its way to a store and back: the codec, then the envelope. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StoredForm {
  private static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE),
          "chat",
          new Digest(5, 6, 7, 8));

  /** The answer's size. */
  @Param({"2048", "4096", "307200"})
  public int bytes;

  private final EnvelopeCodec plain =
      new EnvelopeCodec("store", Compressor.none(), List.of(), null);
  private final EnvelopeCodec withoutDictionary =
      new EnvelopeCodec("store", Compressor.deflate(), List.of(), null);
  private final EnvelopeCodec withDictionary =
      new EnvelopeCodec("store", Compressor.standard(), List.of(), null);
  private final EnvelopeCodec sealing =
      new EnvelopeCodec(
          "store", Compressor.none(), List.of(), EntrySealer.aes256Gcm(1, new byte[32]));
  private InvokeModelResponse invoked = InvokeModelResponse.builder().build();
  private ConverseResponse conversed = ConverseResponse.builder().build();
  private Payload invokedPayload = new Payload(200, null, Map.of(), new byte[0]);
  private Payload conversedPayload = invokedPayload;
  private Envelope envelope = envelope(invokedPayload);
  private byte[] plainEntry = {};
  private byte[] entryWithoutDictionary = {};
  private byte[] entryWithDictionary = {};
  private byte[] sealedEntry = {};

  /** Makes the answers and each of their forms. */
  @Setup
  public void make() throws IOException {
    invoked = InstantBedrock.invokeModelAnswer(bytes);
    conversed = InstantBedrock.converseAnswer(bytes);
    invokedPayload = CacheableOperations.INVOKE_MODEL.encode(invoked);
    conversedPayload = CacheableOperations.CONVERSE.encode(conversed);
    envelope = envelope(conversedPayload);
    plainEntry = plain.encode(ADDRESS, envelope);
    entryWithoutDictionary = withoutDictionary.encode(ADDRESS, envelope);
    entryWithDictionary = withDictionary.encode(ADDRESS, envelope);
    sealedEntry = sealing.encode(ADDRESS, envelope);
  }

  private static Envelope envelope(Payload payload) {
    Instant created = Instant.parse("2026-11-24T00:00:00Z");
    return new Envelope(
        CacheableOperations.CONVERSE.codecId(),
        Prompts.MODEL,
        created,
        created.plusSeconds(3_600),
        created.plusSeconds(3_600),
        new Markers(Marker.NONE, Marker.NONE, null),
        new TokenUsage(212, 388, 0, 0),
        payload);
  }

  /** The codec of InvokeModel, writing. */
  @Benchmark
  public Payload codecWriteInvokeModel() throws IOException {
    return CacheableOperations.INVOKE_MODEL.encode(invoked);
  }

  /** The codec of InvokeModel, reading. */
  @Benchmark
  public InvokeModelResponse codecReadInvokeModel() throws IOException {
    return CacheableOperations.INVOKE_MODEL.decode(invokedPayload);
  }

  /** The codec of Converse, writing. */
  @Benchmark
  public Payload codecWriteConverse() throws IOException {
    return CacheableOperations.CONVERSE.encode(conversed);
  }

  /** The codec of Converse, reading. */
  @Benchmark
  public ConverseResponse codecReadConverse() throws IOException {
    return CacheableOperations.CONVERSE.decode(conversedPayload);
  }

  /** The envelope, writing, not compressed. */
  @Benchmark
  public byte[] envelopeWritePlain() {
    return plain.encode(ADDRESS, envelope);
  }

  /** The envelope, reading, not compressed. */
  @Benchmark
  public Envelope envelopeReadPlain() throws EnvelopeException {
    return plain.decode(ADDRESS, plainEntry);
  }

  /** The envelope, writing, sealed and not compressed. */
  @Benchmark
  public byte[] envelopeWriteSealed() {
    return sealing.encode(ADDRESS, envelope);
  }

  /** The envelope, reading, sealed and not compressed. */
  @Benchmark
  public Envelope envelopeReadSealed() throws EnvelopeException {
    return sealing.decode(ADDRESS, sealedEntry);
  }

  /** The envelope, writing, compressed without a dictionary. */
  @Benchmark
  public byte[] envelopeWriteWithoutDictionary() {
    return withoutDictionary.encode(ADDRESS, envelope);
  }

  /** The envelope, reading, compressed without a dictionary. */
  @Benchmark
  public Envelope envelopeReadWithoutDictionary() throws EnvelopeException {
    return withoutDictionary.decode(ADDRESS, entryWithoutDictionary);
  }

  /** The envelope, writing, compressed as by default. */
  @Benchmark
  public byte[] envelopeWriteWithDictionary() {
    return withDictionary.encode(ADDRESS, envelope);
  }

  /** The envelope, reading, compressed as by default. */
  @Benchmark
  public Envelope envelopeReadWithDictionary() throws EnvelopeException {
    return withDictionary.decode(ADDRESS, entryWithDictionary);
  }
}

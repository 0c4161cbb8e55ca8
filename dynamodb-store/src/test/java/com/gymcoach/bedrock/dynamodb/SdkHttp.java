package com.gymcoach.bedrock.dynamodb;

import org.apache.hc.client5.http.DnsResolver;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;

/**
 * The SDK's HTTP clients, and for sync clients the thread that they are called on. The async ones
 * are called on the caller's.
 */
enum SdkHttp {
  APACHE,
  APACHE_ON_CALLERS_THREAD,
  CRT_SYNC,
  CRT_SYNC_ON_CALLERS_THREAD,
  NETTY,
  CRT;

  /** Closing it takes seconds. */
  private static final SdkEventLoopGroup LOOPS =
      SdkEventLoopGroup.builder().numberOfThreads(2).build();

  boolean isApache() {
    return this == APACHE || this == APACHE_ON_CALLERS_THREAD;
  }

  boolean isSync() {
    return this != NETTY && this != CRT;
  }

  boolean isOnCallersThread() {
    return this == APACHE_ON_CALLERS_THREAD || this == CRT_SYNC_ON_CALLERS_THREAD;
  }

  /** Returns a sync client. Only Apache's uses the resolver. */
  SdkHttpClient sync(int connections, DnsResolver names) {
    return isApache()
        ? Apache5HttpClient.builder().maxConnections(connections).dnsResolver(names).build()
        : AwsCrtHttpClient.builder().maxConcurrency(connections).build();
  }

  /** Returns an async client. */
  SdkAsyncHttpClient async(int connections) {
    return this == CRT
        ? AwsCrtAsyncHttpClient.builder().maxConcurrency(connections).build()
        : netty().maxConcurrency(connections).build();
  }

  /** Returns the builder of a Netty client that is closed at once. It speaks HTTP/1.1. */
  static NettyNioAsyncHttpClient.Builder netty() {
    return NettyNioAsyncHttpClient.builder().eventLoopGroup(LOOPS).protocol(Protocol.HTTP1_1);
  }
}

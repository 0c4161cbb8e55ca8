package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Answers what DynamoDB Local never says: throttling, items left unprocessed, strange items. */
final class CannedHttp implements SdkHttpClient {
  /** The reply to a request's body. */
  record Reply(int status, String body) {
    static Reply ok(String body) {
      return new Reply(200, body);
    }

    static Reply error(String type) {
      return new Reply(
          400, "{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + type + "\",\"message\":\"no\"}");
    }
  }

  final List<String> requests = new CopyOnWriteArrayList<>();
  private final Function<String, Reply> script;
  volatile boolean closed;

  CannedHttp(Function<String, Reply> script) {
    this.script = script;
  }

  /** Returns a store of the table {@code t} over this, by a client with the SDK's defaults. */
  CacheStore store() {
    return DynamoDbCacheStore.builder()
        .client(
            Dynamo.retrying(DynamoDbClient.builder(), URI.create("http://127.0.0.1:1"))
                .httpClient(this)
                .build())
        .tableName("t")
        .readBudget(Duration.ofSeconds(20))
        .build();
  }

  /** Returns the key of an item, as DynamoDB writes it. */
  static String key(String partition, String sort) {
    return "\"PK\":{\"S\":\"" + partition + "\"},\"SK\":{\"S\":\"" + sort + "\"}";
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    String body =
        request
            .contentStreamProvider()
            .map(
                content -> {
                  try (var in = content.newStream()) {
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                })
            .orElse("");
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() {
        requests.add(body);
        Reply reply = script.apply(body);
        byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
        return HttpExecuteResponse.builder()
            .response(
                SdkHttpResponse.builder()
                    .statusCode(reply.status())
                    .putHeader("Content-Type", "application/x-amz-json-1.0")
                    .putHeader("Content-Length", Integer.toString(bytes.length))
                    .build())
            .responseBody(AbortableInputStream.create(new ByteArrayInputStream(bytes)))
            .build();
      }

      @Override
      public void abort() {}
    };
  }

  @Override
  public void close() {
    closed = true;
  }
}

package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.AwsResponseMetadata;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeResponseMetadata;

/** Extracts and restores the parts of a response's HTTP data that are kept. */
final class ResponseHttp {
  private static final String BEDROCK_HEADER = "x-amzn-bedrock-";
  private static final String REQUEST_ID_HEADER = "x-amzn-requestid";
  private static final String CONTENT_TYPE = "content-type";
  private static final String REQUEST_ID = "AWS_REQUEST_ID"; // as the SDK names it in its metadata
  private static final int MAX_HEADERS = 48;
  private static final int MAX_VALUE = 1024;
  private static final byte[] NO_BODY = {};

  /**
   * The heap size in bytes, as measured, of an HTTP response without headers, its metadata and the
   * maps of both.
   */
  private static final int HTTP_RESPONSE = 480;

  /**
   * The heap size in bytes, as measured, of a header without its texts: an entry, a list, an entry
   * of the metadata.
   */
  private static final int HTTP_HEADER = 144;

  private ResponseHttp() {}

  static int status(AwsResponse response) {
    SdkHttpResponse http = response.sdkHttpResponse();
    return http == null ? 200 : http.statusCode();
  }

  /** Returns the parts of a response that are worth keeping, with the given body. */
  static Payload payload(AwsResponse response, byte[] body) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    SdkHttpResponse http = response.sdkHttpResponse();
    if (http != null) {
      http.forEachHeader((name, values) -> keep(headers, name, values));
    }
    for (SdkField<?> field : response.sdkFields()) {
      Object value = field.getValueOrDefault(response);
      if (field.location() == MarshallLocation.HEADER && value != null) {
        headers.put(field.locationName().toLowerCase(Locale.ROOT), List.of(value.toString()));
      }
    }
    String text = http == null ? null : http.statusText().orElse(null);
    return new Payload(status(response), text, headers, body);
  }

  /**
   * Returns the parts of a response that are worth keeping, for its content in another form: the
   * content type, if there is one, is that of the form.
   */
  static Payload inForm(AwsResponse response, String contentType) {
    Payload sent = payload(response, NO_BODY);
    Map<String, List<String>> headers = new LinkedHashMap<>(sent.headers());
    headers.computeIfPresent(CONTENT_TYPE, (name, values) -> List.of(contentType));
    return new Payload(sent.status(), sent.statusText(), headers, NO_BODY);
  }

  private static void keep(Map<String, List<String>> headers, String name, List<String> values) {
    boolean worth =
        name.regionMatches(true, 0, BEDROCK_HEADER, 0, BEDROCK_HEADER.length())
            || name.equalsIgnoreCase(REQUEST_ID_HEADER)
            || name.equalsIgnoreCase(CONTENT_TYPE);
    if (worth && headers.size() < MAX_HEADERS && values.size() < MAX_HEADERS && areShort(values)) {
      headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(values));
    }
  }

  private static boolean areShort(List<String> values) {
    for (String value : values) { // a loop, not a stream: this runs for each header of an answer
      if (value.length() > MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns a response with the same modelled members. Of its HTTP exchange, only the parts remain
   * that a stored answer has.
   */
  @SuppressWarnings("unchecked") // a response's builder builds such a response
  static <R extends AwsResponse> R bare(R response) {
    AwsResponse.Builder builder = response.toBuilder();
    return (R) restored(builder, (SdkPojo) builder, payload(response, NO_BODY)).build();
  }

  /** Returns the heap size in bytes of a bare response's headers, metadata and status. */
  static long size(AwsResponse bare) {
    long[] bytes = {HTTP_RESPONSE};
    SdkHttpResponse http = bare.sdkHttpResponse();
    if (http != null) {
      http.forEachHeader(
          (name, values) -> {
            bytes[0] += HTTP_HEADER + SdkSize.of(name);
            values.forEach(value -> bytes[0] += SdkSize.of(value));
          });
    }
    return bytes[0];
  }

  /**
   * Restores a response's headers, metadata and status into its builder, and returns the builder.
   */
  static <B extends AwsResponse.Builder & SdkPojo> B restored(B builder, Payload payload) {
    AwsResponse.Builder unused = restored(builder, builder, payload);
    return builder;
  }

  /** Does the same for a builder that is given as both of its types. */
  static AwsResponse.Builder restored(
      AwsResponse.Builder builder, SdkPojo members, Payload payload) {
    for (SdkField<?> field : members.sdkFields()) {
      if (field.location() == MarshallLocation.HEADER) {
        String name = field.locationName().toLowerCase(Locale.ROOT);
        List<String> values = payload.headers().getOrDefault(name, List.of());
        field.set(members, values.isEmpty() ? null : values.get(0));
      }
    }
    builder.responseMetadata(metadata(payload));
    builder.sdkHttpResponse(http(payload));
    return builder;
  }

  /** Returns a response with its outcome as an additional header. */
  @SuppressWarnings("unchecked") // a response's builder builds such a response
  static <R extends AwsResponse> R tagged(R response, CacheOutcome outcome) {
    AwsResponse.Builder builder = response.toBuilder();
    builder.sdkHttpResponse(TaggedHttpResponse.of(response.sdkHttpResponse(), outcome));
    return (R) builder.build();
  }

  /** Rebuilds the HTTP response of a payload. */
  private static SdkHttpResponse http(Payload payload) {
    return SdkHttpResponse.builder()
        .statusCode(payload.status())
        .statusText(payload.statusText())
        .headers(payload.headers())
        .build();
  }

  /** Rebuilds the metadata that the SDK would have created: the request id and the headers. */
  private static BedrockRuntimeResponseMetadata metadata(Payload payload) {
    Map<String, String> metadata = new HashMap<>();
    payload
        .headers()
        .forEach(
            (name, values) -> {
              if (!values.isEmpty()) {
                metadata.put(name, values.get(0));
              }
            });
    String requestId = metadata.get(REQUEST_ID_HEADER);
    if (requestId != null) {
      metadata.put(REQUEST_ID, requestId);
    }
    return BedrockRuntimeResponseMetadata.create(new AwsResponseMetadata(metadata) {});
  }
}

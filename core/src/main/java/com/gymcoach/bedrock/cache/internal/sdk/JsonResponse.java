package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.IOException;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.SdkPojo;

/**
 * An operation whose response is a JSON object of the service's model.
 *
 * @param <Q> the request
 * @param <R> the response
 */
abstract class JsonResponse<Q extends AwsRequest, R extends AwsResponse>
    extends WholeResponse<Q, R> {

  @Override
  public final Payload encode(R response) throws IOException {
    return ResponseHttp.payload(response, SdkJson.write(response));
  }

  @Override
  @SuppressWarnings("unchecked") // a response's builder builds such a response
  public final R decode(Payload payload) throws IOException {
    AwsResponse.Builder builder = builder();
    SdkJson.read(payload.body(), (SdkPojo) builder);
    return (R) ResponseHttp.restored(builder, (SdkPojo) builder, payload).build();
  }

  /** Returns a new builder of the response. */
  abstract AwsResponse.Builder builder();
}

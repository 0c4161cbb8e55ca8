package com.gymcoach.bedrock.examples.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.gymcoach.bedrock.cache.BedrockCache;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** The Lambda function. */
public final class GymCoachFunction implements RequestStreamHandler {
  /** Returns the function that serves with a client, through a cache. It closes neither. */
  public GymCoachFunction(BedrockRuntimeClient bedrock, BedrockCache cache, Settings settings) {}

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    output.write(new byte[0]);
  }
}

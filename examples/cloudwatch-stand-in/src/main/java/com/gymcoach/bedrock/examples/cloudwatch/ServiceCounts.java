package com.gymcoach.bedrock.examples.cloudwatch;

import com.gymcoach.bedrock.examples.cloudwatch.MetricData.Name;
import java.util.Map;

/** What Lambda and API Gateway count of GymCoach's calls. Thread-safe. */
public record ServiceCounts(MetricData metrics) {
  /** The dimensions of Lambda's metrics of the alias {@code live}. */
  public static final Map<String, String> LIVE =
      Map.of("FunctionName", "gymcoach-ai-service", "Resource", "gymcoach-ai-service:live");

  private static final Map<String, String> API = Map.of("ApiId", "<Api>");

  /** Counts a call of the function, which ended with an error or with a reply of any status. */
  public void invoked(int minute, boolean withError) {
    metrics.add(new Name("AWS/Lambda", "Errors", LIVE), minute, withError ? 1 : 0);
  }

  /** Counts a reply of the API. */
  public void replied(int minute, int status) {
    metrics.add(new Name("AWS/ApiGateway", "Count", API), minute, 1);
    if (status >= 500) {
      metrics.add(new Name("AWS/ApiGateway", "5xx", API), minute, 1);
    }
  }
}

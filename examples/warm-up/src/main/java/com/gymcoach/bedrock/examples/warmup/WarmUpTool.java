package com.gymcoach.bedrock.examples.warmup;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.warmup.ProgressLine;
import com.gymcoach.bedrock.warmup.WarmUp;
import com.gymcoach.bedrock.warmup.WarmUpBuilder;
import com.gymcoach.bedrock.warmup.WarmUpPlan;
import com.gymcoach.bedrock.warmup.WarmUpReport;
import com.gymcoach.bedrock.warmup.WarmUpRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Warms up a table from a terminal: prints the plan, asks whether to go on, and shows the progress.
 * Ctrl-C lets calls under way finish. Its client and cache have the library's defaults: a service
 * with other settings, such as a secret or a policy, copies this class and sets them.
 */
public final class WarmUpTool {
  private static final int OK = 0;
  private static final int INCOMPLETE = 1;
  private static final int USAGE = 2;

  private WarmUpTool() {}

  /** Runs the command, and ends the process with its exit code. */
  public static void main(String[] arguments) throws Exception {
    System.exit(run(List.of(arguments), System.in, System.out));
  }

  /**
   * Runs the command.
   *
   * @return 0 if every line was dealt with or there was only a plan to print, 1 if not, 2 if the
   *     arguments are wrong
   */
  static int run(List<String> arguments, InputStream in, PrintStream out)
      throws IOException, InterruptedException {
    Options options;
    try {
      options = Options.of(arguments);
    } catch (IllegalArgumentException wrong) { // a number that is none, too
      out.println(wrong.getMessage());
      out.println(Options.USAGE);
      return USAGE;
    }
    OnCtrlC onCtrlC = new OnCtrlC();
    try (BedrockStandIn standIn = options.standIn ? BedrockStandIn.start() : null;
        BedrockCache cache = cache(options);
        CachingBedrockAsyncClient client =
            CachingBedrockAsyncClient.create(bedrock(standIn), cache)) {
      WarmUp warmUp;
      try {
        warmUp = warmUp(options, client, out);
      } catch (IllegalArgumentException outOfRange) {
        out.println(outOfRange.getMessage());
        return USAGE;
      }
      return run(warmUp, options, onCtrlC, in, out);
    } catch (IOException unusable) { // such as NoSuchFileException: it quotes nothing of a file
      out.println(unusable);
      return INCOMPLETE;
    } finally {
      onCtrlC.done();
    }
  }

  private static int run(
      WarmUp warmUp, Options options, OnCtrlC onCtrlC, InputStream in, PrintStream out)
      throws IOException, InterruptedException {
    WarmUpPlan plan = warmUp.plan();
    out.println(plan.text());
    if (options.dryRun || plan.toAsk() == 0) {
      return plan.nothingWouldBeKept() ? INCOMPLETE : OK;
    }
    if (!options.yes && !agreed(plan, in, out)) {
      out.println("Nothing was asked.");
      return INCOMPLETE;
    }
    try (WarmUpRun run = warmUp.start()) {
      onCtrlC.close(run);
      WarmUpReport report = run.report().join();
      out.println(report.text());
      if (options.table != null) {
        Thread.sleep(1_000); // the last stream is written to the table after its end
      }
      return report.end() == WarmUpReport.End.FINISHED ? OK : INCOMPLETE;
    }
  }

  private static boolean agreed(WarmUpPlan plan, InputStream in, PrintStream out)
      throws IOException {
    out.printf(Locale.ROOT, "Ask %,d times? Type yes: ", plan.toAsk());
    out.flush();
    String answer =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
    return answer != null && answer.strip().equals("yes");
  }

  private static WarmUp warmUp(Options options, CachingBedrockAsyncClient client, PrintStream out) {
    WarmUpBuilder builder =
        WarmUp.builder(options.requests)
            .asyncClient(client)
            .requestsPerSecond(options.rate)
            .burst(options.burst)
            .concurrency(options.concurrency)
            .listener(ProgressLine.to(out));
    if (options.usd != null) {
      builder.maxUsd(options.usd);
    }
    if (options.calls != null) {
      builder.maxCalls(options.calls);
    }
    if (options.outputTokens != null) {
      builder.unstatedOutputTokens(options.outputTokens);
    }
    if (options.state != null) {
      builder.stateFile(options.state);
    }
    return builder.build();
  }

  private static BedrockCache cache(Options options) {
    BedrockCacheBuilder builder = BedrockCache.builder();
    if (options.namespace != null) {
      builder.namespace(options.namespace);
    }
    if (options.table != null && !options.standIn) {
      builder.store(
          DynamoDbCacheStore.builder()
              .client(DynamoDbClient.create())
              .tableName(options.table)
              .build());
    }
    return builder.build();
  }

  /** The warm-up repeats throttled calls itself, so the client does not. */
  private static BedrockRuntimeAsyncClient bedrock(@Nullable BedrockStandIn standIn) {
    return standIn == null
        ? BedrockRuntimeAsyncClient.builder()
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build()
        : BedrockRuntimeAsyncClient.builder()
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1))
            .endpointOverride(standIn.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .build();
  }
}

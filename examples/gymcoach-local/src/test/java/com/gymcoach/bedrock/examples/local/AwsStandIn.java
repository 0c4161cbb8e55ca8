package com.gymcoach.bedrock.examples.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Hears what the AWS CLI asks of Lambda, CloudFormation and others, and answers just enough for the
 * runbook's commands to go on. It shows what they send, not what AWS makes of it.
 */
final class AwsStandIn implements AutoCloseable {
  /** A function with settings beside those of the template. */
  static final String FUNCTION =
      """
      {"FunctionName": "gymcoach-ai-service", "RevisionId": "r-1", "State": "Active",
       "LastUpdateStatus": "Successful", "MemorySize": 1024,
       "Environment": {"Variables": {"CACHE_ENABLED": "true", "CACHE_ROLLOUT_PERCENT": "50",
         "DYNAMODB_TABLE": "gymcoach-ai-main", "OTHER": "a \\"quoted\\", value with = and $"}}}
      """;

  private static final String STACKS =
      """
      <DescribeStacksResponse><DescribeStacksResult><Stacks><member>
        <StackName>gymcoach-ai</StackName><StackStatus>UPDATE_COMPLETE</StackStatus>
        <CreationTime>2026-11-26T12:00:00Z</CreationTime><Outputs><member>
          <OutputKey>ApiUrl</OutputKey><OutputValue>https://api.example</OutputValue>
        </member><member>
          <OutputKey>OperatorRoleArn</OutputKey>
          <OutputValue>arn:aws:iam::000000000000:role/operator</OutputValue>
        </member></Outputs>
      </member></Stacks></DescribeStacksResult></DescribeStacksResponse>
      """;

  private final HttpServer server;
  private final List<String> calls = new CopyOnWriteArrayList<>();

  private AwsStandIn(HttpServer server) {
    this.server = server;
  }

  static AwsStandIn start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      AwsStandIn standIn = new AwsStandIn(server);
      server.createContext("/", standIn::answer);
      server.start();
      return standIn;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns an environment in which the CLI calls only this stand-in. */
  Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL", "http://127.0.0.1:" + server.getAddress().getPort(),
        "AWS_DEFAULT_REGION", "us-east-1",
        "AWS_ACCESS_KEY_ID", "local",
        "AWS_SECRET_ACCESS_KEY", "local",
        "AWS_CONFIG_FILE", "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE", "/dev/null",
        "AWS_EC2_METADATA_DISABLED", "true",
        "AWS_PAGER", "",
        "AWS_MAX_ATTEMPTS", "1");
  }

  /** Returns the calls so far: method, what was asked for, and the body. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String path = exchange.getRequestURI().getPath();
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      boolean query = body.startsWith("Action=");
      String what =
          target != null ? target : query ? Objects.requireNonNull(body.split("[=&]", 3)[1]) : path;
      String of = exchange.getRequestURI().getQuery(); // such as the version
      calls.add(
          exchange.getRequestMethod()
              + " "
              + what
              + (of == null ? "" : "?" + of)
              + " "
              + (query ? URLDecoder.decode(body, StandardCharsets.UTF_8) : body));
      boolean cbor = "rpc-v2-cbor".equals(exchange.getRequestHeaders().getFirst("Smithy-Protocol"));
      byte[] reply =
          cbor
              ? new byte[] {(byte) 0xBF, (byte) 0xFF} // an empty map
              : (query ? xml(what) : json(exchange.getRequestMethod() + " " + what))
                  .getBytes(StandardCharsets.UTF_8);
      if (cbor) {
        exchange.getResponseHeaders().set("smithy-protocol", "rpc-v2-cbor");
      }
      exchange.sendResponseHeaders(200, reply.length == 0 ? -1 : reply.length);
      exchange.getResponseBody().write(reply);
    }
  }

  private static String json(String call) {
    if (call.matches("GET .*/functions/[^/]+/configuration")) {
      return FUNCTION;
    } else if (call.matches("GET .*/functions/[^/]+")) {
      return "{\"Configuration\": " + FUNCTION + "}";
    } else if (call.endsWith("/versions") && call.startsWith("POST")) {
      return "{\"Version\": \"8\"}";
    } else if (call.matches("GET .*/aliases/.*")) {
      return "{\"FunctionVersion\": \"7\"}";
    } else if (call.endsWith("/invocations")) {
      return "{\"statusCode\": 200}";
    } else if (call.matches("PUT .*/functions/[^/]+/code")) {
      return "{\"CodeSha256\": \"sha-of-the-jar\"}";
    } else if (call.endsWith(".GetMetricStatistics")) {
      return "{\"Label\": \"m\", \"Datapoints\": [{\"Sum\": 30, \"SampleCount\": 4}]}";
    } else if (call.endsWith(".StartQuery")) {
      return "{\"queryId\": \"q-1\"}";
    } else if (call.endsWith(".GetQueryResults")) {
      return "{\"status\": \"Complete\", \"results\": [[{\"field\": \"failed\", \"value\": \"2\"}]]}";
    } else if (call.matches("(PUT|HEAD) /bucket.*")) { // S3
      return "";
    }
    return "{}";
  }

  private static String xml(String action) {
    return switch (action) {
      case "DescribeStacks" -> STACKS;
      case "DescribeChangeSet" -> result(action, "<Status>CREATE_COMPLETE</Status>");
      case "CreateChangeSet" -> result(action, "<Id>arn:change</Id><StackId>arn:stack</StackId>");
      case "GetTemplateSummary" -> // the resources that the stack has already
          result(
              action,
              "<Parameters><member><ParameterKey>CacheRolloutPercent</ParameterKey></member>"
                  + "<member><ParameterKey>LogLevel</ParameterKey></member></Parameters>");
      case "DescribeStackResource" ->
          result(
              action,
              "<StackResourceDetail><PhysicalResourceId>physical</PhysicalResourceId></StackResourceDetail>");
      case "AssumeRole" ->
          result(
              action,
              "<Credentials><AccessKeyId>operator</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                  + "<SessionToken>t</SessionToken>"
                  + "<Expiration>2026-11-26T13:00:00Z</Expiration></Credentials>");
      case "GetMetricStatistics" ->
          result(
              action,
              "<Label>m</Label><Datapoints><member><Sum>30</Sum><SampleCount>4</SampleCount></member></Datapoints>");
      default -> result(action, "");
    };
  }

  private static String result(String action, String xml) {
    return "<"
        + action
        + "Response><"
        + action
        + "Result>"
        + xml
        + "</"
        + action
        + "Result></"
        + action
        + "Response>";
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

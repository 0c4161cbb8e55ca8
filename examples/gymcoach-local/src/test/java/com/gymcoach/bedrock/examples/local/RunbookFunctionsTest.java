package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.LiveSettings;
import com.gymcoach.bedrock.dynamodb.CacheAdmin;
import com.gymcoach.bedrock.examples.local.Runbook.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** The functions of {@code runbook.sh} do what they say, and say when they could not. */
class RunbookFunctionsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Result onAws(AwsStandIn aws, String commands) throws Exception {
    assumeTrue(Runbook.has("bash", "jq", "aws"), "no bash, jq or AWS CLI");
    return Runbook.bash(aws.environment(), RunbookTest.SETTINGS, commands);
  }

  /** The brake comes first, and is what the library's own administration writes. */
  @Test
  void brake_writesWhatTheLibraryWrites_andIsTheFirstCommand() throws Exception {
    assertThat(Runbook.blocks("rollback.md").get(0).strip())
        .isEqualTo("live_settings '{\"mode\":\"off\"}'");
    try (AwsStandIn aws = AwsStandIn.start()) {
      Result result =
          onAws(aws, "live_settings '{\"mode\":\"off\"}'\nlive_settings ''\nlive_settings");
      assertThat(result.code()).as(result.output()).isZero();
      List<JsonNode> sent = RunbookTest.bodies(aws, "POST DynamoDB_20120810.UpdateItem ");
      assertThat(sent)
          .containsExactly(written(LiveSettings.mode(CacheMode.OFF)), written(LiveSettings.NONE));
      assertThat(aws.calls())
          .anyMatch(c -> c.contains("RoleArn=arn:aws:iam::000000000000:role/operator"));
    }
  }

  /** Returns the request that the library makes, in the form in which it is sent. */
  private static JsonNode written(LiveSettings settings) {
    List<UpdateItemRequest> requests = new ArrayList<>();
    DynamoDbClient client =
        new DynamoDbClient() {
          @Override
          public UpdateItemResponse updateItem(UpdateItemRequest request) {
            requests.add(request);
            return UpdateItemResponse.builder().build();
          }

          @Override
          public String serviceName() {
            return SERVICE_NAME;
          }

          @Override
          public void close() {}
        };
    CacheAdmin.builder()
        .client(client)
        .tableName("gymcoach-ai-main")
        .build()
        .liveSettings(settings);
    UpdateItemRequest request = requests.get(0);
    ObjectNode json = JSON.createObjectNode().put("TableName", request.tableName());
    json.put("UpdateExpression", request.updateExpression());
    request.key().forEach((k, v) -> json.withObject("/Key").putObject(k).put("S", v.s()));
    request
        .expressionAttributeNames()
        .forEach((k, v) -> json.withObject("/ExpressionAttributeNames").put(k, v));
    request
        .expressionAttributeValues()
        .forEach(
            (k, v) -> json.withObject("/ExpressionAttributeValues").putObject(k).put("S", v.s()));
    return json;
  }

  /** A text that processes would ignore is not written: the operator would believe it is off. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "off",
        "{\"mode\":\"of\"}",
        "{\"Mode\":\"off\"}",
        "{\"rolloutPercent\":101}",
        "{\"rolloutPercent\":\"10\"}",
        "{\"endpointsOff\":\"chat\"}",
        "[]"
      })
  void brake_whenTheTextIsNotSettings_isRefused(String text) throws Exception {
    try (AwsStandIn aws = AwsStandIn.start()) {
      Result result = onAws(aws, "live_settings '" + text + "'");
      assertThat(result.code()).isNotZero();
      assertThat(result.output()).contains("Nothing was changed");
      assertThat(RunbookTest.bodies(aws, "POST DynamoDB_20120810.UpdateItem ")).isEmpty();
    }
  }

  /** The functions with a stand-in for the CLI that prints what a test says. */
  private static Result runbook(String aws, String... commands) throws Exception {
    assumeTrue(Runbook.has("bash", "jq"), "no bash or jq");
    return Runbook.bash(
        Map.of("WAIT", "0", "TRIES", "3"),
        "aws() { echo https://api.example; }",
        ". examples/gymcoach-lambda/docs/operations/runbook.sh",
        "aws() { " + aws + "\n}",
        String.join("\n", commands));
  }

  /** An alias that points to a version that is asleep turns an incident into an outage. */
  @Test
  void point_whenAVersionIsInactive_movesNoCallsUntilItAnswers() throws Exception {
    String waking =
        """
        case "$*" in
          *get-function-configuration*) cat "$STATE";;
          *invoke*) if [ "$(cat "$STATE")" = Active ]; then echo '{"statusCode":200}' >"${@: -1}"; echo '{}'
            else echo Active >"$STATE"; echo SnapStartNotReadyException >&2; return 255; fi;;
          *update-alias*) echo moved;;
        esac
        """;
    Result woken = runbook(waking, "STATE=$(mktemp)", "echo Inactive >\"$STATE\"", "point 5");
    assertThat(woken.code()).as(woken.output()).isZero();
    assertThat(woken.output()).contains("version 5 is Inactive").endsWith("moved\n");

    for (String state : List.of("Inactive", "Pending", "Failed")) {
      String asleep = waking.replace("echo Active >\"$STATE\"", "true");
      Result left = runbook(asleep, "STATE=$(mktemp)", "echo " + state + " >\"$STATE\"", "point 5");
      assertThat(left.code()).isNotZero();
      assertThat(left.output()).contains(state, "take another").doesNotContain("moved");
    }
  }

  @Test
  void point_whenAnActiveVersionFails_movesNoCalls() throws Exception {
    String broken =
        """
        case "$*" in
          *get-function-configuration*) echo Active;;
          *invoke*) echo '{"errorMessage":"no"}' >"${@: -1}"; echo '{"FunctionError":"Unhandled"}';;
          *update-alias*) echo moved;;
        esac
        """;
    Result result = runbook(broken, "point 5");
    assertThat(result.code()).isNotZero();
    assertThat(result.output()).doesNotContain("moved");
  }

  /** An experiment on $LATEST must not become a version. */
  @Test
  void publish_whenLatestHasOtherVariables_makesNoVersion() throws Exception {
    String different =
        """
        case "$*" in
          *LATEST*) echo '{"DYNAMODB_TABLE":"no-such-table"}';;
          *get-function-configuration*) echo '{"DYNAMODB_TABLE":"gymcoach-ai-main"}';;
          *) echo changed;;
        esac
        """;
    Result refused = runbook(different, "publish function.jar");
    assertThat(refused.code()).isNotZero();
    assertThat(refused.output()).contains("Deploy first").doesNotContain("changed");
    Result taken = runbook(different.replace("no-such-table", "gymcoach-ai-main"), "publish x.jar");
    assertThat(taken.code()).isZero();
  }

  /** A zero, nothing of the kind, and a failure look different. */
  @Test
  void metric_tellsZeroFromNothingFromFailure() throws Exception {
    String metrics =
        """
        case "$*" in
          *get-metric-statistics*Told*) echo '{"Datapoints":[{"Sum":30,"SampleCount":4}]}';;
          *get-metric-statistics*Refused*) echo AccessDenied >&2; return 254;;
          *get-metric-statistics*) echo '{"Datapoints":[]}';;
          *list-metrics*Quiet*) echo '{"Metrics":[{"Dimensions":[]}]}';;
          *list-metrics*Deep*) echo '{"Metrics":[{"Dimensions":[{"Name":"Endpoint","Value":"chat"}]}]}';;
          *list-metrics*) echo '{"Metrics":[]}';;
        esac
        """;
    assertThat(runbook(metrics, "metric Told 1").output())
        .isEqualTo("{\"sum\":30,\"count\":4,\"average\":7.5}\n");
    assertThat(runbook(metrics, "metric Quiet 1").output())
        .isEqualTo("{\"sum\":0,\"count\":0,\"average\":null}\n");
    for (String unknown : List.of("metric Misspelt 1", "metric Deep 1")) {
      assertThat(runbook(metrics, unknown).output())
          .contains("CloudWatch knows no", "{\"sum\":null,\"count\":null,\"average\":null}");
    }
    assertThat(runbook(metrics, "metric Deep 1 Endpoint=chat").output()).startsWith("{\"sum\":0");
    Result refused = runbook(metrics, "metric Refused 1");
    assertThat(refused.code()).isNotZero();
    assertThat(refused.output()).contains("AccessDenied").doesNotContain("sum");
  }

  @Test
  void insights_tellsNothingFromFailure() throws Exception {
    String logs =
        """
        case "$*" in
          *start-query*) echo q-1;;
          *get-query-results*) echo "$REPLY_JSON";;
        esac
        """;
    String query = "insights ErrorsByEndpoint 1";
    Result found =
        runbook(
            logs,
            "REPLY_JSON='{\"status\":\"Complete\",\"results\":[[{\"field\":\"a\",\"value\":\"2\"}]]}'",
            query);
    assertThat(found.output()).isEqualTo("{\"a\":\"2\"}\n");
    Result nothing =
        runbook(
            logs,
            "REPLY_JSON='{\"status\":\"Complete\",\"results\":[],\"statistics\":{\"recordsScanned\":40}}'",
            query);
    assertThat(nothing.code()).isZero();
    assertThat(nothing.output()).isEqualTo("insights: nothing, in 40 lines\n");
    for (String status : List.of("Failed", "Cancelled", "Timeout")) {
      Result failed = runbook(logs, "REPLY_JSON='{\"status\":\"" + status + "\"}'", query);
      assertThat(failed.code()).isNotZero();
      assertThat(failed.output()).contains("ended as " + status);
    }
    assertThat(runbook(logs, "insights NoSuchQuery 1").code()).isNotZero();
    assertThat(runbook("return 254", query).code()).isNotZero();
  }
}

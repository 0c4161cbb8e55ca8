package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.cloudwatch.Template.list;
import static com.gymcoach.bedrock.examples.cloudwatch.Template.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.examples.cloudwatch.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The template is of one piece, and says what the code and the pages say. */
class TemplateTest {
  private static final Path FILE = Path.of("template.yaml");
  private static final Path DOCS = Path.of("..", "..", "docs");
  private static final String PROFILE = "eu.amazon.nova-micro-v1:0";

  private final Template template = read(Map.of());

  static Template read(Map<String, Object> more) {
    Map<String, Object> parameters =
        new HashMap<>(
            Map.of(
                "Release", "1",
                "JwtIssuer", "https://issuer.example",
                "JwtAudience", List.of("app")));
    parameters.putAll(more);
    return Template.read(FILE, parameters);
  }

  private Map<String, Object> function() {
    return template.properties("Function");
  }

  @ParameterizedTest
  @CsvSource({
    "false, none, none",
    "true, none, none",
    "false, amazon.nova-micro-v1:0, none",
    "true, amazon.nova-micro-v1:0, arn:aws:sns:eu-central-1:000000000000:operators"
  })
  void everyReference_resolves(String createTable, String profile, String topic) {
    read(Map.of("CreateTable", createTable, "ProfileModelId", profile, "TopicArn", topic))
        .resolveAll();
  }

  /** The control: each kind of reference that leads nowhere is refused. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "!Ref LogGroup; !Ref LogGruop",
        "!GetAtt FunctionRole.Arn; !GetAtt FunctionRoll.Arn",
        "The HTTP API of ${FunctionName}; The HTTP API of ${FunctionNam}",
        "Alarms.Outputs.ErrorRateHigh; Alarms.Outputs.ErrorRateLow",
        "Condition: MakesTable; Condition: MakesTables",
        "monitoring/queries.json; monitoring/query.json",
        "DashboardName: !Ref; Dashboard: !Ref",
        "!Ref LogLevel; INFO",
        "!Ref AllowedOrigin; !ImportValue Origin",
        "!GetAtt AccessLog.Arn; !GetAtt AccesLog.Arn"
      })
  void everyReference_whenOneIsWrong_doesNotResolve(String good, String bad, @TempDir Path folder)
      throws IOException {
    String text = Files.readString(FILE).replace("../../docs", DOCS.toRealPath().toString());
    assertThat(text).contains(good);
    Path copy = Files.writeString(folder.resolve("template.yaml"), text.replace(good, bad));
    Map<String, Object> parameters =
        Map.of(
            "Release", "1",
            "JwtIssuer", "https://issuer.example",
            "JwtAudience", List.of("app"),
            "CreateTable", "true",
            "TopicArn", "topic");
    assertThatThrownBy(() -> Template.read(copy, parameters).resolveAll())
        .isInstanceOfAny(IllegalArgumentException.class, UncheckedIOException.class);
  }

  @Test
  void function_isAsTheContractHasIt() {
    assertThat(function())
        .containsEntry("Runtime", "java21")
        .containsEntry("Architectures", List.of("arm64"))
        .containsEntry("MemorySize", 1024)
        .containsEntry("SnapStart", Map.of("ApplyOn", "PublishedVersions"))
        .containsEntry("LoggingConfig", Map.of("LogFormat", "Text", "LogGroup", "<LogGroup>"));
    assertThat(template.properties("LogGroup"))
        .containsEntry("LogGroupName", "/aws/lambda/gymcoach-ai-service")
        .containsKey("RetentionInDays");
  }

  @Test
  void handler_isTheFunction() throws ReflectiveOperationException {
    String[] handler = function().getOrDefault("Handler", "").toString().split("::", -1);
    Class<?> type = Class.forName(handler[0]);
    assertThat(RequestStreamHandler.class).isAssignableFrom(type);
    assertThat(type.getConstructor()).isNotNull(); // Lambda makes it without arguments
    assertThat(RequestStreamHandler.class.getMethods()).extracting("name").contains(handler[1]);
  }

  @Test
  void variables_areThoseThatAreRead() throws IOException {
    Set<String> read = new TreeSet<>();
    Settings settings = Settings.from(new Asked(read));
    assertThat(Settings.questionsPerHour(new Asked(read))).isZero();
    // Two are read elsewhere: by the cache, and by the logging.
    assertThat(CacheMode.fromEnvironment()).isEqualTo(CacheMode.ON);
    read.add("CACHE_ENABLED");
    assertThat(Files.readString(Path.of("src/main/resources/logback.xml"))).contains("${LOG_LEVEL");
    read.add("LOG_LEVEL");

    Map<String, Object> variables = object(object(function().get("Environment")).get("Variables"));
    assertThat(variables.keySet()).isEqualTo(read);
    assertThat(variables)
        .containsEntry("DYNAMODB_TABLE", settings.tableName())
        .containsEntry("BEDROCK_MODEL_ID", settings.modelId())
        .containsEntry("ALLOWED_ORIGIN", settings.allowedOrigin())
        .containsEntry("CACHE_KEYS_SECRET", settings.keysSecret())
        .containsEntry("CACHE_ENABLED", "true");
  }

  /** An environment that has nothing, and notes what it is asked for. */
  private static final class Asked extends HashMap<String, String> {
    private static final long serialVersionUID = 1;
    private final transient Set<String> names;

    Asked(Set<String> names) {
      this.names = names;
    }

    @Override
    public @Nullable String get(@Nullable Object name) {
      names.add(String.valueOf(name));
      return null;
    }

    @Override
    public String getOrDefault(@Nullable Object name, String otherwise) {
      names.add(String.valueOf(name));
      return otherwise;
    }
  }

  @Test
  void policies_areThoseOfThePage() throws IOException {
    List<Object> page = new ArrayList<>();
    Matcher json =
        Pattern.compile("(?s)```json\\n(.*?)\\n```")
            .matcher(Files.readString(DOCS.resolve("dynamodb-table.md")));
    while (json.find()) {
      page.add(new ObjectMapper().readValue(json.group(1), Map.class));
    }
    assertThat(policy(template, "FunctionRole", "cache")).isEqualTo(page.get(0));
    assertThat(policy(template, "OperatorRole", "cache-admin")).isEqualTo(page.get(2));
  }

  @Test
  void functionRole_canDoWhatItNeedsAndNoMore() {
    Set<String> actions = new TreeSet<>();
    for (Object policy : list(template.properties("FunctionRole").get("Policies"))) {
      for (Object statement : statements(object(policy).get("PolicyDocument"))) {
        Object action = object(statement).get("Action");
        List<Object> all =
            action instanceof List<?> ? list(action) : List.of(String.valueOf(action));
        all.forEach(each -> actions.add(each.toString()));
        if (all.toString().contains("dynamodb:")) {
          assertThat(leadingKeys(statement))
              .isNotEmpty()
              .allMatch(k -> k.startsWith("CACHE#") || k.equals(Quota.PREFIX + "*"));
        }
      }
    }
    assertThat(actions)
        .containsExactly(
            "bedrock:InvokeModel",
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "logs:CreateLogStream",
            "logs:PutLogEvents");
    assertThat(template.properties("FunctionRole")).doesNotContainKey("ManagedPolicyArns");
    assertThat(function())
        .containsEntry("Role", "<FunctionRole.Arn>")
        .doesNotContainKey("Policies");
  }

  /** The cache's items are none of the quota's, and the other way round. */
  @Test
  void quota_mayCountInItsOwnItemsOnly() {
    List<Object> statements = statements(policy(template, "FunctionRole", "quota"));
    assertThat(statements).hasSize(1);
    assertThat(object(statements.get(0)))
        .containsEntry("Action", List.of("dynamodb:UpdateItem", "dynamodb:GetItem"));
    assertThat(leadingKeys(statements.get(0))).containsExactly("QUOTA#*");
  }

  @Test
  void keys_mayBeRead_whereThereAreSome() {
    String secret = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:keys-AbCdEf";
    Template sealed = read(Map.of("CacheKeysSecret", secret));
    for (String role : List.of("FunctionRole", "OperatorRole")) {
      assertThat(statements(policy(sealed, role, "keys")))
          .as(role)
          .containsExactly(
              Map.of(
                  "Effect", "Allow",
                  "Action", "secretsmanager:GetSecretValue",
                  "Resource", secret));
      assertThat(template.properties(role).toString()).doesNotContain("secretsmanager");
    }
    Map<String, Object> function = sealed.properties("Function");
    assertThat(object(object(function.get("Environment")).get("Variables")))
        .containsEntry("CACHE_KEYS_SECRET", secret);
  }

  @Test
  void concurrency_isReserved_exceptWith0() {
    assertThat(function()).containsEntry("ReservedConcurrentExecutions", 50);
    assertThat(read(Map.of("ReservedConcurrency", 0)).properties("Function"))
        .doesNotContainKey("ReservedConcurrentExecutions");
  }

  @Test
  void api_throttlesAndLogsWithoutTellingWho() {
    Map<String, Object> api = template.properties("Api");
    assertThat(object(api.get("DefaultRouteSettings")))
        .containsEntry("ThrottlingRateLimit", 50)
        .containsEntry("ThrottlingBurstLimit", 100);
    Map<String, Object> log = object(api.get("AccessLogSettings"));
    assertThat(log).containsEntry("DestinationArn", "<AccessLog.Arn>");
    assertThat(text(log, "Format"))
        .contains("$context.requestId", "$context.status", "$context.path")
        .doesNotContain("claims", "sourceIp", "identity", "\n");
  }

  /** Browsers ask for what the web client sends, and the function says the same. */
  @Test
  void cors_isThatOfTheFunction() {
    Map<String, Object> cors = object(template.properties("Api").get("CorsConfiguration"));
    Served served = new Served(LocalAws.shared().bedrock);
    JsonNode headers = served.call(Events.event("OPTIONS", "/api/ai/chat", null)).headers();
    served.cache.close();
    assertThat(String.join(", ", texts(cors, "AllowMethods")))
        .isEqualTo(headers.path("Access-Control-Allow-Methods").asText());
    assertThat(String.join(", ", texts(cors, "AllowHeaders")))
        .isEqualTo(headers.path("Access-Control-Allow-Headers").asText());
    assertThat(texts(cors, "AllowOrigins"))
        .containsExactly(headers.path("Access-Control-Allow-Origin").asText());
  }

  private static List<String> texts(Map<String, Object> object, String name) {
    return list(object.get(name)).stream().map(Object::toString).toList();
  }

  @Test
  void model_isTheOnlyOneThatMayBeCalled() {
    assertThat(statements(policy(template, "FunctionRole", "model")))
        .extracting(s -> object(s).get("Resource"))
        .containsExactly("arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-micro-v1:0");
    Template byProfile =
        read(Map.of("ModelId", PROFILE, "ProfileModelId", "amazon.nova-micro-v1:0"));
    String profile = "arn:aws:bedrock:eu-central-1:000000000000:inference-profile/" + PROFILE;
    List<Object> statements = statements(policy(byProfile, "FunctionRole", "model"));
    assertThat(statements)
        .extracting(s -> object(s).get("Resource"))
        .containsExactly(profile, "arn:aws:bedrock:*::foundation-model/amazon.nova-micro-v1:0");
    assertThat(object(statements.get(1)))
        .containsEntry(
            "Condition", Map.of("StringEquals", Map.of("bedrock:InferenceProfileArn", profile)));
  }

  /**
   * A preflight has no route: API Gateway answers it, and calls the function for verified callers
   * only.
   */
  @Test
  void callers_areAllVerified_andAPreflightHasNoRoute() {
    Map<String, Object> auth = object(template.properties("Api").get("Auth"));
    assertThat(auth).containsEntry("DefaultAuthorizer", "Jwt");
    assertThat(object(object(object(auth.get("Authorizers")).get("Jwt")).get("JwtConfiguration")))
        .containsEntry("issuer", "https://issuer.example")
        .containsEntry("audience", List.of("app"));
    List<String> routes = new ArrayList<>();
    object(function().get("Events"))
        .forEach(
            (name, event) -> {
              Map<String, Object> route = object(object(event).get("Properties"));
              assertThat(route).containsEntry("ApiId", "<Api>").doesNotContainKey("Auth");
              routes.add(text(route, "Method") + " " + text(route, "Path"));
            });
    assertThat(routes)
        .containsExactly(
            "GET /{proxy+}",
            "HEAD /{proxy+}",
            "POST /{proxy+}",
            "PUT /{proxy+}",
            "PATCH /{proxy+}",
            "DELETE /{proxy+}");
  }

  @Test
  void table_isTheCaches_andStays() {
    assertThat(template.resource("Table"))
        .containsEntry("Condition", "MakesTable")
        .containsEntry("DeletionPolicy", "Retain")
        .containsEntry("UpdateReplacePolicy", "Retain");
    assertThat(template.properties("Table"))
        .containsEntry("TableName", "gymcoach-ai-main")
        .containsEntry("BillingMode", "PAY_PER_REQUEST")
        .containsEntry(
            "KeySchema",
            List.of(
                Map.of("AttributeName", "PK", "KeyType", "HASH"),
                Map.of("AttributeName", "SK", "KeyType", "RANGE")))
        .containsEntry("TimeToLiveSpecification", Map.of("AttributeName", "ttl", "Enabled", true));
  }

  /** SAM publishes a version when this text changes; ten characters of it become part of a name. */
  @Test
  void parameterUpdate_publishesAVersion() {
    Object hash =
        object(template.resource("Function").get("Properties")).get("AutoPublishCodeSha256");
    assertThat(hash).isEqualTo(Map.of("Ref", "Release"));
    assertThat(object(template.section("Parameters").get("Release")))
        .doesNotContainKey("Default")
        .containsEntry("AllowedPattern", "[A-Za-z0-9]{1,10}");
    assertThat(function()).containsEntry("AutoPublishAlias", "live");
  }

  @Test
  void alarms_rollADeploymentBack_whileItLasts() {
    Map<String, Object> preference = object(function().get("DeploymentPreference"));
    assertThat(list(preference.get("Alarms")))
        .containsExactly(
            "<ApiFails>", "<FunctionFails>", "<ErrorRateHigh>", "<InvalidationFailed>");
    Matcher canary =
        Pattern.compile("Canary10Percent(\\d+)Minutes").matcher(text(preference, "Type"));
    assertThat(canary.matches()).isTrue();
    Template alarms = template.nested("Alarms");
    for (Map<String, Object> alarm :
        List.of(
            alarms.properties("ErrorRateHigh"),
            alarms.properties("InvalidationFailed"),
            template.properties("ApiFails"),
            template.properties("FunctionFails"))) {
      int period =
          alarm.containsKey("Period")
              ? (int) alarm.getOrDefault("Period", 0)
              : list(alarm.get("Metrics")).stream()
                  .flatMap(m -> object(m).entrySet().stream())
                  .filter(member -> member.getKey().equals("MetricStat"))
                  .mapToInt(stat -> (int) object(stat.getValue()).getOrDefault("Period", 0))
                  .max()
                  .orElseThrow();
      int seconds = period * (int) alarm.getOrDefault("EvaluationPeriods", 0);
      assertThat(seconds).isBetween(60, Integer.parseInt(canary.group(1)) * 60 - 300);
    }
  }

  @Test
  void nestedStacks_getWhatTheyWatch() {
    Map<String, Object> dashboard = template.nested("Dashboard").properties("Dashboard");
    assertThat(text(dashboard, "DashboardBody")).contains("\"region\":\"eu-central-1\"");
    assertThat(text(dashboard, "DashboardBody")).contains("${PROP('Dim.Endpoint')}");
    Template queries = template.nested("Queries");
    assertThat(queries.section("Resources")).hasSize(7);
    assertThat(queries.properties("PerformanceBySource"))
        .containsEntry("LogGroupNames", List.of("<LogGroup>"));
    assertThat(template.nested("Alarms").properties("TableThrottled").toString())
        .contains("Name=TableName, Value=gymcoach-ai-main");
    assertThat(template.nested("Alarms").section("Resources").keySet())
        .startsWith("HitRateLow", "ErrorRateHigh", "ResponseTimeHigh", "TableThrottled");
  }

  @Test
  void invalidationThatFailed_whenThereIsATopicThatWakes_goesThere() {
    Template paging = read(Map.of("TopicArn", "mail", "PagingTopicArn", "pager"));
    Template alarms = paging.nested("Alarms");
    assertThat(alarms.properties("InvalidationFailed"))
        .containsEntry("AlarmActions", List.of("pager"));
    assertThat(alarms.properties("BreakerOpen")).containsEntry("AlarmActions", List.of("mail"));
    assertThat(read(Map.of("TopicArn", "mail")).nested("Alarms").properties("InvalidationFailed"))
        .containsEntry("AlarmActions", List.of("mail"));
  }

  private static Object policy(Template template, String role, String name) {
    return list(template.properties(role).get("Policies")).stream()
        .filter(policy -> object(policy).containsValue(name))
        .map(policy -> object(policy).getOrDefault("PolicyDocument", Map.of()))
        .findAny()
        .orElseThrow();
  }

  private static List<Object> statements(@Nullable Object policy) {
    return list(object(policy).get("Statement"));
  }

  private static List<String> leadingKeys(Object statement) {
    Object like = object(object(statement).get("Condition")).get("ForAllValues:StringLike");
    return list(object(like).get("dynamodb:LeadingKeys")).stream().map(Object::toString).toList();
  }

  private static String text(Map<String, Object> object, String name) {
    return object.getOrDefault(name, "").toString();
  }
}

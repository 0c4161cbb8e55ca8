package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** The page in a real browser. Skipped where none is installed. */
class PageTest {
  private static ChromeDriver browser;
  private static Twin twin;
  private static PageDriver page;

  private String question;

  @BeforeAll
  static void start() {
    Optional<ChromeDriver> found = Browser.start();
    assumeTrue(found.isPresent(), "No Chromium with its chromedriver is installed here");
    browser = found.get();
    page = new PageDriver(browser);
    Options options =
        Options.parse(Map.of(), "--port", "0", "--delay", "20ms", "--read-budget", "10s");
    twin =
        Twin.start(
            options,
            Tokens.withNewSecret(),
            (o, settings) -> LocalServices.start(o.delay(), settings.tableName()));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.quit();
    }
    if (twin != null) {
      twin.close();
    }
  }

  @BeforeEach
  void open() {
    question = "How do I squat? " + UUID.randomUUID();
    browser.get(twin.url());
    page.await(() -> page.state("connection").equals("up"), "the page to be live");
  }

  @AfterEach
  void end() throws Exception {
    TwinClient client = new TwinClient(twin.url());
    client.post("/local/dynamodb/start");
    client.post("/local/bedrock/start");
    browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    List<String> complaints = new ArrayList<>();
    for (LogEntry entry : browser.manage().logs().get(LogType.BROWSER)) {
      // Chromium itself notes each answer that is an error, and some of these tests want them.
      if (!entry.getMessage().contains("the server responded with a status of ")) {
        complaints.add(entry.getMessage());
      }
    }
    assertThat(complaints).isEmpty();
  }

  // Answers

  @Test
  void chat_twice_showsBedrockThenHot() {
    page.type("message", question);
    assertThat(page.send()).isEqualTo("bedrock");
    assertThat(page.find("answer").getText()).contains("shoulder width").contains("tokens");
    assertThat(page.send()).isEqualTo("hot");
    assertThat(page.find("said").getDomProperty("textContent"))
        .startsWith("Answer for alice from hot, ");
    page.choose("user", "bob");
    assertThat(page.send()).isEqualTo("bedrock");
    assertThat(page.history()).startsWith("bob chat: " + question);
  }

  @ParameterizedTest
  @CsvSource({
    "workout-plan, Alternate upper and lower body",
    "meal-plan, Build each meal",
    "progress-analysis, Compare the same lift",
    "form-check, Brace before each repetition",
    "motivation, You do not need a perfect week"
  })
  void send_forAnEndpoint_showsItsAnswer(String endpoint, String answer) {
    page.choose("user", "carol");
    page.choose("endpoint", endpoint);
    assertThat(page.send()).isEqualTo("bedrock");
    assertThat(page.text()).startsWith(answer);
    assertThat(page.send()).isEqualTo("hot");
  }

  @Test
  void chat_withoutAMessage_showsWhatIsWrong() {
    page.type("message", "");
    assertThat(page.send()).isEqualTo("error 400");
    assertThat(page.text()).startsWith("The function refused this request: message ");
  }

  @Test
  void chat_withMarkup_showsItAsText() {
    String markup = "<img src=x onerror=document.title='owned'><b>" + UUID.randomUUID() + "</b>";
    page.type("message", markup);
    assertThat(page.send()).isEqualTo("bedrock");
    assertThat(page.find("history").getText()).contains(markup);
    assertThat(page.find("history").findElements(By.cssSelector("img, b"))).isEmpty();
    assertThat(browser.getTitle()).isEqualTo("GymCoach AI, the local twin");
  }

  // Interference

  @Test
  void forget_ofTheEndpoint_asksBedrockAnew() {
    page.type("message", question);
    page.sendTwice();
    page.click("forget-endpoint");
    page.await(() -> page.find("done").getText().startsWith("Forgotten for alice: "), "the reply");
    page.sendTwice();
    assertThat(page.find("done").getText()).doesNotEndWith(": 0.");
    page.click("forget-all");
    page.await(() -> page.send().equals("bedrock"), "Bedrock again");
  }

  @Test
  void newInstance_whoseMemoryIsEmpty_findsTheAnswerInTheTable() {
    page.type("message", question);
    assertThat(page.send()).isEqualTo("bedrock");
    page.click("replace");
    page.await(() -> page.find("done").getText().startsWith("A new instance"), "it");
    assertThat(page.send()).isEqualTo("warm");
  }

  // Why

  @Test
  void answer_toAQuestionLikeOneBefore_saysWhereItDiffers() {
    page.choose("user", "carol");
    page.type("message", question);
    page.send();
    page.type("message", question + " And deeper?");
    assertThat(page.send()).isEqualTo("bedrock");
    String cause =
        "The nearest request whose answer was kept differs at messages[0].content[0].text.";
    page.await(() -> page.why().contains(cause), "the cause");
    page.click("forget-all");
    page.await(() -> page.find("done").getText().startsWith("Forgotten for carol"), "the reply");
    page.send();
    page.await(() -> page.why().contains("This answer was forgotten at "), "the cause");
    page.send();
    assertThat(page.why()).doesNotContain("forgotten");
  }

  @Test
  void answer_fromEachSource_saysWhy() {
    page.type("message", question);
    page.send();
    assertThat(page.why())
        .contains("Bedrock was asked. The answer is now in memory and the table.")
        .contains("ABSENT: There is no entry");
    page.send();
    assertThat(page.why()).isEqualTo("Memory had this answer.");
    page.click("replace");
    page.await(() -> page.find("done").getText().startsWith("A new instance"), "it");
    page.send();
    assertThat(page.why()).isEqualTo("The table had this answer, and memory did not.");
    page.type("message", "What shall I do today? " + question);
    page.send();
    assertThat(page.why())
        .contains("The answer is kept nowhere.")
        .contains("BYPASS_REQUESTED: The caller asked for BYPASS.");
  }

  /** The names of reasons and faults lead to what the repository's pages say about them. */
  @Test
  void faults_whileDynamoDbIsDown_areNamedAndExplained() {
    page.click("dynamodb");
    page.await(() -> page.state("dynamodb-state").equals("down"), "DynamoDB to be stopped");
    page.type("message", question);
    assertThat(page.send()).isEqualTo("bedrock");
    assertThat(page.why()).containsPattern("STORE_(READ_FAILED: A look-up|UNAVAILABLE: The store)");
    assertThat(page.history()).containsPattern("STORE_(READ_FAILED|UNAVAILABLE)");
    page.await(() -> page.find("faults").getText().contains("STORE_"), "the faults by name");

    String fault = page.find("fault-list").findElement(By.tagName("a")).getText();
    String link = page.find("fault-list").findElement(By.tagName("a")).getDomProperty("href");
    assertThat(link).isEqualTo(twin.url() + "/troubleshooting#fault-" + fault);
    browser.get(String.valueOf(link));
    assertThat(page.find("fault-" + fault).getText()).isEqualTo(fault);
  }

  // Errors, in the page's own words

  @Test
  void forgetAll_whileDynamoDbIsDown_saysWhatHappenedAndWhatToDo() {
    page.click("dynamodb");
    page.await(() -> page.state("dynamodb-state").equals("down"), "DynamoDB to be stopped");
    page.click("forget-all");
    page.await(() -> page.state("done").equals("bad"), "the failure");
    assertThat(page.find("done").getText())
        .startsWith("The table could not be told, because DynamoDB is stopped.")
        .endsWith("start DynamoDB, then forget again.");
  }

  @Test
  void stopDynamoDb_showsIt_andAnswersGoOn() throws Exception {
    keep();
    page.type("message", question);
    page.click("dynamodb");
    page.await(
        () -> page.find("dynamodb-state").getText().equals("stopped"), "DynamoDB to be stopped");
    assertThat(page.find("dynamodb").getAccessibleName()).isEqualTo("Start DynamoDB");
    assertThat(page.send()).isEqualTo("hot");
    page.type("message", "another " + question);
    assertThat(page.send()).isEqualTo("bedrock");
    page.await(
        () -> !page.find("errors").findElements(By.cssSelector("figure > svg .over")).isEmpty(),
        "the fault in the graph");
    page.click("dynamodb");
    page.await(
        () -> page.find("dynamodb-state").getText().equals("running"), "DynamoDB to run again");
  }

  @Test
  void stopBedrock_showsIt_andServesWhatIsKept() throws Exception {
    keep();
    page.type("message", question);
    page.click("bedrock");
    page.await(
        () -> page.find("bedrock-state").getText().equals("stopped"), "Bedrock to be stopped");
    assertThat(page.send()).isEqualTo("hot");
    page.type("message", "another " + question);
    assertThat(page.send()).isEqualTo("error 500");
    assertThat(page.text()).startsWith("Bedrock is stopped, and neither memory nor the table");
    page.await(
        () -> !page.find("errors").findElements(By.cssSelector("figure > svg .bad")).isEmpty(),
        "the failure in the graph");
    page.click("bedrock");
    page.await(
        () -> page.find("bedrock-state").getText().equals("running"), "Bedrock to run again");
    assertThat(page.send()).isEqualTo("bedrock");
  }

  // Graphs

  @Test
  void graphs_afterCalls_haveData() {
    page.type("message", question);
    page.sendTwice();
    page.await(
        () -> !page.find("time").findElements(By.cssSelector("figure > svg .hot")).isEmpty(),
        "hot");
    page.await(
        () -> !page.find("time").findElements(By.cssSelector("figure > svg .bedrock")).isEmpty(),
        "bedrock");
    for (String graph : List.of("rate", "saved")) {
      assertThat(page.find(graph).findElements(By.cssSelector("path.line"))).hasSize(1);
    }
    assertThat(page.find("rate").findElement(By.className("value")).getText()).endsWith(" %");
    assertThat(page.find("saved").findElement(By.className("value")).getText()).contains("$0.0");
    assertThat(
            page.find("time")
                .findElement(By.cssSelector("figure > svg"))
                .getDomAttribute("aria-label"))
        .startsWith("Response time: ")
        .contains("hot ");
  }

  @Test
  void traffic_whileItPlays_fillsTheHistory() {
    page.click("traffic");
    assertThat(page.find("traffic").getDomAttribute("aria-pressed")).isEqualTo("true");
    page.await(() -> page.find("history").findElements(By.tagName("tr")).size() > 2, "some calls");
    page.click("traffic");
    assertThat(page.find("traffic").getDomAttribute("aria-pressed")).isEqualTo("false");
  }

  // For everyone

  @Test
  void page_whateverIsDone_asksNoOtherHost() throws Exception {
    browser.manage().logs().get(LogType.PERFORMANCE); // what came before
    browser.get(twin.url());
    page.await(() -> page.state("connection").equals("up"), "the page to be live");
    page.send();
    page.click("forget-all");
    page.await(() -> !page.find("done").getText().isEmpty(), "the reply");
    List<String> urls = new ArrayList<>();
    for (LogEntry entry : browser.manage().logs().get(LogType.PERFORMANCE)) {
      JsonNode event = TwinClient.JSON.readTree(entry.getMessage()).path("message");
      if (event.path("method").asText().equals("Network.requestWillBeSent")) {
        urls.add(event.at("/params/request/url").asText());
      }
    }
    assertThat(urls).contains(twin.url() + "/", twin.url() + "/twin.js", twin.url() + "/twin.css");
    assertThat(urls).allSatisfy(url -> assertThat(url).startsWith(twin.url() + "/"));
  }

  /** From the page's beginning, with nothing but keys, and always seeing where one is. */
  @Test
  void page_byKeyboardAlone_doesEverything() {
    page.tabTo("user");
    page.press(Keys.ARROW_RIGHT); // bob
    page.tabTo("endpoint");
    page.tabTo("field-message");
    page.press(Keys.chord(Keys.CONTROL, "a"));
    page.press(question);
    page.tabTo("send");
    page.press(Keys.ENTER);
    page.await(() -> page.state("answer").equals("ok"), "an answer");
    assertThat(page.badge()).isEqualTo("bedrock");
    assertThat(page.focused()).isEqualTo("send"); // and the focus stays
    page.press(Keys.SPACE);
    page.await(() -> page.badge().equals("hot"), "the answer from memory");
    page.tabTo("traffic");
    page.tabTo("dynamodb");
    page.press(Keys.ENTER);
    page.await(
        () -> page.find("dynamodb-state").getText().equals("stopped"), "DynamoDB to be stopped");
    assertThat(page.focused()).isEqualTo("dynamodb");
    page.press(Keys.ENTER);
    page.await(
        () -> page.find("dynamodb-state").getText().equals("running"), "DynamoDB to run again");
    page.tabTo("bedrock");
    page.tabTo("replace");
    page.tabTo("forget-endpoint");
    page.press(Keys.ENTER);
    page.await(() -> page.find("done").getText().startsWith("Forgotten for bob: "), "the reply");
    page.tabTo("forget-all");
  }

  @Test
  void page_onAPhone_needsNoScrollingSideways() {
    page.resize(360, 800);
    page.type("message", "W".repeat(200) + question);
    page.sendTwice();
    page.await(
        () -> !page.find("time").findElements(By.cssSelector("figure > svg .hot")).isEmpty(),
        "hot");
    Object wide =
        browser.executeScript(
            """
            return [...document.querySelectorAll("body *")]
              .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
              .filter((one) => !one.closest(".visually-hidden, td"))
              .map((one) => one.outerHTML.slice(0, 120));
            """);
    assertThat(wide).isEqualTo(List.of());
    assertThat(browser.executeScript("return document.documentElement.scrollWidth"))
        .isEqualTo(360L);
  }

  @Test
  void history_onAPhone_canBeRead() {
    page.resize(360, 800);
    String asked = "How do I get back to squats after half a year without training? " + question;
    page.type("message", asked);
    page.sendTwice();
    assertThat(page.history()).contains(asked, "ABSENT", "took ", "age ", "tokens ");
    Object cut =
        browser.executeScript(
            """
            return [...document.querySelectorAll("#history *")]
              .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
                || one.scrollHeight > one.clientHeight + 1 && one.clientHeight > 0
                || one.getBoundingClientRect().right > 360)
              .map((one) => one.outerHTML);
            """);
    assertThat(cut).isEqualTo(List.of());
  }

  @ParameterizedTest
  @CsvSource({"light, rgb(244; 246; 244)", "dark, rgb(16; 22; 23)"})
  void page_inEitherMode_hasContrast(String scheme, String background) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    page.type("message", question);
    page.sendTwice();
    page.type("message", "");
    page.send(); // an error's colours too
    page.click("replace");
    page.await(() -> !page.find("done").getText().isEmpty(), "the reply");
    assertThat(page.find("history").findElements(By.cssSelector(".hot, .bedrock, .error")))
        .hasSizeGreaterThan(2);
    assertThat(browser.executeScript("return getComputedStyle(document.body).backgroundColor"))
        .isEqualTo(background.replace(';', ','));
    assertThat(browser.executeScript(PageDriver.CONTRAST)).isEqualTo(List.of());
  }

  @Test
  void page_whereMotionIsUnwelcome_hasNone() {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    assertThat(
            browser.executeScript(
                """
                return [...document.querySelectorAll("*")]
                  .map((one) => getComputedStyle(one))
                  .filter((style) => style.transitionDuration !== "0s" || style.animationName !== "none")
                  .length;
                """))
        .isEqualTo(0L);
  }

  @Test
  void page_forAScreenReader_namesEverything() {
    Object nameless =
        browser.executeScript(
            """
            return [...document.querySelectorAll("button, input, textarea")]
              .filter((one) => !(one.labels?.length > 0 || one.textContent.trim()))
              .map((one) => one.outerHTML);
            """);
    assertThat(nameless).isEqualTo(List.of());
    for (String region : List.of("said", "done", "dynamodb-state", "bedrock-state")) {
      assertThat(page.find(region).getDomAttribute("role")).isEqualTo("status"); // spoken politely
    }
    assertThat(browser.findElements(By.cssSelector("[onclick], a[href='#']"))).isEmpty();
  }

  /** Has alice's answer to the question in memory and in the table. */
  private void keep() throws Exception {
    TwinClient client = new TwinClient(twin.url());
    client.keep(client.token("alice"), question);
  }
}

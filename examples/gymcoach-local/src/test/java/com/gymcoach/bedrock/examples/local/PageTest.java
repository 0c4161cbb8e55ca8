package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page in a real browser. Skipped where none is installed. */
class PageTest {
  private static ChromeDriver browser;
  private static Twin twin;

  private String question;

  @BeforeAll
  static void start() {
    Optional<ChromeDriver> found = Browser.start();
    assumeTrue(found.isPresent(), "No Chromium with its chromedriver is installed here");
    browser = found.get();
    Options options = Options.parse(Map.of(), "--port", "0", "--delay", "20ms");
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
    await(() -> state("connection").equals("up"), "the page to be live");
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
      if (!entry.getMessage().contains("the server responded with a status of 500")) {
        complaints.add(entry.getMessage());
      }
    }
    assertThat(complaints).isEmpty();
  }

  // Answers

  @Test
  void chat_twice_showsBedrockThenHot() {
    type("message", question);
    assertThat(send()).isEqualTo("bedrock");
    assertThat(find("answer").getText()).contains("shoulder width").contains("tokens");
    assertThat(send()).isEqualTo("hot");
    assertThat(find("said").getDomProperty("textContent"))
        .startsWith("Answer for alice from hot, ");
    choose("user", "bob");
    assertThat(send()).isEqualTo("bedrock");
    assertThat(history()).startsWith("bob chat: " + question);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"workout-plan", "meal-plan", "progress-analysis", "form-check", "motivation"})
  void send_forAnEndpoint_showsItsAnswer(String endpoint) {
    choose("user", "carol");
    choose("endpoint", endpoint);
    assertThat(send()).isIn("bedrock", "hot");
    assertThat(find("answer").findElement(By.className("text")).getText()).isNotBlank();
    assertThat(send()).isEqualTo("hot");
  }

  @Test
  void chat_withoutAMessage_showsWhatIsWrong() {
    type("message", "");
    assertThat(send()).isEqualTo("error 400");
  }

  @Test
  void chat_withMarkup_showsItAsText() {
    String markup = "<img src=x onerror=document.title='owned'><b>" + UUID.randomUUID() + "</b>";
    type("message", markup);
    assertThat(send()).isEqualTo("bedrock");
    assertThat(find("history").getText()).contains(markup);
    assertThat(find("history").findElements(By.cssSelector("img, b"))).isEmpty();
    assertThat(browser.getTitle()).isEqualTo("GymCoach AI, the local twin");
  }

  // Interference

  @Test
  void forget_ofTheEndpoint_asksBedrockAnew() {
    type("message", question);
    send();
    click("forget-endpoint");
    await(() -> find("done").getText().startsWith("Forgotten for alice: "), "the reply");
    assertThat(send()).isEqualTo("bedrock");
    assertThat(send()).isEqualTo("hot");
    String before = find("done").getText();
    assertThat(before).doesNotEndWith(": 0.");
    click("forget-all");
    await(() -> !find("done").getText().isEmpty() && send().equals("bedrock"), "Bedrock again");
  }

  @Test
  void newInstance_whoseMemoryIsEmpty_findsTheAnswerInTheTable() {
    type("message", question);
    send();
    click("replace");
    await(() -> find("done").getText().startsWith("A new instance"), "the new instance");
    assertThat(send()).isEqualTo("warm");
  }

  @Test
  void stopDynamoDb_showsIt_andAnswersGoOn() {
    click("dynamodb");
    await(() -> find("dynamodb-state").getText().equals("stopped"), "DynamoDB to be stopped");
    assertThat(find("dynamodb").getText()).isEqualTo("Start DynamoDB");
    type("message", question);
    assertThat(send()).isEqualTo("bedrock");
    assertThat(send()).isEqualTo("hot");
    await(
        () -> !find("errors").findElements(By.cssSelector("figure > svg .over")).isEmpty(),
        "the fault in the graph");
    click("dynamodb");
    await(() -> find("dynamodb-state").getText().equals("running"), "DynamoDB to run again");
  }

  @Test
  void stopBedrock_showsIt_andServesWhatIsKept() {
    type("message", question);
    send();
    click("bedrock");
    await(() -> find("bedrock-state").getText().equals("stopped"), "Bedrock to be stopped");
    assertThat(send()).isEqualTo("hot");
    type("message", "another " + question);
    assertThat(send()).isEqualTo("error 500");
    await(
        () -> !find("errors").findElements(By.cssSelector("figure > svg .bad")).isEmpty(),
        "the failure in the graph");
    click("bedrock");
    await(() -> find("bedrock-state").getText().equals("running"), "Bedrock to run again");
    assertThat(send()).isEqualTo("bedrock");
  }

  // Graphs

  @Test
  void graphs_afterCalls_haveData() {
    type("message", question);
    send();
    send();
    await(() -> !find("time").findElements(By.cssSelector("figure > svg .hot")).isEmpty(), "hot");
    await(
        () -> !find("time").findElements(By.cssSelector("figure > svg .bedrock")).isEmpty(),
        "bedrock");
    for (String graph : List.of("rate", "saved")) {
      assertThat(find(graph).findElements(By.cssSelector("path.line"))).hasSize(1);
    }
    assertThat(find("rate").findElement(By.className("value")).getText()).endsWith(" %");
    assertThat(find("saved").findElement(By.className("value")).getText()).contains("$0.0");
    assertThat(
            find("time").findElement(By.cssSelector("figure > svg")).getDomAttribute("aria-label"))
        .startsWith("Response time: ")
        .contains("hot ");
  }

  @Test
  void traffic_whileItPlays_fillsTheHistory() {
    click("traffic");
    assertThat(find("traffic").getDomAttribute("aria-pressed")).isEqualTo("true");
    await(() -> find("history").findElements(By.tagName("tr")).size() > 2, "some calls");
    click("traffic");
    assertThat(find("traffic").getDomAttribute("aria-pressed")).isEqualTo("false");
  }

  // For everyone

  @Test
  void page_whateverIsDone_asksNoOtherHost() throws Exception {
    browser.manage().logs().get(LogType.PERFORMANCE); // what came before
    browser.get(twin.url());
    await(() -> state("connection").equals("up"), "the page to be live");
    send();
    click("forget-all");
    await(() -> !find("done").getText().isEmpty(), "the reply");
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
    tabTo("user");
    press(Keys.ARROW_RIGHT); // bob
    tabTo("endpoint");
    tabTo("field-message");
    press(Keys.chord(Keys.CONTROL, "a"));
    press(question);
    tabTo("send");
    press(Keys.ENTER);
    await(() -> state("answer").equals("ok"), "an answer");
    assertThat(badge()).isEqualTo("bedrock");
    assertThat(focused()).isEqualTo("send"); // and the focus stays
    press(Keys.SPACE);
    await(() -> badge().equals("hot"), "the answer from memory");
    tabTo("traffic");
    tabTo("dynamodb");
    press(Keys.ENTER);
    await(() -> find("dynamodb-state").getText().equals("stopped"), "DynamoDB to be stopped");
    assertThat(focused()).isEqualTo("dynamodb");
    press(Keys.ENTER);
    await(() -> find("dynamodb-state").getText().equals("running"), "DynamoDB to run again");
    tabTo("bedrock");
    tabTo("replace");
    tabTo("forget-endpoint");
    press(Keys.ENTER);
    await(() -> find("done").getText().startsWith("Forgotten for bob: "), "the reply");
    tabTo("forget-all");
  }

  @Test
  void page_onAPhone_needsNoScrollingSideways() {
    resize(360, 800);
    type("message", "W".repeat(200) + question);
    send();
    send();
    await(() -> !find("time").findElements(By.cssSelector("figure > svg .hot")).isEmpty(), "hot");
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

  @ParameterizedTest
  @CsvSource({"light, rgb(244; 246; 244)", "dark, rgb(16; 22; 23)"})
  void page_inEitherMode_hasContrast(String scheme, String background) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    type("message", question);
    send();
    send();
    type("message", "");
    send(); // an error's colours too
    click("replace");
    await(() -> !find("done").getText().isEmpty(), "the reply");
    assertThat(find("history").findElements(By.cssSelector(".hot, .bedrock, .error")))
        .hasSizeGreaterThan(2);
    assertThat(browser.executeScript("return getComputedStyle(document.body).backgroundColor"))
        .isEqualTo(background.replace(';', ','));
    assertThat(browser.executeScript(CONTRAST)).isEqualTo(List.of());
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
      assertThat(find(region).getDomAttribute("role")).isEqualTo("status"); // spoken politely
    }
    assertThat(browser.findElements(By.cssSelector("[onclick], a[href='#']"))).isEmpty();
  }

  /** Returns text whose contrast with what is behind it is under WCAG's AA of 4.5 to 1. */
  private static final String CONTRAST =
      """
      const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
      const light = ([r, g, b]) =>
        [r, g, b]
          .map((part) => part / 255)
          .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
          .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
      const behind = (element) => {
        for (let one = element; one; one = one.parentElement) {
          const color = numbers(getComputedStyle(one).backgroundColor);
          if (color.length === 3 || color[3] === 1) return color;
        }
      };
      return [...document.querySelectorAll("body *")]
        .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .filter((one) => one.checkVisibility() && !one.closest("noscript"))
        .map((one) => {
          const style = getComputedStyle(one);
          const text = light(numbers(one.closest("svg") ? style.fill : style.color));
          const back = light(behind(one));
          const ratio = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
          return [ratio, `${ratio.toFixed(2)} ${one.outerHTML.slice(0, 100)}`];
        })
        .filter(([ratio]) => ratio < 4.5)
        .map(([, what]) => what);
      """;

  // What the tests do

  private static WebElement find(String id) {
    return browser.findElement(By.id(id));
  }

  private static String state(String id) {
    return Optional.ofNullable(find(id).getDomAttribute("data-state")).orElse("");
  }

  private static void click(String id) {
    find(id).click();
  }

  private static void type(String field, String text) {
    WebElement input = find("field-" + field);
    input.clear();
    input.sendKeys(text);
  }

  /** Sends the form, and returns the badge of what comes back. The click itself shows it busy. */
  private static String send() {
    click("send");
    await(() -> !state("answer").equals("busy"), "an answer");
    return badge();
  }

  private static String badge() {
    return find("answer").findElement(By.className("badge")).getText();
  }

  private static String history() {
    return find("history").getText();
  }

  private static void choose(String name, String value) {
    browser.findElement(By.cssSelector("input[name=%s][value=%s]".formatted(name, value))).click();
  }

  private static void press(CharSequence keys) {
    browser.switchTo().activeElement().sendKeys(keys);
  }

  private static void press(String keys) {
    press((CharSequence) keys);
  }

  private static String focused() {
    WebElement element = browser.switchTo().activeElement();
    String id = element.getDomProperty("id");
    return id == null || id.isEmpty()
        ? Optional.ofNullable(element.getDomProperty("name")).orElse("")
        : id;
  }

  /** Tabs on to the next element, which must be this one, and be seen to have the focus. */
  private static void tabTo(String name) {
    press(Keys.TAB);
    assertThat(focused()).isEqualTo(name);
    Object outline =
        browser.executeScript(
            """
            const one = document.activeElement;
            const shown = one.type === "radio" ? one.nextElementSibling : one;
            return getComputedStyle(shown).outlineStyle + " " + getComputedStyle(shown).outlineWidth;
            """);
    assertThat(outline).isEqualTo("solid 3px");
  }

  private static void resize(int width, int height) {
    Map<String, Object> size = new HashMap<>();
    size.put("width", width);
    size.put("height", height);
    size.put("deviceScaleFactor", 2);
    size.put("mobile", true);
    browser.executeCdpCommand("Emulation.setDeviceMetricsOverride", size);
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(Condition condition, String what) {
    new WebDriverWait(browser, Duration.ofSeconds(20), Duration.ofMillis(50))
        .withMessage("waiting for " + what)
        .until(any -> condition.holds());
  }
}

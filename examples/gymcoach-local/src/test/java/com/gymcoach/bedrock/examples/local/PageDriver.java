package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page as its tests use it. */
final class PageDriver {
  /** Returns text whose contrast with what is behind it is under WCAG's AA of 4.5 to 1. */
  static final String CONTRAST =
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

  private final ChromeDriver browser;

  PageDriver(ChromeDriver browser) {
    this.browser = browser;
  }

  WebElement find(String id) {
    return browser.findElement(By.id(id));
  }

  String state(String id) {
    return Optional.ofNullable(find(id).getDomAttribute("data-state")).orElse("");
  }

  void click(String id) {
    find(id).click();
  }

  void type(String field, String text) {
    WebElement input = find("field-" + field);
    input.clear();
    input.sendKeys(text);
  }

  /** Sends the form, and returns the badge of what comes back. The click itself shows it busy. */
  String send() {
    click("send");
    await(() -> !state("answer").equals("busy"), "an answer");
    return badge();
  }

  /** Sends a new question twice: the second answer is memory's. */
  void sendTwice() {
    assertThat(send()).isEqualTo("bedrock");
    assertThat(send()).isEqualTo("hot");
  }

  /** Returns what the page says about why the answer is what it is. */
  String why() {
    return find("answer").findElement(By.className("why")).getText();
  }

  /** Returns the text of the answer, or what went wrong. */
  String text() {
    return find("answer").findElement(By.className("text")).getText();
  }

  String badge() {
    return find("answer").findElement(By.className("badge")).getText();
  }

  String history() {
    return find("history").getText();
  }

  void choose(String name, String value) {
    browser.findElement(By.cssSelector("input[name=%s][value=%s]".formatted(name, value))).click();
  }

  void press(CharSequence keys) {
    browser.switchTo().activeElement().sendKeys(keys);
  }

  void press(String keys) {
    press((CharSequence) keys);
  }

  String focused() {
    WebElement element = browser.switchTo().activeElement();
    String id = element.getDomProperty("id");
    return id == null || id.isEmpty()
        ? Optional.ofNullable(element.getDomProperty("name")).orElse("")
        : id;
  }

  /** Tabs on to the next element, which must be this one, and be seen to have the focus. */
  void tabTo(String name) {
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

  void resize(int width, int height) {
    Map<String, Object> size = new HashMap<>();
    size.put("width", width);
    size.put("height", height);
    size.put("deviceScaleFactor", 2);
    size.put("mobile", true);
    browser.executeCdpCommand("Emulation.setDeviceMetricsOverride", size);
  }

  interface Condition {
    boolean holds();
  }

  void await(Condition condition, String what) {
    new WebDriverWait(browser, TwinClient.PATIENCE, Duration.ofMillis(50))
        .withMessage("waiting for " + what)
        .until(any -> condition.holds());
  }
}

package com.gymcoach.bedrock.examples.replay.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.examples.replay.logs.Bootstrap.Interval;
import com.gymcoach.bedrock.examples.replay.logs.Plot.Series;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|0.00",
        "0.0000123|0.000012",
        "0.009999|0.009999",
        "0.01|0.0100",
        "0.99996|1.0000",
        "-1|-1.00",
        "999.994|999.99",
        "1000|1,000",
        "-1234567.8|-1,234,568",
      })
  void usd_hasAsManyDigitsAsMatter(double usd, String text) {
    assertThat(Text.usd(usd)).isEqualTo(text);
  }

  @Test
  void html_ofAnyText_hasNoMarkup() {
    assertThat(Text.html("<a b=\"&lt;\">")).isEqualTo("&lt;a b=&quot;&amp;lt;&quot;&gt;");
  }

  @Test
  void interval_namesBothEndsOrThatThereAreNone() {
    assertThat(Text.interval(new Interval(-1, 2))).isEqualTo("-1.00 to 2.00");
    assertThat(Text.interval(Interval.NONE)).isEqualTo("too few periods");
  }

  /** The axis ends with a tick, at the top of the plot. */
  @Test
  void plot_whateverItsValues_endsAtATick() {
    Plot plot =
        new Plot("t", "x", "y", List.of("a"), List.of(Series.of("s", new double[] {7})), false);
    assertThat(plot.svg()).contains("y=\"66.0\" text-anchor=\"end\">8</text>");
  }
}

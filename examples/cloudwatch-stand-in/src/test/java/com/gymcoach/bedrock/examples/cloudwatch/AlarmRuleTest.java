package com.gymcoach.bedrock.examples.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.examples.cloudwatch.AlarmRule.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Alarms are judged by the rules of AWS's pages. */
class AlarmRuleTest {

  /**
   * The examples of "Configuring how CloudWatch alarms treat missing data": three periods, of which
   * three or two must breach; five values that were looked at; X breaches, - is missing.
   */
  @ParameterizedTest
  @CsvSource({
    "3, 0 - X - X, OK, OK",
    "3, 0 - - - -, OK, OK",
    "3, - - - - -, ALARM, OK",
    "3, 0 X X - X, ALARM, ALARM",
    "3, - - X - -, ALARM, OK",
    "2, 0 - X - X, ALARM, ALARM",
    "2, 0 0 X 0 X, ALARM, ALARM",
    "2, 0 - X - -, ALARM, OK",
    "2, - - - - 0, ALARM, OK",
    "2, - - - X -, ALARM, OK"
  })
  void missingValues_areTreatedAsInTheExamplesOfAws(
      int needed, String values, State breaching, State notBreaching) {
    List<@Nullable Double> range = new ArrayList<>();
    for (String value : values.split(" ", -1)) {
      range.add(value.equals("-") ? null : value.equals("X") ? Double.valueOf(1) : 0.0);
    }
    assertThat(rule(needed, "breaching").evaluated(range)).isEqualTo(breaching);
    assertThat(rule(needed, "notBreaching").evaluated(range)).isEqualTo(notBreaching);
  }

  private static AlarmRule rule(int needed, String missing) {
    return new AlarmRule(
        Map.of(
            "Namespace",
            "n",
            "MetricName",
            "m",
            "Statistic",
            "Sum",
            "Period",
            60,
            "EvaluationPeriods",
            3,
            "DatapointsToAlarm",
            needed,
            "ComparisonOperator",
            "GreaterThanThreshold",
            "Threshold",
            0,
            "TreatMissingData",
            missing));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 + 3 * 4 | 14",
        "(2 + 3) * 4 | 20",
        "100 * FILL(none, 0) / a | 0",
        "100 * a / (a + b) | 25",
        "b - a - 1 | 1",
        "FILL(a, 9) | 1",
        "8 / 4 / 2 | 1"
      })
  void expression_isWorkedOut(String expression, double value) {
    assertThat(worked(expression)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a + none", "none / a", "a / (b - 3)", "FILL(none, 0) / none"})
  void expression_whenAValueIsMissing_isMissing(String expression) {
    assertThat(worked(expression)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a +", "(a", "MAX(a)", "a b", "FILL(a)", "a > b", ""})
  void expression_thatIsNotKnownHere_isRefused(String expression) {
    assertThatThrownBy(() -> worked(expression)).isInstanceOf(IllegalArgumentException.class);
  }

  private static @Nullable Double worked(String expression) {
    Map<String, Double> metrics = Map.of("a", 1.0, "b", 3.0);
    return new MetricMath(expression, metrics::get).value();
  }

  @Test
  void period_thatIsNotOver_isNotLookedAt() {
    MetricData data = new MetricData();
    MetricData.Name name = new MetricData.Name("n", "m", Map.of());
    for (int minute = 0; minute < 3; minute++) {
      data.add(name, minute, 1);
    }
    assertThat(rule(3, "notBreaching").at(1, data)).isEqualTo(State.OK);
    assertThat(rule(3, "notBreaching").at(2, data)).isEqualTo(State.ALARM);
  }
}

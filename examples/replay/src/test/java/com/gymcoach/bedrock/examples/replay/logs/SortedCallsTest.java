package com.gymcoach.bedrock.examples.replay.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SortedCallsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"0, 10", "1, 10", "9, 10", "10, 10", "11, 10", "5000, 1", "5000, 7", "20000, 9000"})
  void forEach_ofAnyNumberOfRuns_isSorted(int count, int run) throws IOException {
    Random random = new Random(count + run);
    List<Call> calls = new ArrayList<>();
    List<Call> sorted = new ArrayList<>();
    try (SortedCalls sorter = new SortedCalls(folder, run)) {
      for (int i = 0; i < count; i++) {
        Call call =
            new Call(
                random.nextInt(20) - 10,
                random.nextLong(),
                random.nextInt(50),
                random.nextLong(),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                random.nextDouble());
        calls.add(call);
        sorter.add(call);
      }
      sorter.forEach(sorted::add);
    }

    calls.sort(Call.ORDER);
    assertThat(sorted).isEqualTo(calls);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }
}

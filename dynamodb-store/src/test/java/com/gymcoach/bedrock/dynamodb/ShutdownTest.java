package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/**
 * A process that ends while its cache waits for Bedrock or for DynamoDB: nothing of ours keeps it
 * alive, and what it leaves in the table is a whole entry or none.
 */
@ParameterizedClass
@EnumSource(Way.class)
class ShutdownTest extends WarmTierFixture {
  /** How a process ends, and what it then reports. */
  enum Ending {
    /** As a container is stopped, or a Lambda environment. */
    SIGTERM(128 + 15) {
      @Override
      void come(Process process) {
        process.toHandle().destroy(); // the signal alone: it leaves the streams open
      }
    },
    /** Then the JVM waits for every thread that is not a daemon. */
    MAIN_RETURNS(0) {
      @Override
      void come(Process process) throws IOException {
        process.getOutputStream().close();
      }
    };

    private final int status;

    Ending(int status) {
      this.status = status;
    }

    abstract void come(Process process) throws IOException;
  }

  private final Way way;
  @TempDir Path directory;

  ShutdownTest(Way way) {
    super(way);
    this.way = way;
  }

  private Process asking() throws IOException {
    Path output = directory.resolve("output");
    Process process =
        DyingProcess.start(way, bedrock.endpoint(), proxy.endpoint(), table, time.now(), output);
    closing((AutoCloseable) process::destroyForcibly);
    return process;
  }

  private void end(Process process, Ending ending) throws Exception {
    assertThat(process.isAlive()).isTrue();
    ending.come(process);
    boolean ended = process.waitFor(30, TimeUnit.SECONDS);
    String said = Files.readString(directory.resolve("output"));
    assertThat(ended).as(said).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(ending.status);
  }

  @ParameterizedTest
  @EnumSource(Ending.class)
  void f82_processEndsWhileBedrockAnswers_nothingIsStored(Ending ending) throws Exception {
    bedrock.hold();
    Process process = asking();
    bedrock.awaitRequests(1);
    end(process, ending);
    bedrock.release();
    assertThat(items()).isEmpty();
    recovers(fresh());
  }

  @ParameterizedTest
  @CsvSource({
    "SIGTERM, WITHHOLDING, 1", "MAIN_RETURNS, WITHHOLDING, 1", // the item is there
    "SIGTERM, SILENT, 0", "MAIN_RETURNS, SILENT, 0" // it never came
  })
  void f82_processEndsAmidAWrite_entryIsWholeOrAbsent(
      Ending ending, FaultProxy.Mode mode, int entries) throws Exception {
    proxy.play(mode, "PutItem");
    Process process = asking();
    proxy.awaitHeld();
    end(process, ending);
    assertThat(items()).hasSize(entries);
    ConverseResponse next = call(fresh(), ALICE, "question");
    assertThat(Caller.text(next)).isEqualTo(entries == 1 ? "1" : "2");
    assertThat(CacheOutcome.of(next).source())
        .isEqualTo(entries == 1 ? CacheSource.WARM : CacheSource.BEDROCK);
    assertThat(bedrock.requests()).isEqualTo(entries == 1 ? 1 : 2);
    recovers(fresh());
  }
}

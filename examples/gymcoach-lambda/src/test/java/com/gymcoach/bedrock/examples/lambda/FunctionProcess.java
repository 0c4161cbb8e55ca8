package com.gymcoach.bedrock.examples.lambda;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.fasterxml.jackson.databind.JsonNode;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The function as Lambda runs it: the shaded jar in a separate JVM, under Lambda's runtime client
 * and with its flags for 1,024 MB.
 */
final class FunctionProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;
  private static final String NATIVE_LIBRARY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";
  private static final String HANDLER =
      "com.gymcoach.bedrock.examples.lambda.GymCoachFunction::handleRequest";

  final List<String> out = new CopyOnWriteArrayList<>();
  final List<String> err = new CopyOnWriteArrayList<>();
  final RuntimeApi api = new RuntimeApi();
  private final Process process;
  private final List<Thread> readers;
  private final CompletableFuture<Void> ended;

  /** Starts it. */
  FunctionProcess(Path folder, Map<String, String> environment, String... flags)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // 85 % of the memory, as Lambda gives a JVM; one compiler, one collector.
    command.addAll(List.of("-Xmx891289k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-D" + NATIVE_LIBRARY + "=" + nativeLibrary(folder));
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", classPath()));
    command.add("com.amazonaws.services.lambda.runtime.api.client.AWSLambda");
    command.add(HANDLER);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("AWS_LAMBDA_RUNTIME_API", api.address());
    builder.environment().put("AWS_LAMBDA_FUNCTION_NAME", "gymcoach-ai-service");
    builder.environment().put("AWS_LAMBDA_FUNCTION_VERSION", "1");
    builder.environment().put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024");
    builder.environment().put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/gymcoach-ai-service");
    builder.environment().put("AWS_LAMBDA_LOG_STREAM_NAME", "local");
    builder.environment().put("LAMBDA_TASK_ROOT", folder.toString());
    builder.environment().put("_HANDLER", HANDLER);
    process = builder.start();
    readers = List.of(reader(process.getInputStream(), out), reader(process.getErrorStream(), err));
    ended =
        process.onExit().thenRun(() -> api.fail("The function's process has ended: " + out + err));
  }

  /** Has a request answered. */
  Reply call(JsonNode event) throws Exception {
    byte[] bytes = event.toString().getBytes(StandardCharsets.UTF_8);
    return Reply.of(api.invoke(bytes).get(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  /** Returns the most memory that it ever had, in KB, where the system tells. */
  OptionalLong mostMemory() throws IOException {
    Path status = Path.of("/proc/" + process.pid() + "/status");
    if (!Files.exists(status)) {
      return OptionalLong.empty();
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findAny();
  }

  /** Ends it, and waits for the last of what it wrote. Safe to call twice. */
  void end() throws InterruptedException {
    process.toHandle().destroyForcibly(); // the process itself would drop what is not read yet
    ended.join();
    for (Thread reader : readers) {
      reader.join();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    api.close();
  }

  /**
   * Returns a copy of the runtime client's native library. The client's own copy has a fixed name
   * in /tmp, and would crash processes that use it.
   */
  private static Path nativeLibrary(Path folder) throws IOException {
    String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
    Path copy = Files.createTempFile(folder, "lambda-jni", ".so");
    try (InputStream library =
        AWSLambda.class.getResourceAsStream("/jni/libaws-lambda-jni.linux-" + machine + ".so")) {
      Files.copy(
          Objects.requireNonNull(library, machine), copy, StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }

  /** The jar, and what Lambda has in its runtime. */
  private static String classPath() {
    String jar = Objects.requireNonNull(System.getProperty("lambda.jar"), "run by Maven's verify");
    List<String> all = new ArrayList<>(List.of(jar));
    Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(
            path -> path.matches(".*(aws-lambda-java-runtime|aws-lambda-java-ser|utils-lite).*"))
        .forEach(all::add);
    return String.join(File.pathSeparator, all);
  }

  private static Thread reader(InputStream from, List<String> to) {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                lines.lines().forEach(to::add);
              } catch (IOException | UncheckedIOException ended) {
                // with its process
              }
            });
    reader.start();
    return reader;
  }
}

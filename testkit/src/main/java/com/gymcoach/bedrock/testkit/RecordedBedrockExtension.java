package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.testkit.RecordedBedrock.Clients;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** Gives tests their recorded clients, and fails those whose calls cannot be repeated. */
final class RecordedBedrockExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        TestInstancePostProcessor,
        ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(RecordedBedrockExtension.class);

  /** The annotations of a parameter that still leave it to this extension. */
  private static final Pattern SAYS_NOTHING = Pattern.compile("(?i:no[nt]null|nullable)");

  private static final String ROOT = "bedrock.recordings.root";
  private static final String DEFAULT_ROOT = "src/test/resources/bedrock-recordings";

  /**
   * An annotation in force.
   *
   * @param owner the class that has it, or whose method has it
   * @param home the context of that class or method, which holds the recorder
   */
  private record Place(RecordedBedrock annotation, Class<?> owner, ExtensionContext home) {
    static Place of(ExtensionContext context) {
      Optional<RecordedBedrock> ofMethod =
          context
              .getTestMethod()
              .flatMap(method -> AnnotationSupport.findAnnotation(method, RecordedBedrock.class));
      if (ofMethod.isPresent()) {
        return new Place(ofMethod.get(), context.getRequiredTestClass(), context);
      }
      for (Class<?> type = context.getRequiredTestClass();
          type != null;
          type = type.getEnclosingClass()) {
        Optional<RecordedBedrock> ofClass =
            AnnotationSupport.findAnnotation(type, RecordedBedrock.class);
        if (ofClass.isPresent()) {
          return new Place(ofClass.get(), type, home(context, type));
        }
      }
      throw new ExtensionConfigurationException("There is no @RecordedBedrock");
    }

    /** Returns the outermost context of a class. */
    private static ExtensionContext home(ExtensionContext context, Class<?> type) {
      ExtensionContext home = context;
      for (Optional<ExtensionContext> next = Optional.of(context);
          next.isPresent();
          next = next.get().getParent()) {
        if (next.get().getTestMethod().isEmpty()
            && next.get().getTestClass().filter(type::equals).isPresent()) {
          home = next.get();
        }
      }
      return home;
    }

    /**
     * Returns whether all recordings of the folder are made by the tests of the owner. Subclasses
     * of an annotated class share the folder that the annotation names.
     */
    boolean isOfClass() {
      return home.getTestMethod().isEmpty()
          && (annotation.folder().isEmpty()
              || owner.getDeclaredAnnotation(RecordedBedrock.class) != null);
    }
  }

  /** A recorder as JUnit keeps it: closed when its class or method has ended. */
  @SuppressWarnings("deprecation") // the older JUnits that a service may have close only these
  private record Session(Recorder recorder, TestsOfClass tests)
      implements ExtensionContext.Store.CloseableResource, AutoCloseable {
    @Override
    public void close() {
      recorder.close();
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    inject(context, context.getRequiredTestClass(), null);
  }

  @Override
  public void postProcessTestInstance(Object instance, ExtensionContext context) {
    if (context
        .getTestInstanceLifecycle()
        .filter(TestInstance.Lifecycle.PER_CLASS::equals)
        .isPresent()) {
      inject(context, instance.getClass(), instance); // for its @BeforeAll
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
      inject(context, instance.getClass(), instance);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    CallNotes notes = notes(context);
    for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
      withdraw(notes, instance.getClass(), instance);
    }
    List<String> problems = notes.problems();
    TestsOfClass tests = session(Place.of(context)).tests();
    if (context.getExecutionException().isPresent()) {
      tests.failed(); // its own exception says why
      return;
    }
    if (!problems.isEmpty()) {
      tests.failed();
    }
    requireNone(problems);
    tests.passed(context.getRequiredTestMethod());
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    CallNotes notes = notes(context);
    withdraw(notes, context.getRequiredTestClass(), null);
    Place place = Place.of(context);
    if (!place.owner().equals(context.getRequiredTestClass())) {
      return; // a nested class: the outer one is still to come
    }
    requireNone(notes.problems());
    Session session = session(place);
    if (session.tests().allPassed()) {
      session.recorder().deleteUnused();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return isClient(parameter.getParameter().getType())
        && Arrays.stream(parameter.getParameter().getAnnotations())
            .allMatch(
                each -> SAYS_NOTHING.matcher(each.annotationType().getSimpleName()).matches());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return client(parameter.getParameter().getType(), context);
  }

  private static void requireNone(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new AssertionError(String.join(System.lineSeparator(), problems));
    }
  }

  private static boolean isClient(Class<?> type) {
    return type == BedrockRuntimeClient.class || type == BedrockRuntimeAsyncClient.class;
  }

  private static Object client(Class<?> type, ExtensionContext context) {
    Recorder recorder = session(Place.of(context)).recorder();
    return type == BedrockRuntimeClient.class
        ? recorder.client(notes(context))
        : recorder.asyncClient(notes(context));
  }

  /** Puts clients into the fields that are null: those of an instance, or the static ones. */
  private static void inject(ExtensionContext context, Class<?> type, @Nullable Object instance) {
    for (Field field : fields(type, instance)) {
      if (get(field, instance) == null) {
        set(field, instance, client(field.getType(), context));
      }
    }
  }

  /** Takes a test's clients out again: a later test on the same instance gets its own. */
  private static void withdraw(CallNotes notes, Class<?> type, @Nullable Object instance) {
    for (Field field : fields(type, instance)) {
      if (RecordingClient.belongs(get(field, instance), notes)) {
        set(field, instance, null);
      }
    }
  }

  private static List<Field> fields(Class<?> type, @Nullable Object instance) {
    return ReflectionSupport.findFields(
        type,
        field ->
            isClient(field.getType())
                && !Modifier.isFinal(field.getModifiers())
                && Modifier.isStatic(field.getModifiers()) == (instance == null),
        HierarchyTraversalMode.TOP_DOWN);
  }

  private static @Nullable Object get(Field field, @Nullable Object instance) {
    try {
      field.setAccessible(true);
      return field.get(instance);
    } catch (ReflectiveOperationException e) {
      throw new ExtensionConfigurationException("Cannot read the field " + field.getName(), e);
    }
  }

  private static void set(Field field, @Nullable Object instance, @Nullable Object value) {
    try {
      field.set(instance, value);
    } catch (ReflectiveOperationException e) {
      throw new ExtensionConfigurationException("Cannot set the field " + field.getName(), e);
    }
  }

  /** Returns the notes of the test, or outside a test those of the class. */
  private static CallNotes notes(ExtensionContext context) {
    ExtensionContext whose =
        context.getTestMethod().isPresent() ? context : Place.of(context).home();
    String type = whose.getRequiredTestClass().getName();
    String test =
        type.substring(type.lastIndexOf('.') + 1)
            + whose.getTestMethod().map(method -> "#" + method.getName()).orElse("");
    return whose
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            "notes of " + whose.getUniqueId(), key -> new CallNotes(test), CallNotes.class);
  }

  private static Session session(Place place) {
    return place
        .home()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            "session of " + place.home().getUniqueId(), key -> open(place), Session.class);
  }

  private static Session open(Place place) {
    RecordedBedrock annotation = place.annotation();
    Path folder =
        annotation.folder().isEmpty()
            ? Path.of(place.home().getConfigurationParameter(ROOT).orElse(DEFAULT_ROOT))
                .resolve(place.owner().getName())
            : Path.of(annotation.folder());
    String property = place.home().getConfigurationParameter(RecordingMode.PROPERTY).orElse("");
    Recorder recorder =
        new Recorder(
            folder,
            RecordingMode.of(annotation.mode(), property, System.getenv()),
            new SecretFilter(annotation.hideEmails(), patterns(annotation)),
            () -> (Clients) ReflectionSupport.newInstance(annotation.clients()));
    return new Session(recorder, new TestsOfClass(place.owner(), place.isOfClass()));
  }

  private static List<Pattern> patterns(RecordedBedrock annotation) {
    try {
      return Arrays.stream(annotation.secrets()).map(Pattern::compile).toList();
    } catch (PatternSyntaxException e) {
      throw new ExtensionConfigurationException("An expression of secrets() is not valid", e);
    }
  }
}

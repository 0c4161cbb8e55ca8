package com.gymcoach.bedrock.cache;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.sdk.ClassPathCheck;
import com.gymcoach.bedrock.cache.internal.sdk.KeyDigests;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** The layers of the design, held. */
@AnalyzeClasses(packages = "com.gymcoach.bedrock.cache", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule ENGINE_KNOWS_NO_SERVICE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..internal.engine..",
              "..internal.call..",
              "..internal.env..",
              "..internal.fence..",
              "..internal.live..",
              "..internal.stats..",
              "..internal.tier..",
              "..internal.time..",
              "..internal.wire..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon.awssdk.services..");

  @ArchTest
  static final ArchRule SPI_KNOWS_NO_INTERNALS =
      noClasses()
          .that()
          .resideInAPackage("..cache.spi..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..internal..");

  @ArchTest
  static final ArchRule ONLY_THE_CACHE_MAKES_OUTCOMES =
      noClasses()
          .that()
          .resideOutsideOfPackage("..internal..")
          .and()
          .doNotBelongToAnyOf(CacheOutcome.class)
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Outcome.class);

  @ArchTest
  static final ArchRule ONLY_THE_CACHE_USES_A_SECRET =
      noClasses()
          .that()
          .resideOutsideOfPackage("..internal..")
          .and()
          .doNotBelongToAnyOf(KeySecret.class, BedrockCacheBuilder.class, CacheScope.class)
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(KeyDigests.class);

  /** Without its digests, a secret can be handed on but reveals and computes nothing. */
  @ArchTest
  static final ArchRule A_SECRET_COMPUTES_NOTHING_IN_PUBLIC =
      noMethods()
          .that()
          .areDeclaredIn(KeySecret.class)
          .and()
          .arePublic()
          .should()
          .haveRawReturnType(not(belongToAnyOf(KeySecret.class, String.class)));

  @ArchTest
  static final ArchRule NO_CYCLE_AMONG_INTERNALS =
      slices().matching("com.gymcoach.bedrock.cache.internal.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NO_CYCLE_IN_THE_SPI =
      slices().matching("com.gymcoach.bedrock.cache.spi.(*)..").should().beFreeOfCycles();

  /**
   * The SPI packages depend on the values that they are given, and on nothing that they could call.
   */
  @ArchTest
  static final ArchRule SPI_KNOWS_VALUES_OF_THE_API_ONLY =
      noClasses()
          .that()
          .resideInAPackage("..cache.spi..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("com.gymcoach.bedrock.cache")
                  .and(
                      not(
                          belongToAnyOf(
                              CacheOutcome.class,
                              CacheReason.class,
                              CacheSource.class,
                              CacheStats.class,
                              CallContext.class))));

  @ArchTest
  static final ArchRule NO_LIBRARY_IN_A_PUBLIC_SIGNATURE =
      classes()
          .that()
          .arePublic()
          .and()
          .resideInAnyPackage("com.gymcoach.bedrock.cache", "..cache.spi..")
          .should(sayNothingOfWhatIsInside());

  @ArchTest
  static final ArchRule NO_THREAD_LOCAL =
      noClasses().should().dependOnClassesThat().areAssignableTo(ThreadLocal.class);

  /**
   * Bytes from a store never choose a type: there is no Java serialisation and no type by name.
   * Only the JDK inflates them. No library brings native code or Jackson's data binding.
   */
  @ArchTest
  static void s_l_s_m_storedBytes_chooseNoTypeAndMeetNoForeignCodec(JavaClasses all) {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "java..",
                "javax.crypto..",
                "com.fasterxml.jackson.core..",
                "com.github.benmanes.caffeine..",
                "com.gymcoach.bedrock.cache..",
                "org.jspecify.annotations",
                "org.reactivestreams",
                "org.HdrHistogram",
                "org.slf4j..",
                "software.amazon.awssdk.."))
        .check(all);
    noClasses()
        .should()
        .dependOnClassesThat(
            assignableTo(ObjectInputStream.class)
                .or(assignableTo(ClassLoader.class))
                .or(resideInAnyPackage("java.beans..", "javax.script..")))
        .orShould()
        .callMethod(Class.class, "forName", String.class)
        .check(all);
    noClasses()
        .that()
        .doNotHaveSimpleName("DeflateCompressor")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.zip..")
        .check(all);
  }

  /**
   * A virtual thread that waits within a monitor keeps its carrier, until Java 24. Where there is a
   * monitor there must be nothing to wait for: no store, no client, no stage, no callback.
   */
  @ArchTest
  static void f65_monitors_surroundNothingThatWaits(JavaClasses all) throws IOException {
    noClasses()
        .that(
            DescribedPredicate.describe(
                "have a monitor",
                type ->
                    type.getMethods().stream()
                        .anyMatch(m -> m.getModifiers().contains(JavaModifier.SYNCHRONIZED))))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("software.amazon.awssdk..", "java.util.function..")
                .or(assignableTo(CompletionStage.class))
                .or(assignableTo(CacheStore.class)))
        .check(all);
    try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
      assertThat(sources.filter(Files::isRegularFile))
          .isNotEmpty()
          .allSatisfy(file -> assertThat(Files.readString(file)).doesNotContain("synchronized ("));
    }
  }

  /** What keys are made of, and what they are, is whole: only what is said of one is shorter. */
  @ArchTest
  static void s_b_keys_areNeverCut(JavaClasses all) {
    DescribedPredicate<JavaClass> keys =
        resideInAnyPackage(
                "..internal.sdk..",
                "..internal.engine..",
                "..internal.call..",
                "..internal.fence..",
                "..internal.tier..")
            .or(
                belongToAnyOf(
                    CacheScope.class,
                    KeySecret.class,
                    Digest.class,
                    EntryAddress.class,
                    KeyGenerator.class,
                    Partition.class));
    assertThat(all.that(keys))
        .flatMap(JavaClass::getMethodCallsFromSelf)
        .filteredOn(call -> call.getTargetOwner().isAssignableTo(CharSequence.class))
        .filteredOn(call -> call.getName().startsWith("sub"))
        // which reads versions in the names of jars, and no key
        .filteredOn(call -> !call.getOriginOwner().isEquivalentTo(ClassPathCheck.class))
        // which cuts the texts of answers
        .filteredOn(call -> !call.getOriginOwner().getSimpleName().equals("TextPieces"))
        .extracting(call -> call.getOrigin().getFullName())
        .containsExactly(Digest.class.getName() + ".toString()");
  }

  private static ArchCondition<JavaClass> sayNothingOfWhatIsInside() {
    DescribedPredicate<JavaClass> inside =
        resideInAnyPackage(
            "com.github.benmanes..", "com.fasterxml..", "org.slf4j..", "..cache.internal..");
    return new ArchCondition<>("name no library's and no internal type in their API") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        Stream.Builder<JavaType> supertypes = Stream.builder();
        type.getSuperclass().ifPresent(supertypes);
        type.getInterfaces().forEach(supertypes);
        report(type, type.getName(), supertypes.build(), events);
        for (JavaMember member : type.getMembers()) {
          Set<JavaModifier> modifiers = member.getModifiers();
          if (modifiers.contains(JavaModifier.PUBLIC)
              || modifiers.contains(JavaModifier.PROTECTED)) {
            report(type, member.getFullName(), signature(member), events);
          }
        }
      }

      private void report(
          JavaClass type, String where, Stream<? extends JavaType> named, ConditionEvents events) {
        named
            .flatMap(one -> one.getAllInvolvedRawTypes().stream())
            .map(JavaClass::getBaseComponentType)
            .filter(inside)
            .forEach(
                found ->
                    events.add(
                        SimpleConditionEvent.violated(type, where + " names " + found.getName())));
      }
    };
  }

  private static Stream<? extends JavaType> signature(JavaMember member) {
    if (member instanceof JavaField field) {
      return Stream.of(field.getType());
    }
    JavaCodeUnit code = (JavaCodeUnit) member;
    return Stream.of(
            Stream.of(code.getReturnType()),
            code.getParameterTypes().stream(),
            code.getExceptionTypes().stream())
        .flatMap(types -> types);
  }
}

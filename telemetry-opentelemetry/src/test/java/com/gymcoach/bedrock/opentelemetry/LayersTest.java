package com.gymcoach.bedrock.opentelemetry;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The module's dependencies and public types. */
@AnalyzeClasses(
    packages = "com.gymcoach.bedrock.opentelemetry",
    importOptions = DoNotIncludeTests.class)
class LayersTest {

  /** Services bring an SDK of their own choice, and instrumentation only if they want it. */
  @ArchTest
  static final ArchRule ONLY_THE_API_IS_USED =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "..cache.internal..",
                  "io.opentelemetry.sdk..",
                  "io.opentelemetry.instrumentation.."));

  @ArchTest
  static final ArchRule FEW_PUBLIC_TYPES =
      classes().that().arePublic().should().haveNameMatching(".*\\.OpenTelemetry(Context|Tracer)");
}

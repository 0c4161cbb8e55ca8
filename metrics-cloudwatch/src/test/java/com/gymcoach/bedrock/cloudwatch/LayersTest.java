package com.gymcoach.bedrock.cloudwatch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the sinks may know of the rest. */
@AnalyzeClasses(
    packages = "com.gymcoach.bedrock.cloudwatch",
    importOptions = DoNotIncludeTests.class)
class LayersTest {

  @ArchTest
  static final ArchRule SINKS_KNOW_NO_INSIDES =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "..cache.internal..", "software.amazon.awssdk.services.bedrockruntime.."));

  @ArchTest
  static final ArchRule FEW_PUBLIC_TYPES =
      classes()
          .that()
          .arePublic()
          .should()
          .haveNameMatching(".*\\.(CloudWatchMetricsSink|EmfMetricsSink|DeliveryStats)(\\$.*)?");

  /** A function that writes lines loads no client at its cold start, and may leave it out. */
  @ArchTest
  static final ArchRule LINES_NEED_NO_CLIENT =
      noClasses()
          .that()
          .haveNameMatching(".*\\.(Emf.*|Metrics|Tally|ClosedNames|Namespaces)(\\$.*)?")
          .should()
          .dependOnClassesThat(resideInAnyPackage("software.amazon.awssdk.."));
}

package com.gymcoach.bedrock.warmup;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The module's dependencies. */
@AnalyzeClasses(packages = "com.gymcoach.bedrock.warmup", importOptions = DoNotIncludeTests.class)
class LayersTest {

  @ArchTest
  static final ArchRule NO_INSIDES_OF_THE_CACHE =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "..cache.internal..",
                  "com.gymcoach.bedrock.dynamodb..",
                  "com.gymcoach.bedrock.testkit.."));

  @ArchTest
  static final ArchRule FEW_LIBRARIES =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "java..",
                  "com.fasterxml.jackson.core..",
                  "com.gymcoach.bedrock..",
                  "org.jspecify.annotations",
                  "org.slf4j..",
                  "software.amazon.awssdk.."));
}

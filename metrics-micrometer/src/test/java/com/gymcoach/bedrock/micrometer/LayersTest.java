package com.gymcoach.bedrock.micrometer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The module's dependencies and public types. */
@AnalyzeClasses(
    packages = "com.gymcoach.bedrock.micrometer",
    importOptions = DoNotIncludeTests.class)
class LayersTest {

  @ArchTest
  static final ArchRule NO_INSIDES_OF_THE_CACHE =
      noClasses().should().dependOnClassesThat(resideInAnyPackage("..cache.internal.."));

  @ArchTest
  static final ArchRule FEW_PUBLIC_TYPES =
      classes()
          .that()
          .arePublic()
          .should()
          .haveNameMatching(".*\\.(MicrometerContext|MicrometerMetricsSink(\\$Builder)?)");
}

package com.gymcoach.bedrock.testkit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The module's dependencies and public types. */
@AnalyzeClasses(packages = "com.gymcoach.bedrock.testkit", importOptions = DoNotIncludeTests.class)
class LayersTest {

  /** A dependency includes one by a signature: no internal type appears in the public ones. */
  @ArchTest
  static final ArchRule NO_INSIDES_OF_THE_CACHE =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("..cache.internal..", "com.gymcoach.bedrock.dynamodb.."));

  /** Implementers of a store extend the contract; its parts are not for them to name. */
  @ArchTest
  static final ArchRule ONE_PUBLIC_CONTRACT =
      classes()
          .that()
          .haveSimpleNameEndingWith("Contract")
          .and()
          .arePublic()
          .should()
          .haveSimpleName("CacheStoreContract");
}

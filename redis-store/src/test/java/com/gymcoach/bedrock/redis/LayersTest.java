package com.gymcoach.bedrock.redis;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;

/** The dependencies that the store may have. */
@AnalyzeClasses(packages = "com.gymcoach.bedrock.redis", importOptions = DoNotIncludeTests.class)
class LayersTest {
  @ArchTest
  static final ArchRule STORE_KNOWS_THE_SPI_ONLY =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "com.gymcoach.bedrock.cache", "..cache.internal..", "software.amazon.awssdk.."));

  /** Bytes from Redis go to the cache as they are; no library here makes objects of them. */
  @ArchTest
  static final ArchRule s_l_STORED_BYTES_CHOOSE_NO_TYPE =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "java..",
                      "com.gymcoach.bedrock..",
                      "org.jspecify.annotations",
                      "io.lettuce.core..")
                  .and(DescribedPredicate.not(assignableTo(ObjectInputStream.class))));

  @ArchTest
  static final ArchRule FEW_PUBLIC_TYPES =
      classes().that().arePublic().should().haveNameMatching(".*\\.RedisCacheStore(\\$Builder)?");
}

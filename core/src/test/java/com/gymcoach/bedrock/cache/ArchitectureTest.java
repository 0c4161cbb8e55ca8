package com.gymcoach.bedrock.cache;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;

/** The layers of the design, held. */
@AnalyzeClasses(packages = "com.gymcoach.bedrock.cache", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule ENGINE_KNOWS_NO_SERVICE =
      noClasses()
          .that()
          .resideInAnyPackage("..internal.engine..", "..internal.tier..", "..internal.wire..")
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
  static final ArchRule NO_LIBRARY_IN_A_PUBLIC_SIGNATURE =
      methods()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat()
          .resideInAnyPackage("com.gymcoach.bedrock.cache", "com.gymcoach.bedrock.cache.spi")
          .should()
          .notHaveRawReturnType("com.github.benmanes.caffeine.cache.Cache")
          .andShould()
          .notHaveRawReturnType("com.fasterxml.jackson.core.JsonFactory");

  @ArchTest
  static final ArchRule NO_JAVA_SERIALISATION_NO_THREAD_LOCAL =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ObjectInputStream.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ThreadLocal.class);

  @ArchTest
  static final ArchRule KEYS_ARE_NEVER_CUT =
      noClasses()
          .that()
          .resideInAPackage("..internal.sdk..")
          .should()
          .callMethod(String.class, "substring", int.class, int.class);
}

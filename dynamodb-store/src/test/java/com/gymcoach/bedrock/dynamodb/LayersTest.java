package com.gymcoach.bedrock.dynamodb;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.LiveSettings;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;

/** The types that the store may use, and the operations that it never calls. */
@AnalyzeClasses(packages = "com.gymcoach.bedrock.dynamodb", importOptions = DoNotIncludeTests.class)
class LayersTest {

  @ArchTest
  static final ArchRule STORE_KNOWS_THE_SPI_ONLY =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "com.gymcoach.bedrock.cache",
                      "..cache.internal..",
                      "software.amazon.awssdk.services.bedrockruntime..")
                  .and(not(belongToAnyOf(CacheScope.class, KeySecret.class, LiveSettings.class))));

  /** An item's bytes go to the cache as they are; no library here makes objects of them. */
  @ArchTest
  static void s_l_storedBytes_chooseNoType(JavaClasses all) {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                    "java..",
                    "com.gymcoach.bedrock..",
                    "org.jspecify.annotations",
                    "software.amazon.awssdk..")
                .and(not(assignableTo(ObjectInputStream.class))))
        .check(all);
  }

  @ArchTest
  static final ArchRule FEW_PUBLIC_TYPES =
      classes()
          .that()
          .arePublic()
          .should()
          .haveNameMatching(
              ".*\\.(DynamoDbCacheStore|CacheTable|CacheAdmin|ErasureReport)(\\$.*)?");

  /** The store can read a namespace's item; only the operators' type can write it. */
  @ArchTest
  static void s_r_onlyTheAdmin_writesANamespacesItem(JavaClasses all) {
    noClasses()
        .that(not(belongToAnyOf(LookUp.class, NamespaceItem.class, TableLayout.class)))
        .should()
        .callMethod(TableLayout.class, "namespaceKey", String.class)
        .check(all);
    noClasses()
        .that(not(belongToAnyOf(CacheAdmin.class)))
        .should()
        .callMethod(NamespaceItem.class, "mark", Marker.class)
        .orShould()
        .callMethod(NamespaceItem.class, "write", String.class)
        .check(all);
    noClasses()
        .that(not(belongToAnyOf(CacheAdmin.class, CacheAdmin.Builder.class)))
        .should()
        .dependOnClassesThat(belongToAnyOf(CacheAdmin.class))
        .check(all);
  }

  /** An erasure finds a user's entries by their key, however large the table is. */
  @ArchTest
  static void s_q_nothing_scansTheTable(JavaClasses all) {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching(".*\\.dynamodb\\..*(Scan|ExecuteStatement).*")
        .check(all);
  }
}

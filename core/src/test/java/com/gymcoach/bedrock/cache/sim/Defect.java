package com.gymcoach.bedrock.cache.sim;

import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.ARETURN;
import static org.objectweb.asm.Opcodes.ASTORE;
import static org.objectweb.asm.Opcodes.GETFIELD;
import static org.objectweb.asm.Opcodes.GETSTATIC;
import static org.objectweb.asm.Opcodes.ICONST_0;
import static org.objectweb.asm.Opcodes.ICONST_1;
import static org.objectweb.asm.Opcodes.IFNONNULL;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.IRETURN;
import static org.objectweb.asm.Opcodes.POP;
import static org.objectweb.asm.Opcodes.RETURN;

import java.util.List;
import java.util.function.Consumer;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;

/** A mistake in the library that the simulator must find. Planted in the library's own bytecode. */
enum Defect {
  FENCE_NOT_CHECKED(body("fence/Fence", "stands", Defect::returnTrue)),

  MARKERS_OF_AN_ENTRY_READ_WHEN_IT_IS_WRITTEN(
      start(
          "tier/WarmTier",
          "seal",
          code -> {
            code.visitVarInsn(ALOAD, 1);
            code.visitVarInsn(ALOAD, 2);
            planted(code, "withMarkersNow");
            code.visitVarInsn(ASTORE, 2);
          })),

  MARKERS_OF_AN_ENTRY_NOT_COMPARED(body("fence/Fences", "admits", Defect::returnTrue)),

  KEY_WITHOUT_SCOPE(
      call(
          "engine/RequestPlanner",
          "",
          "scopeOf",
          code -> {
            code.visitInsn(POP);
            planted(code, "sharedScope");
          })),

  KEY_MEMO_IGNORES_THE_CLIENT(
      call(
          "engine/KeyMemo$Remembered",
          "is",
          "com/gymcoach/bedrock/cache/internal/call/ClientIdentity.equals",
          code -> {
            code.visitInsn(POP);
            isTrue(code);
          })),

  MEMO_LEADS_TO_A_REPLACED_ANSWER(
      body(
          "tier/HotSlot",
          "linked",
          code -> {
            code.visitVarInsn(ALOAD, 0);
            code.visitFieldInsn(
                GETFIELD,
                Planting.INTERNAL + "tier/HotSlot",
                "linked",
                "L" + Planting.INTERNAL + "tier/HotEntry;");
            code.visitInsn(ARETURN);
          }),
      body("tier/HotSlot", "unlink", code -> code.visitInsn(RETURN)),
      body("tier/HotSlot", "empty", code -> code.visitInsn(RETURN))),

  ANSWER_IN_MEMORY_SERVED_WHATEVER_THE_MARKERS(
      body(
          "engine/Verification",
          "of",
          code -> {
            String standing = Planting.INTERNAL + "engine/Verification$Standing";
            code.visitFieldInsn(GETSTATIC, standing, "VERIFIED", "L" + standing + ";");
            code.visitInsn(ARETURN);
          })),

  STORE_FAILURE_REACHES_THE_CALLER(
      start(
          "tier/WarmTier",
          "readOrNothing",
          code -> {
            code.visitVarInsn(ALOAD, 0);
            planted(code, "throwFailure");
          }),
      body(
          "engine/Engine",
          "rescue",
          code -> {
            code.visitVarInsn(ALOAD, 1);
            code.visitMethodInsn(
                INVOKESTATIC,
                Planting.INTERNAL + "engine/Answer",
                "failed",
                "(Ljava/lang/Throwable;)L" + Planting.INTERNAL + "engine/Answer;",
                false);
            code.visitMethodInsn(
                INVOKESTATIC,
                "java/util/concurrent/CompletableFuture",
                "completedFuture",
                "(Ljava/lang/Object;)Ljava/util/concurrent/CompletableFuture;",
                false);
            code.visitInsn(ARETURN);
          })),

  EXCEPTION_IS_WRAPPED(before("client/AsyncCall", "end", "completeExceptionally", "wrapped")),

  READ_BUDGET_NOT_ENFORCED(body("call/NonBlocking", "endAfter", code -> code.visitInsn(RETURN))),

  TAKE_DOWN_FORGETS_THE_ENDPOINTS_OF_A_USER(
      start(
          "fence/Fences",
          "takeDown(Lcom/gymcoach/bedrock/cache/spi/store/Partition;",
          code -> {
            Label named = new Label();
            code.visitVarInsn(ALOAD, 2);
            code.visitJumpInsn(IFNONNULL, named);
            code.visitInsn(RETURN);
            code.visitLabel(named);
          })),

  UNPROCESSED_MARKERS_COUNT_AS_NONE(
      call("engine/Verification", "observe", "markers", code -> planted(code, "markersOrNone"))),

  UNACKNOWLEDGED_INVALIDATION_FORGOTTEN(
      body(
          "fence/UnacknowledgedInvalidations",
          "covers",
          code -> {
            code.visitInsn(ICONST_0);
            code.visitInsn(IRETURN);
          })),

  INVALIDATION_DELAY_NOT_KEPT(
      body(
          "engine/Verification",
          "isDue",
          code -> {
            code.visitInsn(ICONST_0);
            code.visitInsn(IRETURN);
          })),

  EXPIRED_ANSWER_SERVED(body("time/Lifetime", "isFreshAt", Defect::returnTrue));

  @SuppressWarnings("ImmutableEnumChecker") // what writes the code is a lambda without state
  private final List<Planting> plantings;

  Defect(Planting... plantings) {
    this.plantings = List.of(plantings);
  }

  List<Planting> plantings() {
    return plantings;
  }

  private static Planting body(String type, String method, Consumer<MethodVisitor> code) {
    return new Planting(Planting.Kind.BODY, type, method, "", code);
  }

  private static Planting start(String type, String method, Consumer<MethodVisitor> code) {
    return new Planting(Planting.Kind.START, type, method, "", code);
  }

  /** Replaces a call by code that takes the same from the stack. */
  private static Planting call(
      String type, String method, String called, Consumer<MethodVisitor> code) {
    return new Planting(Planting.Kind.CALL, type, method, called, code);
  }

  /** Changes the last argument of a call. */
  private static Planting before(String type, String method, String called, String change) {
    return new Planting(
        Planting.Kind.BEFORE_CALL, type, method, called, code -> planted(code, change));
  }

  private static void isTrue(MethodVisitor code) {
    code.visitInsn(POP);
    code.visitInsn(ICONST_1);
  }

  private static void returnTrue(MethodVisitor code) {
    code.visitInsn(ICONST_1);
    code.visitInsn(IRETURN);
  }

  private static void planted(MethodVisitor code, String method) {
    code.visitMethodInsn(
        INVOKESTATIC,
        "com/gymcoach/bedrock/cache/sim/Planted",
        method,
        Planting.descriptor(method),
        false);
  }
}

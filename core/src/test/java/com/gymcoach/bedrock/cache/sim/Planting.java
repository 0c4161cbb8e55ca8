package com.gymcoach.bedrock.cache.sim;

import java.lang.reflect.Method;
import java.util.function.Consumer;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * A change of the library's bytecode.
 *
 * @param type the class, from {@code internal} on
 * @param method the start of the method's name and descriptor; any method if empty
 * @param called the end of the owner and name of a method that it calls
 * @param code what is written there
 */
record Planting(
    Kind kind, String type, String method, String called, Consumer<MethodVisitor> code) {
  static final String INTERNAL = "com/gymcoach/bedrock/cache/internal/";

  enum Kind {
    /** Replaces the body. */
    BODY,
    /** Adds to the start of the body. */
    START,
    /** Replaces a call. */
    CALL,
    /** Adds before a call. */
    BEFORE_CALL
  }

  /** Returns the descriptor of a method of {@link Planted}. */
  static String descriptor(String method) {
    for (Method each : Planted.class.getDeclaredMethods()) {
      if (each.getName().equals(method)) {
        return Type.getMethodDescriptor(each);
      }
    }
    throw new IllegalArgumentException(method);
  }

  boolean isIn(String className) {
    return className.replace('.', '/').equals(INTERNAL + type);
  }

  /** Returns the changed class. Fails if there is nothing to change. */
  byte[] plant(byte[] original) {
    ClassReader reader = new ClassReader(original);
    ClassWriter writer =
        new ClassWriter(reader, ClassWriter.COMPUTE_MAXS | ClassWriter.COMPUTE_FRAMES);
    int[] planted = {0};
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor to = super.visitMethod(access, name, descriptor, signature, exceptions);
            boolean isHere =
                (access & (Opcodes.ACC_SYNTHETIC | Opcodes.ACC_ABSTRACT)) == 0
                    && (method.contains("(")
                        ? (name + descriptor).startsWith(method)
                        : method.isEmpty() || name.equals(method));
            return isHere ? planted(to, planted) : to;
          }
        },
        ClassReader.SKIP_FRAMES);
    if (planted[0] == 0) {
      throw new IllegalStateException("Nothing to change: " + this);
    }
    return writer.toByteArray();
  }

  private MethodVisitor planted(MethodVisitor to, int[] planted) {
    if (kind == Kind.BODY) {
      planted[0]++;
      return new MethodVisitor(Opcodes.ASM9) { // drops the body
        @Override
        public void visitCode() {
          to.visitCode();
          code.accept(to);
          to.visitMaxs(0, 0);
          to.visitEnd();
        }
      };
    }
    return new MethodVisitor(Opcodes.ASM9, to) {
      @Override
      public void visitCode() {
        super.visitCode();
        if (kind == Kind.START) {
          planted[0]++;
          code.accept(mv);
        }
      }

      @Override
      public void visitMethodInsn(
          int opcode, String owner, String name, String descriptor, boolean isInterface) {
        boolean isIt =
            !called.isEmpty()
                && (called.contains(".")
                    ? (owner + "." + name).equals(called)
                    : name.equals(called));
        if (isIt) {
          planted[0]++;
          code.accept(mv);
        }
        if (!isIt || kind == Kind.BEFORE_CALL) {
          super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }
      }
    };
  }
}

package io.resnetstreams.clock;

import java.io.IOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Java agent that shifts the wall clock of the process that loads it. It replaces each call of
 * {@link System#currentTimeMillis()} outside the JDK with a call of {@link #currentTimeMillis()}. The monotonic clock
 * and the JDK itself are not changed.
 */
public final class ClockAgent {
    private static final String METHOD = "currentTimeMillis";
    private static final String SYSTEM = "java/lang/System";
    private static final String SHIFTED = ClockAgent.class.getName().replace('.', '/');

    private static MappedByteBuffer offset;

    private ClockAgent() {}

    /** @param argument a file with the offset in milliseconds as eight bytes, which may change at any time */
    public static void premain(String argument, Instrumentation instrumentation) throws IOException {
        try (FileChannel file = FileChannel.open(Path.of(argument))) {
            offset = file.map(FileChannel.MapMode.READ_ONLY, 0, Long.BYTES);
        }
        instrumentation.addTransformer(new ShiftedCalls());
    }

    /** Returns the shifted wall clock in milliseconds. */
    public static long currentTimeMillis() {
        return System.currentTimeMillis() + offset.getLong(0);
    }

    private static final class ShiftedCalls implements ClassFileTransformer {
        @Override
        public byte[] transform(
                ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] classFile) {
            boolean ours = loader == ClassLoader.getSystemClassLoader() && !name.equals(SHIFTED);
            if (!ours || !new String(classFile, StandardCharsets.ISO_8859_1).contains(METHOD)) {
                return null;
            }
            ClassReader reader = new ClassReader(classFile);
            ClassWriter writer = new ClassWriter(reader, 0);
            reader.accept(new ShiftedClass(writer), 0);
            return writer.toByteArray();
        }
    }

    private static final class ShiftedClass extends ClassVisitor {
        ShiftedClass(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return new ShiftedMethod(super.visitMethod(access, name, descriptor, signature, exceptions));
        }
    }

    private static final class ShiftedMethod extends MethodVisitor {
        ShiftedMethod(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            super.visitMethodInsn(opcode, shifted(owner, name), name, descriptor, isInterface);
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            Object[] shifted = arguments.clone();
            for (int i = 0; i < shifted.length; i++) {
                if (shifted[i] instanceof Handle handle) { // a method reference
                    shifted[i] = new Handle(
                            handle.getTag(),
                            shifted(handle.getOwner(), handle.getName()),
                            handle.getName(),
                            handle.getDesc(),
                            handle.isInterface());
                }
            }
            super.visitInvokeDynamicInsn(name, descriptor, bootstrap, shifted);
        }

        private static String shifted(String owner, String name) {
            return owner.equals(SYSTEM) && name.equals(METHOD) ? SHIFTED : owner;
        }
    }
}

#ifndef SPHERESHIFT_INSTRUCTION_SETS_H
#define SPHERESHIFT_INSTRUCTION_SETS_H

#include <stdint.h>

#include "KernelOperands.h"

/// Bits of sphereshift_instruction_sets().
enum {
    /// AVX2 and FMA, and the operating system saves 256-bit registers.
    SPHERESHIFT_AVX2 = 1,
    /// AVX-512 F, BW, CD, DQ, VL (x86-64-v4), and the operating system saves 512-bit and mask registers.
    SPHERESHIFT_AVX512 = 2
};

/// The instruction sets beyond the baseline that this processor and operating system support.
uint32_t sphereshift_instruction_sets(void);

/// Writes the processor's name to `name` (at most `size` bytes, ends in zero); empty where it is not known.
void sphereshift_processor_name(char *name, uint32_t size);

/// Makes floating-point operations of this thread read and write subnormal numbers as zero; returns what to restore.
uint64_t sphereshift_flush_subnormals(void);

/// Restores the mode that sphereshift_flush_subnormals() returned.
void sphereshift_restore_subnormals(uint64_t mode);

/// Starts a thread that calls body(argument) and that nobody waits for; returns 0 if there can be none.
int sphereshift_start_thread(void (*body)(void *), void *argument);

/// Tells the processor that this thread waits in a loop.
static inline void sphereshift_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif

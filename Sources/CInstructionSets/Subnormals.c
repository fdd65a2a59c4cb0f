#include "CInstructionSets.h"

#if defined(__x86_64__)

#include <xmmintrin.h>

uint64_t sphereshift_flush_subnormals(void) {
    const unsigned mode = _mm_getcsr();
    // Bit 15: results are flushed to zero. Bit 6: operands are taken as zero.
    _mm_setcsr(mode | 0x8040);
    return mode;
}

void sphereshift_restore_subnormals(uint64_t mode) { _mm_setcsr((unsigned)mode); }

#elif defined(__aarch64__)

uint64_t sphereshift_flush_subnormals(void) {
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    // FZ: operands and results.
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | (1u << 24)));
    return mode;
}

void sphereshift_restore_subnormals(uint64_t mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }

#else

uint64_t sphereshift_flush_subnormals(void) { return 0; }
void sphereshift_restore_subnormals(uint64_t mode) { (void)mode; }

#endif

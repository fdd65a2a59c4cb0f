#include "CInstructionSets.h"

#include <string.h>

#if defined(__x86_64__)

#include <cpuid.h>

// XCR0 says which registers the operating system saves: bits 1 and 2 are SSE and AVX, 5 to 7 the masks and 512-bit parts.
static uint64_t saved_registers(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return ((uint64_t)high << 32) | low;
}

uint32_t sphereshift_instruction_sets(void) {
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    const int has_xgetbv = (c >> 27) & 1, has_fma = (c >> 12) & 1, has_avx = (c >> 28) & 1;
    const int has_movbe = (c >> 22) & 1, has_f16c = (c >> 29) & 1;
    if (!has_xgetbv || !has_avx) return 0;
    const uint64_t saved = saved_registers();
    if ((saved & 0x6) != 0x6) return 0;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    const int has_avx2 = (b >> 5) & 1, has_bmi1 = (b >> 3) & 1, has_bmi2 = (b >> 8) & 1;
    const int has_f = (b >> 16) & 1, has_dq = (b >> 17) & 1, has_cd = (b >> 28) & 1;
    const int has_bw = (b >> 30) & 1, has_vl = (b >> 31) & 1;
    uint32_t a2, b2, c2, d2;
    const int has_lzcnt = __get_cpuid(0x80000001, &a2, &b2, &c2, &d2) && ((c2 >> 5) & 1);

    uint32_t sets = 0;
    if (has_avx2 && has_fma) sets |= SPHERESHIFT_AVX2;
    // The AVX-512 target is compiled for x86-64-v4, so everything of v3 must be there too.
    const int has_v3 = has_avx2 && has_fma && has_bmi1 && has_bmi2 && has_movbe && has_f16c && has_lzcnt;
    if (has_v3 && has_f && has_dq && has_cd && has_bw && has_vl && (saved & 0xe6) == 0xe6) sets |= SPHERESHIFT_AVX512;
    return sets;
}

void sphereshift_processor_name(char *name, uint32_t size) {
    uint32_t words[13] = {0};
    uint32_t a, b, c, d;
    if (size == 0) return;
    name[0] = 0;
    if (!__get_cpuid(0x80000000, &a, &b, &c, &d) || a < 0x80000004) return;
    for (uint32_t i = 0; i < 3; i++)
        __get_cpuid(0x80000002 + i, &words[4 * i], &words[4 * i + 1], &words[4 * i + 2], &words[4 * i + 3]);
    strncpy(name, (const char *)words, size - 1);
    name[size - 1] = 0;
}

#else

uint32_t sphereshift_instruction_sets(void) { return 0; }

void sphereshift_processor_name(char *name, uint32_t size) {
    if (size > 0) name[0] = 0;
}

#endif

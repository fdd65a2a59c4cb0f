/* The multiply-add peak of one core, measured by other code than sphereshift's: a check of its `peak_gflops`.
 *
 * Answers "peak" on stdin with 10^9 floating-point operations per second, a multiply-add counting as two: the best of
 * three runs of about 10 ms. The widest of AVX-512, AVX2 and the baseline that the processor has, whatever the flags of
 * the build; an argument names a narrower one.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* Independent chains: two multiply-adds a cycle of a latency of four or five need ten, and 12 fit 16 registers. */
#define CHAINS 12

/* A loop of multiply-adds on registers, x = x * a + b, which converges and neither overflows nor turns subnormal. */
#define LOOP(NAME, TARGET, VECTOR, LANES, SET, STEP)                                                                   \
    TARGET static double NAME(long iterations) {                                                                       \
        VECTOR x[CHAINS];                                                                                              \
        const VECTOR a = SET(0.75f), b = SET(0.25f);                                                                   \
        for (int i = 0; i < CHAINS; i++) x[i] = SET(0.5f + 0.01f * (float)i);                                          \
        for (long k = 0; k < iterations; k++) {                                                                        \
            _Pragma("GCC unroll 12") for (int i = 0; i < CHAINS; i++) x[i] = STEP(x[i], a, b);                         \
        }                                                                                                              \
        float lanes[LANES];                                                                                            \
        double sum = 0;                                                                                                \
        for (int i = 0; i < CHAINS; i++) {                                                                             \
            memcpy(lanes, &x[i], sizeof lanes);                                                                        \
            for (int k = 0; k < LANES; k++) sum += lanes[k];                                                           \
        }                                                                                                              \
        return sum;                                                                                                    \
    }

#if defined(__x86_64__)
#define SSE_STEP(x, a, b) _mm_add_ps(_mm_mul_ps(x, a), b)
LOOP(peak_avx512, __attribute__((target("avx512f"))), __m512, 16, _mm512_set1_ps, _mm512_fmadd_ps)
LOOP(peak_avx2, __attribute__((target("avx2,fma"))), __m256, 8, _mm256_set1_ps, _mm256_fmadd_ps)
LOOP(peak_baseline, , __m128, 4, _mm_set1_ps, SSE_STEP)
#elif defined(__aarch64__)
#define NEON_STEP(x, a, b) vfmaq_f32(b, x, a)
LOOP(peak_baseline, , float32x4_t, 4, vdupq_n_f32, NEON_STEP)
#endif

typedef struct {
    const char *name;
    int lanes;
    double (*run)(long iterations);
} loop;

static loop choose(const char *name) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if ((!name || !strcmp(name, "avx512")) && __builtin_cpu_supports("avx512f")) return (loop){"avx512", 16, peak_avx512};
    if ((!name || !strcmp(name, "avx2")) && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return (loop){"avx2", 8, peak_avx2};
#endif
    if (!name || !strcmp(name, "baseline")) return (loop){"baseline", 4, peak_baseline};
    return (loop){name, 0, NULL};
}

static double seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int main(int count, char **arguments) {
    const loop chosen = choose(count > 1 ? arguments[1] : NULL);
    if (!chosen.run) {
        printf("skipped: no %s on this processor\n", chosen.name);
        return 0;
    }
    printf("ready %s\n", chosen.name);
    fflush(stdout);
    char line[64];
    long iterations = 1 << 16;
    volatile double sum = 0;
    while (fgets(line, sizeof line, stdin)) {
        double best = 0;
        for (int run = 0; run < 4; run++) {
            const double start = seconds();
            sum += chosen.run(iterations);
            const double time = seconds() - start;
            /* The first run sets the length of the others and lets the clock rise. */
            if (run == 0) iterations = (long)((double)iterations * 0.01 / time) + 1;
            else if (2.0 * CHAINS * chosen.lanes * (double)iterations / time > best)
                best = 2.0 * CHAINS * chosen.lanes * (double)iterations / time;
        }
        printf("%.6g\n", best * 1e-9);
        fflush(stdout);
    }
    return 0;
}
